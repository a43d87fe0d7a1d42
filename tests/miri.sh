#!/usr/bin/env bash
# Runs what Miri can run of the one room with `unsafe` (platform): undefined behaviour that no ordinary test shows. Needs a nightly
# toolchain with the component miri: rustup toolchain install nightly --component miri,rust-src
set -euo pipefail
cd "$(dirname "$0")/.."
export MIRIFLAGS='-Zmiri-disable-isolation'
exec cargo +nightly miri test --no-default-features --locked --lib "${@:-platform::}"
