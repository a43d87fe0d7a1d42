#!/usr/bin/env bash
# Builds everything that is handed to users on Windows, on Debian or Ubuntu, from a clean checkout into dist/:
#
#     a365-password-tool.exe             the app; one file, starts from anywhere
#     a365-password-cli.exe              the command line
#     a365-password-tool-VERSION-setup.exe   set-up for one account, no administrator rights
#     a365-password-tool-VERSION.msi     package for the computer
#     LICENCES.txt, a365-password-tool-VERSION.cdx.json   licences and bill of materials (CycloneDX)
#     SHA256SUMS
#
# Usage: installer/build-windows.sh [--profile dist|ci] [--output FOLDER] [--programs-only]
# CARGO_TARGET_DIR is heeded. SIGN_CERT and SIGN_KEY sign everything (see sign.sh). docs/windows.md tells the rest.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$HOME/.cargo/bin:$PATH"
profile=dist output=dist what=all
while [ $# -gt 0 ]; do
  case $1 in
    --profile) profile=$2; shift 2 ;;
    --output) output=$2; shift 2 ;;
    --programs-only) what=programs; shift ;;
    *) echo "unknown argument: $1" >&2; exit 2 ;;
  esac
done
target=x86_64-pc-windows-gnu
step() { printf -- '--- %s (%s s)\n' "$1" "$SECONDS"; }

step 'compiler, packages and standard library'
sysroot=$(bash installer/setup-windows-build.sh | tail -n 1)

# The time of the commit stands for "now", and folders of this machine are named by what they are, so that two builds of one
# commit by the same compiler are equal.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C.UTF-8
cargo_home=${CARGO_HOME:-$HOME/.cargo}
flags=(
  "--remap-path-prefix=$cargo_home/registry/src=/crates" "--remap-path-prefix=$PWD=/a365-password-tool"
  -Clink-arg=-Wl,--no-insert-timestamp
  # On by default in binutils since 2.37; said, so that an older one does the same.
  -Clink-arg=-Wl,--dynamicbase,--nxcompat,--high-entropy-va
  # One file: nothing of the compiler's own libraries is needed beside it.
  -Clink-arg=-static
)
[ "$sysroot" = installed ] || flags+=("--sysroot=$sysroot" "--remap-path-prefix=$sysroot=/rustc")
prefix_maps="-ffile-prefix-map=$cargo_home/registry/src=/crates -ffile-prefix-map=$PWD=/a365-password-tool"

step "programs, profile $profile"
env -u RUSTFLAGS \
  CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=x86_64-w64-mingw32-gcc \
  CARGO_ENCODED_RUSTFLAGS="$(IFS=$'\x1f'; echo "${flags[*]}")" \
  CFLAGS_x86_64_pc_windows_gnu="$prefix_maps" \
  cargo build --locked --profile "$profile" --target "$target" --bins

mkdir -p "$output"
rm -f "$output"/{a365-password-*,LICENCES.txt,SHA256SUMS}
built=${CARGO_TARGET_DIR:-target}/$target/$profile
cp "$built"/a365-password-{tool,cli}.exe "$output/"
bash installer/sign.sh "$output"/a365-password-{tool,cli}.exe
python3 installer/check_program.py "$output"/a365-password-{tool,cli}.exe
[ "$what" = all ] || exit 0

step 'licences, bill of materials, installers'
version=$(cargo metadata --locked --no-deps --format-version 1 | python3 -c 'import json, sys; print(json.load(sys.stdin)["packages"][0]["version"])')
python3 installer/licences.py "$output/LICENCES.txt"
bash installer/package-windows.sh "$output" "$version" "$output"
python3 installer/bill_of_materials.py "$output/a365-password-tool-$version.cdx.json" \
  "$output"/a365-password-{tool,cli}.exe "$output"/*-setup.exe "$output"/*.msi
(cd "$output" && sha256sum -- a365-password-* LICENCES.txt > SHA256SUMS)
step 'done'
ls -l "$output"
