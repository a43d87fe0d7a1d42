#!/usr/bin/env bash
# Changes the pure rooms in small ways, one change at a time, and names those that no test notices (cargo-mutants; about 1,700
# changes, some hours on two cores). The library's own tests run first, then the test files on what they let pass. Arguments go to
# cargo-mutants: tests/mutants.sh -f src/reminder/policy.rs
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/target/lint-tools
[ -x "$tools/bin/cargo-mutants" ] || cargo install --quiet --locked --root "$tools" --version 27.1.0 cargo-mutants
export PATH="$tools/bin:$PATH"
rooms=(-f 'src/connection_string/**' -f 'src/profile/**' -f 'src/cloud/**' -f src/reminder/policy.rs -f src/reminder/rule.rs)
case " $* " in *' -f '* | *' --file '*) rooms=() ;; esac
# The tests of these rooms, and no others: a change that only a far away test notices deserves a nearer one.
mutants() { cargo mutants --test-tool nextest --output target --timeout 120 "${rooms[@]}" "$@"; }
build=(--no-default-features --locked)
code=0
mutants "$@" -- "${build[@]}" --lib || code=$?
# 2 and 3: some changes passed, or took too long.
case $code in 2 | 3) ;; *) exit "$code" ;; esac
mutants --iterate "$@" -- "${build[@]}" --test connection_string --test connection_string_pasted --test profile --test reminder
