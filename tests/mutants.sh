#!/usr/bin/env bash
# Changes the pure rooms in small ways, one change at a time, and names those that no test notices (cargo-mutants; about 1,350
# changes, some hours on two cores). Arguments go to cargo-mutants: tests/mutants.sh --shard 0/30, or -f src/reminder/policy.rs alone.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/target/lint-tools
[ -x "$tools/bin/cargo-mutants" ] || cargo install --quiet --locked --root "$tools" --version 27.1.0 cargo-mutants
export PATH="$tools/bin:$PATH"
rooms=(-f 'src/connection_string/**' -f 'src/profile/**' -f 'src/cloud/**' -f src/reminder/policy.rs -f src/reminder/rule.rs)
case " $* " in *' -f '* | *' --file '*) rooms=() ;; esac
# The tests of these rooms, and no others: a change that only a far away test notices deserves a nearer one.
exec cargo mutants --test-tool nextest --output target --timeout 120 "${rooms[@]}" "$@" -- --no-default-features --locked \
  -E 'kind(lib) + binary(connection_string) + binary(connection_string_pasted) + binary(profile) + binary(reminder)'
