#!/usr/bin/env bash
# Plays every story about the Windows programs under Wine and Xvfb.
#
#     tests/windows/run.sh DIST SIMULATOR LINUX_CLI [PICTURES]
#
# DIST       what installer/build-windows.sh made
# SIMULATOR  target/debug/examples/simulator
# LINUX_CLI  the command line of this system, for vaults that change between systems
set -euo pipefail
cd "$(dirname "$0")/../.."
dist=$1 simulator=$2 linux=$3 pictures=${4:-}
step() { printf -- '--- Windows: %s (%s s)\n' "$1" "$SECONDS"; }
play() { timeout --kill-after=10 900 /usr/bin/python3 "$@"; }
# Once more where it failed: Wine now and then loses a key or trusts nothing for a moment. What fails twice is ours.
story() { play "$@" || { echo "FAILED, once more: $1"; play "$@"; }; }

step 'protections, resources and imports of the programs'
python3 installer/check_program.py "$dist"/a365-password-{tool,cli}.exe
(cd "$dist" && sha256sum --quiet -c SHA256SUMS)

step 'signing, with a certificate made for this'
bash tests/windows/signing.sh "$dist"

step 'the command line'
story tests/windows/command_line.py --dist "$dist" --simulator "$simulator"

step 'proxy settings of Windows'
story tests/windows/proxy_settings.py --dist "$dist"

step 'one vault on Linux and Windows; the Windows account as a way to open it'
story tests/windows/accounts.py --dist "$dist" --linux "$linux"

step 'the window'
story tests/windows/window.py --dist "$dist" --simulator "$simulator" ${pictures:+--pictures "$pictures"}

step 'hosts and drivers that are absent, crash, hang or are lost'
story tests/windows/hosts.py --dist "$dist"

step 'set-up and package: installed, used, upgraded, uninstalled'
story tests/windows/installers.py --dist "$dist"
