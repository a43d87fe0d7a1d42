# Short names for what developers do every day (https://just.systems). Each line can be typed without just, too.

export CARGO_TERM_COLOR := env("CARGO_TERM_COLOR", "auto")
program := "target/release/a365-password-tool"
cli := "target/release/a365-password-cli"

# what there is
default:
    @just --list

# formatting, lints, docs and the rules that no compiler knows: what has to be clean before a commit
check:
    cargo fmt --check
    cargo clippy --locked --no-default-features --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-default-features --no-deps --lib --document-private-items
    bash .ci/house-rules

# all tests, or those of one target: just test --test window
test *arguments:
    cargo test --locked --no-default-features {{arguments}}

# formats, and mends what Clippy can mend
lint:
    cargo fmt
    cargo clippy --locked --no-default-features --all-targets --fix --allow-dirty -- -D warnings

# one story with the release programs in a real window: just story session
story name *arguments:
    #!/usr/bin/env bash
    set -euo pipefail
    cargo build --locked --release --bins
    cargo build --locked --example simulator --example fill_vault
    given=(--program {{program}})
    for flag in 'cli {{cli}}' 'simulator target/debug/examples/simulator' 'examples target/debug/examples'; do
        # Each story takes only what it needs.
        if grep -q -- "\"--${flag% *}\"" tests/story/{{name}}.py; then given+=("--${flag% *}" "${flag#* }"); fi
    done
    /usr/bin/python3 tests/story/{{name}}.py "${given[@]}" {{arguments}}

# small changes to the pure rooms that no test notices: just mutants --shard 0/30
mutants *arguments:
    bash tests/mutants.sh {{arguments}}

# undefined behaviour in what Miri can run of `platform`
miri:
    bash tests/miri.sh

# licences, sources and known vulnerabilities of the dependencies
deny:
    cargo deny check

# everything that continuous integration runs
ci:
    bash .ci/run
