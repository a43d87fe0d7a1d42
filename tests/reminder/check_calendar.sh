#!/usr/bin/env bash
# Reads the command line's calendar files with a parser that is not ours (Python's icalendar) and plays what a
# calendar does with them: take in, take in again after a renewal, call off.
#   tests/reminder/check_calendar.sh PROGRAM [FOLDER]       PROGRAM is a365-password-cli, FOLDER keeps the parser
set -euo pipefail
program=$(realpath "${1:?the command line program}")
folder=${2:-target/calendar-python}
here=$(dirname "$0")
[ -x "$folder/bin/python" ] || python3 -m venv "$folder"
"$folder/bin/python" -c 'import icalendar' 2>/dev/null || "$folder/bin/pip" install --quiet 'icalendar>=6,<8'
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export HOME="$home" XDG_CONFIG_HOME="$home" XDG_DATA_HOME="$home"
"$folder/bin/python" "$here/check_calendar.py" "$program"
