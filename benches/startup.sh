#!/bin/sh
# How long a window takes to show, what it costs, and that it costs nothing while idle.
#   benches/startup.sh PROGRAM [ARGUMENT...]        (Linux with Xvfb and xdotool)
# Prints one line per run: shown = milliseconds from start to a visible window, cpu = processor milliseconds until
# one second later, peak = peak memory, idle = processor milliseconds in the IDLE seconds after that (default 10).
set -eu
runs=${RUNS:-5}
idle=${IDLE:-10}
[ $# -gt 0 ] || { sed -n '2,5s/^# //p' "$0"; exit 2; }

folder=$(mktemp -d)
mkfifo "$folder/number"
Xvfb -displayfd 3 -screen 0 1600x1000x24 -nolisten tcp -noreset 3>"$folder/number" 2>/dev/null &
screen=$!
trap 'kill "$screen" 2>/dev/null; rm -rf "$folder"' EXIT
read -r number <"$folder/number"
export DISPLAY=":$number" HOME="$folder" XDG_CONFIG_HOME="$folder" XDG_DATA_HOME="$folder" XDG_RUNTIME_DIR="$folder"
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS || true

cpu_ms() { cat /proc/"$1"/task/*/schedstat | awk '{ns += $1} END {printf "%.1f", ns / 1e6}'; }
now_ms() { date +%s%3N; }

run=0
while [ "$run" -lt "$runs" ]; do
    run=$((run + 1))
    start=$(now_ms)
    "$@" >/dev/null 2>&1 &
    program=$!
    until xdotool search --onlyvisible --pid "$program" >/dev/null 2>&1; do
        kill -0 "$program" 2>/dev/null || { echo "the program ended without a window" >&2; exit 1; }
        sleep 0.005
    done
    shown=$(($(now_ms) - start))
    sleep 1
    cpu=$(cpu_ms "$program")
    peak=$(awk '/VmHWM/ {printf "%.1f", $2 / 1024}' /proc/"$program"/status)
    sleep "$idle"
    after=$(cpu_ms "$program")
    echo "shown ${shown} ms  cpu ${cpu} ms  peak ${peak} MiB  idle $(echo "$after $cpu" | awk '{printf "%.1f", $1 - $2}') ms in ${idle} s"
    kill "$program"
    wait "$program" 2>/dev/null || true
done
