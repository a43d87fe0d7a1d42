#!/bin/sh
# What the check with the app closed costs, with an index of many profiles.
#   benches/reminder.sh FOLDER-OF-THE-PROGRAMS [PROFILES]        (Linux with python3; dunst, Xvfb and dbus for the last case)
# Prints for each case: wall = milliseconds from start to end, cpu = processor milliseconds, peak = peak memory. The best
# of RUNS (default 5), because other programs only ever add. Promise: 300 ms and 30 MiB with 10,000 profiles.
set -eu
[ $# -gt 0 ] || { sed -n '2,5s/^# //p' "$0"; exit 2; }
programs=$(realpath "$1")
count=${2:-10000}
runs=${RUNS:-5}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HOME="$folder" XDG_CONFIG_HOME="$folder" XDG_DATA_HOME="$folder" XDG_RUNTIME_DIR="$folder"
data="$folder/a365passwordtool"
mkdir -p "$data"
touch "$folder/team.a365vault"

# index DAYS: an index whose first hundred profiles lapse in DAYS days, the others in a year.
index() {
    python3 - "$data/reminders.index" "$folder/team.a365vault" "$count" "$1" <<'PY'
import datetime, json, sys, uuid
path, vault, count, days = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
today = datetime.datetime.now(datetime.timezone.utc).date()
day = lambda n: (today + datetime.timedelta(days=n)).isoformat()
profiles = [
    {"id": str(uuid.uuid4()), "name": f"Customer {n:05} contact centre, production",
     "expires": day(days if n < 100 else 365 + n % 365), "modified": "2026-01-02T03:04:05.123456789Z"}
    for n in range(count)
]
vaults = [{"vault": vault, "id": str(uuid.uuid4()), "saved_at": "2026-01-02T03:04:05Z", "profiles": profiles}]
json.dump({"format": 1, "vaults": vaults}, open(path, "w"), separators=(",", ":"))
PY
}

# measure NAME COMMAND...: runs it RUNS times; what was told is forgotten before each.
measure() {
    name=$1
    shift
    python3 - "$name" "$runs" "$data/reminders.told" "$@" <<'PY'
import os, subprocess, sys, time
name, runs, told, command = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
best = None
for _ in range(runs):
    if os.path.exists(told):
        os.remove(told)
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = (time.monotonic() - start) * 1e3
    cpu = (usage.ru_utime + usage.ru_stime) * 1e3
    found = (wall, cpu, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status))
    best = min(best or found, found)
print(f"{name:44} wall {best[0]:6.1f} ms  cpu {best[1]:6.1f} ms  peak {best[2]:5.1f} MiB  exit code {best[3]}")
PY
}

unset DBUS_SESSION_BUS_ADDRESS || true
index 365
measure "$count profiles, nothing due, the app" "$programs/a365-password-tool" --remind
measure "$count profiles, nothing due, command line" "$programs/a365-password-cli" remind --wait 0
index 12
measure "100 due, nobody shows notifications" "$programs/a365-password-tool" --remind
measure "expiring from the index" "$programs/a365-password-cli" expiring --vault "$folder/team.a365vault" --from-index
if command -v dunst >/dev/null && command -v xvfb-run >/dev/null; then
    cat >"$folder/shown.sh" <<'SH'
dunst >/dev/null 2>&1 &
daemon=$!
until dunstctl count >/dev/null 2>&1; do sleep 0.05; done
measure "100 due, shown by dunst" "$programs/a365-password-cli" remind --wait 0
kill "$daemon"
SH
    # The shell that plays this on a bus of its own knows the functions by reading this file's.
    { sed -n '/^measure() {$/,/^}$/p' "$0"; cat "$folder/shown.sh"; } >"$folder/all.sh"
    export programs runs data
    xvfb-run -a dbus-run-session -- sh "$folder/all.sh"
fi
