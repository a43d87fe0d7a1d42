#!/usr/bin/env bash
# Changes the pure rooms in small ways, one change at a time, and names those that no test notices (cargo-mutants; about 1,600
# changes, some hours on two cores). The library's own tests run first, then the test files on what they let pass. Arguments go to
# cargo-mutants: tests/mutants.sh -f src/reminder/policy.rs
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/target/lint-tools
[ -x "$tools/bin/cargo-mutants" ] || cargo install --quiet --locked --root "$tools" --version 27.1.0 cargo-mutants
export PATH="$tools/bin:$PATH"
# It builds a copy of the tree. The dependencies are the same each time, so they are kept, and apart from those of ordinary builds,
# which would wait for each other.
export CARGO_TARGET_DIR=$PWD/target/mutants
rooms=(-f 'src/connection_string/**' -f 'src/profile/**' -f 'src/cloud/**' -f src/reminder/policy.rs -f src/reminder/rule.rs)
case " $* " in *' -f '* | *' --file '*) rooms=() ;; esac
# What is built is said by `--cargo-arg`: what stands behind `--` is for the tests alone, and all would be built twice.
mutants() {
  cargo mutants --test-tool nextest --no-default-features --cargo-arg=--locked --output target --timeout 120 "${rooms[@]}" "$@"
}
code=0
mutants "$@" --cargo-arg=--lib || code=$?
# 2 and 3: some changes passed, or took too long.
case $code in 2 | 3) ;; *) exit "$code" ;; esac
# The tests of these rooms, and no others: a change that only a far away test notices deserves a nearer one.
files=(connection_string connection_string_mono connection_string_pasted profile reminder)
mutants --iterate "$@" "${files[@]/#/--cargo-arg=--test=}"
