#!/usr/bin/env bash
# How long connection checks take at 100 ms for each round trip, beside the same first check written with Microsoft's
# msal and requests. Needs cargo, Python 3 with venv, and PyPI. Prints a table; fails when a promise is broken:
# a first check takes at most 0.7 of msal's time, and 500 profiles less than 15 s.
#
# usage: benches/connection_check.sh [DELAY_MS] [PROFILES]
set -euo pipefail
cd "$(dirname "$0")/.."
delay=${1:-100}
profiles=${2:-500}
folder=$(mktemp -d)
trap 'exec 3>&- || true; rm -rf "$folder"' EXIT

cargo build --quiet --release --no-default-features --example simulator --example check_speed
target=${CARGO_TARGET_DIR:-target}/release/examples
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check msal requests

# The simulator runs until its standard input ends; the pipe is held open by this script.
mkfifo "$folder/stdin"
"$target/simulator" "$folder" --delay "$delay" --many "$profiles" <"$folder/stdin" >"$folder/world.json" &
exec 3>"$folder/stdin"
until [ -s "$folder/world.json" ] && [ -s "$folder/ca.pem" ]; do sleep 0.1; done

ours=$("$target/check_speed" "$folder/world.json" "$folder/ca.pem")
# Both trust the public authorities and the simulator's, as programs in use do.
cat "$("$folder/venv/bin/python" -m certifi)" "$folder/ca.pem" >"$folder/roots.pem"
msal=$("$folder/venv/bin/python" benches/with_msal.py "$folder/world.json" "$folder/roots.pem")
python3 - "$delay" "$ours" "$msal" <<'PYTHON'
import json
import sys

delay, ours, msal = int(sys.argv[1]), json.loads(sys.argv[2]), json.loads(sys.argv[3])
# Both with loading the trusted authorities, which requests does at its first connection.
first = ours["setting_up"] + ours["first"]
ratio = first / msal["first"]
print(f"round trip                                    {delay:8} ms")
print(f"one first check                               {first:8.0f} ms  ({ours['setting_up']:.0f} ms of it: setting up)")
print(f"one repeat check (warm, known tenant)         {ours['repeat']:8.0f} ms")
print(f"{ours['count']} profiles, 32 at a time                   {ours['many']:8.0f} ms")
print(f"one first check, msal {msal['msal']} + requests {msal['requests']}  {msal['first']:8.0f} ms")
print(f"ratio of the first checks                     {ratio:8.2f}")
broken = [name for name, bad in [("at most 0.7 of msal's time", ratio > 0.7),
                                 ("500 profiles under 15 s", ours["many"] >= 15_000)] if bad]
sys.exit("broken promise: " + ", ".join(broken) if broken else 0)
PYTHON
