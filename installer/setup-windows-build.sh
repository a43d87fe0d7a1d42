#!/usr/bin/env bash
# Installs what building the Windows programs on Debian or Ubuntu needs, and finds Rust's standard library for Windows.
# Asks for root's rights (sudo) only when packages are missing. The last line on standard output is the folder to give rustc as
# --sysroot, or `installed` where rustc has the Windows target itself.
#
#     installer/setup-windows-build.sh [--without-packages]
#
# The standard library comes from the first of these that works; WINDOWS_STD=installed|rustup|source|ready asks for one:
#   installed  the target x86_64-pc-windows-gnu is there already
#   rustup     `rustup target add`
#   source     Debian's package rust-src of exactly the installed rustc, compiled (about two minutes)
#   ready      an archive ../shared/windows/win-sysroot-VERSION.tar.xz
# What was made is kept under ${XDG_CACHE_HOME:-~/.cache}/a365-password-tool/windows-std.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$HOME/.cargo/bin:$PATH"
target=x86_64-pc-windows-gnu
rustc_version=$(rustc -V | cut -d' ' -f2)
kept=${XDG_CACHE_HOME:-$HOME/.cache}/a365-password-tool/windows-std
say() { echo "$*" >&2; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

packages=(
  # compiler, linker, resource compiler
  gcc-mingw-w64-x86-64-posix g++-mingw-w64-x86-64-posix binutils-mingw-w64-x86-64
  # installers, and the hook for signing them
  nsis wixl msitools osslsigncode
  python3
)
install_packages() {
  local missing=()
  for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  as_root apt-get update -qq >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

has_target() { [ -n "$(find "$1/lib/rustlib/$target/lib" -name 'libstd-*.rlib' 2>/dev/null)" ]; }

from_installed() { has_target "$(rustc --print sysroot)" && echo installed; }

from_rustup() {
  command -v rustup >/dev/null || return 1
  timeout 180 rustup target add "$target" >&2 || return 1
  from_installed
}

# The mirror that this machine's own apt uses.
debian_mirror() {
  cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -v '^#' \
    | grep -oE 'https?://[^ ]*/debian/?( |$)' | head -n 1 | tr -d ' ' | grep .
}

# Archives of this name with this checksum are what was built here before. Another version of rustc is built from what
# apt's signatures vouch for.
known_sources='
7b76db5b880a77f9e52975d2baa6209d2f76d2c9c2789515c3088cb960e2c83b  rust-src_1.95.0+dfsg1-2~bpo13+1_all.deb
'

# Downloads Debian's rust-src of exactly this rustc, with package lists of its own, so that the machine's stay as they are.
# Writes the archive's path.
download_source() {
  local place=$1 mirror key suite version archive
  mirror=$(debian_mirror) || { say 'apt has no mirror of Debian.'; return 1; }
  mkdir -p "$place/lists/partial" "$place/cache/archives/partial"
  key=/usr/share/keyrings/debian-archive-keyring.gpg
  for suite in trixie-backports trixie bookworm-backports forky sid experimental; do
    echo "deb [signed-by=$key] $mirror $suite main"
  done > "$place/sources.list"
  local options=(
    -o "Dir::Etc::sourcelist=$place/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null
    -o "Dir::State::lists=$place/lists" -o Dir::State::status=/dev/null -o "Dir::Cache=$place/cache"
    -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o APT::Sandbox::User=root
  )
  # A suite that the mirror lacks is no reason to stop.
  apt-get "${options[@]}" update -qq >&2 || true
  version=$(apt-cache "${options[@]}" madison rust-src | awk -v v="$rustc_version" '$3 ~ "^"v"[+~-]" {print $3; exit}')
  if [ -n "$version" ]; then
    (cd "$place" && apt-get "${options[@]}" download "rust-src=$version" >&2)
  else
    # Gone from the lists; the pool keeps files a while longer. Taken only with a checksum from above.
    archive=$(awk -v v="rust-src_$rustc_version" 'index($2, v) == 1 {print $2; exit}' <<< "$known_sources")
    [ -n "$archive" ] || { say "No suite of Debian has rust-src $rustc_version."; return 1; }
    curl -fsSL --max-time 300 -o "$place/$archive" "$mirror/pool/main/r/rustc/$archive" \
      || { say "$archive is gone from Debian's mirror."; return 1; }
  fi
  archive=$(cd "$place" && ls rust-src_*.deb | head -n 1)
  local known
  known=$(awk -v name="$archive" '$2 == name {print $1}' <<< "$known_sources")
  # apt writes a colon or a tilde in names as %3a and %7e.
  if [ -n "$known" ]; then
    echo "$known  $place/$archive" | sha256sum -c - >&2 || { say "$archive is not what it was; it is not used."; return 1; }
  elif [ -z "$version" ]; then
    say "$archive has no known checksum; it is not used."
    return 1
  fi
  echo "$place/$archive"
}

# Compiles the standard library with the installed compiler. Its own dependencies are in the source package.
compile_source() {
  local library=$1 out=$2 build
  build=$(mktemp -d)
  mkdir -p "$build/src"
  : > "$build/src/lib.rs"
  printf '[package]\nname = "only-std"\nversion = "0.1.0"\nedition = "2021"\n' > "$build/Cargo.toml"
  # Bitcode is what link-time optimisation reads. The paths in messages are those of the official builds.
  (
    cd "$build"
    unset CARGO_BUILD_TARGET CARGO_ENCODED_RUSTFLAGS
    env RUSTC_BOOTSTRAP=1 __CARGO_TESTS_ONLY_SRC_ROOT="$library" CARGO_TARGET_DIR="$build/target" \
      RUSTFLAGS="-Cembed-bitcode=yes --remap-path-prefix=$library=/rustc/$rustc_version/library --remap-path-prefix=$build=/build" \
      cargo build --quiet --release --target "$target" -Zbuild-std=std,panic_abort,panic_unwind,proc_macro,test >&2
  ) || return 1
  rm -rf "$out"
  mkdir -p "$out/lib/rustlib/$target/lib"
  cp "$build/target/$target/release/deps/"*.rlib "$out/lib/rustlib/$target/lib/"
  rm -f "$out/lib/rustlib/$target/lib/"libonly_std-*
  rm -rf "$build"
}

from_source() {
  local out="$kept/$rustc_version" work archive library
  if has_target "$out"; then echo "$out"; return; fi
  command -v dpkg >/dev/null && command -v apt-get >/dev/null || return 1
  work=$(mktemp -d)
  archive=$(download_source "$work") || { rm -rf "$work"; return 1; }
  say "compiling the standard library for Windows from $(basename "$archive")"
  dpkg -x "$archive" "$work/unpacked"
  library=$(find "$work/unpacked/usr/src" -maxdepth 2 -name library -type d | head -n 1)
  [ -f "$library/Cargo.lock" ] || { say "The source package has no library folder with a Cargo.lock."; rm -rf "$work"; return 1; }
  compile_source "$library" "$out.new" || { rm -rf "$work" "$out.new"; return 1; }
  rm -rf "$work"
  mkdir -p "$kept"
  mv -T "$out.new" "$out"
  echo "$out"
}

from_ready() {
  local archive="../shared/windows/win-sysroot-$rustc_version.tar.xz" out="$kept/$rustc_version-ready"
  if has_target "$out"; then echo "$out"; return; fi
  [ -f "$archive" ] || return 1
  rm -rf "$out"
  mkdir -p "$out"
  tar xJf "$archive" -C "$out"
  has_target "$out" && echo "$out"
}

[ "${1:-}" = --without-packages ] || install_packages
for way in ${WINDOWS_STD:-installed rustup source ready}; do
  case $way in installed | rustup | source | ready) ;; *) say "unknown WINDOWS_STD: $way"; exit 2 ;; esac
  if found=$("from_$way"); then
    say "standard library for $target, Rust $rustc_version: $way"
    echo "$found"
    exit 0
  fi
done
say "There is no standard library for $target that fits rustc $rustc_version. Install it with \`rustup target add $target\`,"
say "or put the packages' source where apt finds rust-src $rustc_version."
exit 1
