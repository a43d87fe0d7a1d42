#!/usr/bin/env bash
# Runs what Miri can run of the one room with `unsafe` (platform): undefined behaviour that no ordinary test shows. What it cannot
# do (swap, accounts, processes, libraries of C) is ignored there, with the reason beside the test. Needs a nightly toolchain with
# the component miri: rustup toolchain install nightly --component miri,rust-src
set -euo pipefail
cd "$(dirname "$0")/.."
# A pointer is never made of a number here: without that Miri follows each one to the memory it may use.
export MIRIFLAGS='-Zmiri-disable-isolation -Zmiri-strict-provenance'
exec cargo +nightly miri test --package a365-password-tool --no-default-features --locked --lib "${@:-platform::}"
