#!/usr/bin/env bash
# Checks the independent reader against the test vectors and, when its program is given, against a vault that the
# command line makes now:
#     tests/vault/check_reader.sh [path of a365-password-cli]
# Needs a Python with `cryptography` and `argon2-cffi`; without one it makes one under target/ (see .ci/crypto-python).
set -euo pipefail
cd "$(dirname "$0")/../.."
python=$(bash .ci/crypto-python)
vectors_passphrase='correct horse battery vector'
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

read_vault() { # FILE CREDENTIAL [--recovery-key | --account-key]
    printf '%s\n' "$2" | "$python" tests/vault/reader.py "$1" "${@:3}"
}

for vector in tests/data/vault-v1-*.a365vault; do
    read_vault "$vector" "$vectors_passphrase" | "$python" -c '
import json, sys
found, wanted = json.load(sys.stdin)["payload"], json.load(open(sys.argv[1], encoding="utf-8"))
sys.exit(0 if found == wanted else f"{sys.argv[1]}: the reader found {found}")' "${vector%.a365vault}.json"
    echo "good: $vector"
done

# The vector with all kinds of slots opens with each, and each notices a credential of somebody else.
vector=tests/data/vault-v1-slots.a365vault
recovery_key=YCF5-EW0J-9UV9-TRHM-X3S4-497Q-85HV-8ZXA
account_key=$(printf '5a%.0s' {1..32})
read_vault "$vector" "$recovery_key" --recovery-key | cmp - <(read_vault "$vector" "$vectors_passphrase")
read_vault "$vector" "$account_key" --account-key | cmp - <(read_vault "$vector" "$vectors_passphrase")
for credential in QQQQ-QQQQ-QQQQ-QQQQ-QQQQ-QQQQ-QQCZ-X8VR "${recovery_key/Y/P}"; do
    if read_vault "$vector" "$credential" --recovery-key >/dev/null 2>&1; then echo "not noticed: $credential"; exit 1; fi
done
if read_vault "$vector" "${account_key/5a/5b}" --account-key >/dev/null 2>&1; then echo "not noticed: a key"; exit 1; fi
echo "good: every kind of slot"

# What anybody who can write the file may change in a slot, with a right checksum, is noticed.
"$python" - "$vector" "$folder" <<'PY'
import base64, hashlib, json, pathlib, sys
line, _, rest = pathlib.Path(sys.argv[1]).read_bytes().partition(b"\n")
for name in ("salt", "public_key", "wrapped_keys", "sealed_data_key"):
    header = json.loads(line)
    value = bytearray(base64.b64decode(header["slots"][0][name]))
    value[9] ^= 1
    header["slots"][0][name] = base64.b64encode(value).decode()
    body = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode() + b"\n" + rest[:-32]
    (pathlib.Path(sys.argv[2]) / f"changed-{name}").write_bytes(body + hashlib.sha256(body).digest())
PY
for file in "$folder"/changed-*; do
    if read_vault "$file" "$vectors_passphrase" >/dev/null 2>&1; then echo "not noticed: $file"; exit 1; fi
done
echo "good: changed slots are refused"

# The reader notices what it should: one flipped bit, a cut, a tail, another passphrase.
vector=tests/data/vault-v1-empty.a365vault
"$python" - "$vector" "$folder" <<'PY'
import pathlib, sys
data = bytearray(pathlib.Path(sys.argv[1]).read_bytes())
folder = pathlib.Path(sys.argv[2])
(folder / "cut").write_bytes(data[:-1])
(folder / "tail").write_bytes(data + b"\0")
data[len(data) // 2] ^= 1
(folder / "flipped").write_bytes(data)
PY
for file in cut tail flipped; do
    if read_vault "$folder/$file" "$vectors_passphrase" >/dev/null 2>&1; then echo "not noticed: $file"; exit 1; fi
done
if read_vault "$vector" 'another passphrase' >/dev/null 2>&1; then echo "not noticed: another passphrase"; exit 1; fi
echo "good: damage and a wrong passphrase are refused"

if [ $# -eq 0 ]; then
    echo "not tried: a vault made by the command line (give the program's path)"
    exit 0
fi
cli=$1
passphrase="made-$("$python" -c 'import uuid; print(uuid.uuid4())')"
secret="made;\"$("$python" -c 'import uuid; print(uuid.uuid4())')ä"
printf '%s\n' "$passphrase" | "$cli" vault create --vault "$folder/v.a365vault" --passphrase-stdin
printf '%s\n%s' "$passphrase" "$secret" | "$cli" profile add 'Contoso Zürich' --vault "$folder/v.a365vault" \
    --url https://contoso.crm4.dynamics.com --client-id 66667777-bbbb-4888-9ccc-9999dddd0000 \
    --expires 2027-02-28 --tag eu --passphrase-stdin --secret-stdin
read_vault "$folder/v.a365vault" "$passphrase" | SECRET=$secret "$python" -c '
import json, os, sys
[profile] = json.load(sys.stdin)["payload"]["profiles"]
wanted = {"name": "Contoso Zürich", "environment_url": "https://contoso.crm4.dynamics.com", "tags": ["eu"],
          "client_id": "66667777-bbbb-4888-9ccc-9999dddd0000", "secret_expires": "2027-02-28",
          "client_secret": os.environ["SECRET"]}
wrong = {name for name, value in wanted.items() if profile.get(name) != value}
sys.exit(f"differs: {wrong}" if wrong else 0)'
echo "good: a vault made by the command line"

# The same vault, changed by somebody who knows the format: one byte, and a right checksum over the whole again.
"$python" - "$folder/v.a365vault" "$folder" <<'PY'
import hashlib, json, pathlib, random, sys
sealed, folder = pathlib.Path(sys.argv[1]).read_bytes()[:-32], pathlib.Path(sys.argv[2])
end = sealed.index(b"\n")
header = json.loads(sealed[:end])
places = {"first-of-payload": end + 1, "last-of-payload": len(sealed) - 1, "tag": len(sealed) - 16}
for name in ("vault_id", "saved_at"):
    places[name] = sealed.index(header[name].encode()) + 3
for name in ("salt", "commitment"):
    places[name] = sealed.index(header["payload"][name].encode()) + 5
# And any bytes of the payload, and any letter or digit of the header's texts.
chance = random.Random(7)
for number in range(4):
    places[f"payload-{number}"] = chance.randrange(end + 1, len(sealed))
slots = sealed.index(b'"slots"')
for number, place in enumerate(chance.sample([at for at in range(slots + 8, end) if sealed[at : at + 1].isalnum()], 8)):
    places[f"slot-{number}"] = place
for name, place in places.items():
    changed = bytearray(sealed)
    letter = chr(changed[place])
    if place < end:
        changed[place] = ord("7" if letter in "0123456" else "3" if letter.isdigit() else "b" if letter in "aA" else "a")
    else:
        changed[place] ^= 1
    (folder / f"changed-{name}").write_bytes(bytes(changed) + hashlib.sha256(changed).digest())
PY
for file in "$folder"/changed-*; do
    if read_vault "$file" "$passphrase" >/dev/null 2>&1; then echo "not noticed: ${file##*/}"; exit 1; fi
done
echo "good: $(find "$folder" -name 'changed-*' | wc -l) changes under a right checksum are refused"
