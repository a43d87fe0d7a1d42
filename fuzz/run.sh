#!/usr/bin/env bash
# Feeds the readers of strangers' answers and files with a million nearly right ones each: the challenge header, the
# errors of Microsoft Entra ID and of Dataverse, the answers about privileges; vaults, their headers, their payloads; the
# files of other programs. A failing case is printed in its smallest form and kept in proptest-regressions/, from where
# every test run tries it again.
#
# usage: fuzz/run.sh [CASES]
set -euo pipefail
cd "$(dirname "$0")/.."
export PROPTEST_CASES=${1:-1000000}
# Only this crate is optimised: its dependencies stay as every other test run has built them.
cargo test --no-default-features --lib --config 'profile.dev.package.a365-password-tool.opt-level=2' \
    -- connection_check::fuzz exchange::fuzz vault::fuzz --test-threads 2
