#!/usr/bin/env bash
# Signs copies of the programs and both installers with a throw-away certificate and verifies them.
#
#     tests/windows/signing.sh DIST
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
dist=$(cd "$1" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=A365 Password Tool test' -addext extendedKeyUsage=codeSigning \
  -keyout "$folder/key.pem" -out "$folder/certificate.pem" 2>/dev/null
export SIGN_CERT=$folder/certificate.pem SIGN_KEY=$folder/key.pem
verify() { osslsigncode verify -CAfile "$SIGN_CERT" -in "$1" | grep -q 'Signature verification: ok'; }

# Without a certificate nothing happens.
cp "$dist/a365-password-cli.exe" "$folder/"
(unset SIGN_CERT; bash "$project/installer/sign.sh" "$folder/a365-password-cli.exe")
cmp "$dist/a365-password-cli.exe" "$folder/a365-password-cli.exe"
! verify "$folder/a365-password-cli.exe" || { echo 'signed without a certificate'; exit 1; }

mkdir "$folder/programs"
cp "$dist"/{a365-password-tool.exe,a365-password-cli.exe,LICENCES.txt} "$folder/programs/"
bash "$project/installer/sign.sh" "$folder"/programs/*.exe
bash "$project/installer/package-windows.sh" "$folder/programs" 0.0.1 "$folder/signed" > "$folder/log.txt" || { cat "$folder/log.txt"; exit 1; }
# makensis tells what it signed on the way: the uninstaller.
grep -q 'signed .*' "$folder/log.txt"
for file in "$folder"/programs/*.exe "$folder"/signed/*; do
  verify "$file" || { echo "$file is not signed"; exit 1; }
done
# A changed byte is found.
printf '\x01' | dd of="$folder/programs/a365-password-cli.exe" bs=1 seek=4096 conv=notrunc status=none
! verify "$folder/programs/a365-password-cli.exe" || { echo 'a changed program verifies'; exit 1; }
echo '4 passed, 0 failed'
