#!/usr/bin/env bash
# Reads the command line's calendar files with parsers that are not ours (libical by the rules of iTIP, Python's icalendar
# and vobject) and plays what a calendar does with them: take in, take in again after a renewal, cancel.
#   tests/reminder/check_calendar.sh PROGRAM [FOLDER]       PROGRAM is a365-password-cli, FOLDER keeps the parsers
set -euo pipefail
program=$(realpath "${1:?the command line program}")
folder=${2:-target/calendar-python}
here=$(dirname "$0")
[ -x "$folder/bin/python" ] || python3 -m venv "$folder"
"$folder/bin/python" -c 'import icalendar, vobject' 2>/dev/null ||
  "$folder/bin/pip" install --quiet --disable-pip-version-check 'icalendar>=6,<8' 'vobject>=0.9.8,<0.10'
gcc -Wall -Wextra -Werror "$here/check_calendar.c" -o "$folder/check_calendar" -lical
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export HOME="$home" XDG_CONFIG_HOME="$home" XDG_DATA_HOME="$home" TZ=Europe/Berlin
"$folder/bin/python" "$here/check_calendar.py" "$program" "$(realpath "$folder/check_calendar")"
