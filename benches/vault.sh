#!/usr/bin/env bash
# What the vault costs beside KeePassXC's, in the same minutes, with the same profiles and the same key derivation.
# Needs cargo, gcc, Python 3 with venv, PyPI once, and Debian's keepassxc; with --window also Xvfb and xdotool.
# Prints tables; fails when the promise is broken: a tenth of keepassxc-cli's processor time with each number of
# profiles, without the key derivation.
#
# usage: benches/vault.sh [--rounds 7] [--profiles 10,1000,10000] [--programs DIR] [--window] [--pictures DIR]
set -euo pipefail
cd "$(dirname "$0")/.."
programs=
for argument in "$@"; do
  [ "${previous:-}" != --programs ] || programs=$argument
  previous=$argument
done
command -v keepassxc-cli >/dev/null || { echo 'keepassxc-cli is not installed (Debian: keepassxc)' >&2; exit 2; }
if [ -z "$programs" ]; then
  cargo build --quiet --release --locked --bins
  set -- "$@" --programs "${CARGO_TARGET_DIR:-target}/release"
fi
# Not measured, so any build of it will do.
cargo build --quiet --locked --example fill_vault
gcc -O2 -Wall -Wextra -o target/cost benches/cost.c
exec "$(bash .ci/crypto-python)" benches/vault.py --cost target/cost --filler "${CARGO_TARGET_DIR:-target}/debug/examples/fill_vault" "$@"
