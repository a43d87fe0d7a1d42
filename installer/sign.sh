#!/usr/bin/env bash
# Signs Windows programs and packages in place (Authenticode, SHA-256). Does nothing when no certificate is given.
#
#     SIGN_CERT=chain.pem SIGN_KEY=key.pem installer/sign.sh FILE...
#
# SIGN_CERT            certificate with its chain, PEM
# SIGN_KEY             its private key, PEM; or a PKCS#11 URI, with SIGN_PKCS11_MODULE, where it lies in a token
# SIGN_PASSWORD_FILE   a file with the key's password (a password in an argument could be seen by others)
# SIGN_TIMESTAMP_URL   a time stamp server (RFC 3161), so that signatures outlive the certificate
set -euo pipefail
[ -n "${SIGN_CERT:-}" ] || exit 0
[ -n "${SIGN_KEY:-}" ] || { echo 'SIGN_CERT is set but SIGN_KEY is not.' >&2; exit 2; }
options=(-certs "$SIGN_CERT" -key "$SIGN_KEY" -h sha256 -n 'A365 Password Tool')
[ -z "${SIGN_PKCS11_MODULE:-}" ] || options+=(-pkcs11module "$SIGN_PKCS11_MODULE")
[ -z "${SIGN_PASSWORD_FILE:-}" ] || options+=(-readpass "$SIGN_PASSWORD_FILE")
[ -z "${SIGN_TIMESTAMP_URL:-}" ] || options+=(-ts "$SIGN_TIMESTAMP_URL")
for file in "$@"; do
  rm -f "$file.signed"
  osslsigncode sign "${options[@]}" -in "$file" -out "$file.signed" >/dev/null
  mv "$file.signed" "$file"
  echo "signed $file"
done
