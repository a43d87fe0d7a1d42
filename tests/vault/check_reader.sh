#!/usr/bin/env bash
# Checks the independent reader against the test vectors and, when its program is given, against a vault that the
# command line makes now:
#     tests/vault/check_reader.sh [path of a365-password-cli]
# Needs a Python with `cryptography` and `argon2-cffi`; without one it makes one under target/ (see .ci/crypto-python).
set -euo pipefail
export PYTHONDONTWRITEBYTECODE=1
cd "$(dirname "$0")/../.."
python=$(bash .ci/crypto-python)
vectors_passphrase='correct horse battery vector'
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

read_vault() { # FILE CREDENTIAL [--recovery-key | --account-key]
    printf '%s\n' "$2" | "$python" tests/vault/reader.py "$1" "${@:3}"
}

must_refuse() { # CREDENTIAL FILE...: each is refused, and for a reason that the reader knows
    for file in "${@:2}"; do
        if read_vault "$file" "$1" >/dev/null 2>"$folder/why"; then echo "not noticed: ${file##*/}"; exit 1; fi
        if grep -q Traceback "$folder/why"; then cat "$folder/why"; exit 1; fi
    done
}

for vector in tests/data/vault-v*-*.a365vault; do
    read_vault "$vector" "$vectors_passphrase" | "$python" -c '
import json, sys
found, wanted = json.load(sys.stdin)["payload"], json.load(open(sys.argv[1], encoding="utf-8"))
sys.exit(0 if found == wanted else f"{sys.argv[1]}: the reader found {found}")' "${vector%.a365vault}.json"
    echo "good: $vector"
done

# The vectors with all kinds of slots open with each, and each notices a credential of somebody else.
recovery_key=YCF5-EW0J-9UV9-TRHM-X3S4-497Q-85HV-8ZXA
account_key=$(printf '5a%.0s' {1..32})
for vector in tests/data/vault-v*-slots.a365vault; do
    read_vault "$vector" "$recovery_key" --recovery-key | cmp - <(read_vault "$vector" "$vectors_passphrase")
    read_vault "$vector" "$account_key" --account-key | cmp - <(read_vault "$vector" "$vectors_passphrase")
    for credential in QQQQ-QQQQ-QQQQ-QQQQ-QQQQ-QQQQ-QQCZ-X8VR "${recovery_key/Y/P}"; do
        if read_vault "$vector" "$credential" --recovery-key >/dev/null 2>&1; then echo "not noticed: $credential"; exit 1; fi
    done
    if read_vault "$vector" "${account_key/5a/5b}" --account-key >/dev/null 2>&1; then echo "not noticed: a key"; exit 1; fi
done
echo "good: every kind of slot"

# What anybody who can write the file may change in a slot, with a right checksum, is noticed.
"$python" - "$folder" tests/data/vault-v*-slots.a365vault <<'PY'
import base64, hashlib, json, pathlib, sys
for vector in map(pathlib.Path, sys.argv[2:]):
    line, _, rest = vector.read_bytes().partition(b"\n")
    for name in ("salt", "public_key", "wrapped_keys", "sealed_data_key"):
        header = json.loads(line)
        value = bytearray(base64.b64decode(header["slots"][0][name]))
        value[9] ^= 1
        header["slots"][0][name] = base64.b64encode(value).decode()
        body = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode() + b"\n" + rest[:-32]
        (pathlib.Path(sys.argv[1]) / f"changed-{name}-{vector.name}").write_bytes(body + hashlib.sha256(body).digest())
PY
must_refuse "$vectors_passphrase" "$folder"/changed-*
echo "good: changed slots are refused"

# The reader notices what it should: one flipped bit, a cut, a tail, another passphrase.
for vector in tests/data/vault-v*-empty.a365vault; do
    "$python" - "$vector" "$folder" <<'PY'
import pathlib, sys
data = bytearray(pathlib.Path(sys.argv[1]).read_bytes())
folder = pathlib.Path(sys.argv[2])
(folder / "cut").write_bytes(data[:-1])
(folder / "tail").write_bytes(data + b"\0")
data[len(data) // 2] ^= 1
(folder / "flipped").write_bytes(data)
PY
    must_refuse "$vectors_passphrase" "$folder"/{cut,tail,flipped}
    must_refuse 'another passphrase' "$vector"
done
echo "good: damage and a wrong passphrase are refused"

# What somebody can make who knows every key of the file but no member's private key (the signatures stay), and what one
# member can make (he signs) who claims what the others did.
mkdir "$folder/forged"
PYTHONPATH=tests/vault "$python" - tests/data/vault-v2-slots.a365vault "$folder/forged" <<'PY'
import copy, pathlib, sys
import reader, writer
data, folder = pathlib.Path(sys.argv[1]).read_bytes(), pathlib.Path(sys.argv[2])
found = reader.unseal(data, "passphrase", b"correct horse battery vector")
other = found["header"]["slots"][1]["salt"]
reader.unseal(writer.save_again(found), "passphrase", b"correct horse battery vector")

def forge(name, change=lambda roster: None, **changes):
    roster = copy.deepcopy(found["roster"])
    change(roster)
    (folder / name).write_bytes(writer.save_again(found, **{"roster": roster} | changes))

def last(**values):
    return lambda roster: roster["records"][-1].update(values)

def member(**values):
    return lambda roster: roster["records"][-1]["members"][1].update(values)

def signed_again(change):
    """The change, and a right signature of the last record by the slot that opened the file."""
    def both(roster):
        change(roster)
        text = reader.statement(found["header"]["vault_id"], roster["records"][-1])
        roster["records"][-1]["signature"] = writer.base64_of(writer.sign(found["private_key"], text))
    return both

for generation in (0, 2**53 + 1, 2**64 - 1):
    forge(f"generation-{generation}", generation=generation)
reader.unseal(writer.save_again(found, generation=2**53), "passphrase", b"correct horse battery vector")
forge("old-signature-of-the-save", signature=data[-96:-32])
forge("no-signature-of-the-save", signature=bytes(64))
forge("another-author", author=other)
forge("an-author-without-a-slot", author=writer.base64_of(bytes(32)))
for name, values in (("at", {"at": "2026-01-01T00:00:00Z"}), ("by", {"by": other}), ("number", {"number": 4}),
                     ("previous", {"previous": writer.base64_of(bytes(32))}), ("origin", {"origin": "0" * 16}),
                     ("data-key", {"data_key": writer.name_of(bytes(32))}), ("signature", {"signature": "A" * 86 + "=="})):
    forge(f"record-{name}", last(**values))
forge("record-by-nobody", signed_again(last(by=writer.base64_of(bytes(32)))))
forge("record-by-another", signed_again(last(by=other)))
forge("record-number", signed_again(last(number=4)))
forge("record-previous", signed_again(last(previous=writer.base64_of(bytes(32)))))
forge("record-unknown-member", signed_again(last(more=1)))
forge("member-key", signed_again(member(public_key=found["header"]["slots"][0]["public_key"])))
forge("member-by", signed_again(member(by=other)))
forge("member-at", signed_again(member(at="2026-01-01T00:00:00Z")))
forge("members-order", signed_again(lambda roster: roster["records"][-1]["members"].reverse()))
forge("member-left-out", signed_again(lambda roster: roster["records"][-1]["members"].pop(1)))
forge("member-removed-with-the-old-keys", signed_again(lambda roster: roster["records"][-1]["members"].pop(1)),
      slots=[slot for slot in found["header"]["slots"] if slot["salt"] != other])
forge("member-twice", signed_again(lambda roster: roster["records"][-1]["members"].append(
    roster["records"][-1]["members"][0])))
forge("a-slot-without-a-record", slots=[*found["header"]["slots"], writer.new_slot(
    found["header"]["vault_id"], "passphrase", b"another", found["origin_key"], found["data_key"])[0]])
forge("record-left-out", lambda roster: roster["records"].pop(1))
forge("no-records", lambda roster: roster["records"].clear())
forge("too-many-records", lambda roster: roster["records"].extend(roster["records"][-1:] * 62))
forge("first-record-by-another", lambda roster: roster["records"][0].update(signature="A" * 86 + "=="))
forge("no-origin", lambda roster: roster["origins"].clear())
forge("another-origin", lambda roster: roster["origins"][0].update(key=writer.base64_of(bytes(32))))
forge("roster-unknown-member", lambda roster: roster.update(more=[]))
PY
must_refuse "$vectors_passphrase" "$folder"/forged/*
echo "good: $(find "$folder/forged" -type f | wc -l) forgeries by somebody who knows the keys are refused"

# What was seen: a later save comes after it, an earlier one does not, and neither does one whose members have no proof.
vector=tests/data/vault-v2-slots.a365vault
read_vault "$vector" "$vectors_passphrase" --remember "$folder/seen" >/dev/null
PYTHONPATH=tests/vault "$python" - "$vector" "$folder" <<'PY'
import os, pathlib, sys
import reader, writer
data, folder = pathlib.Path(sys.argv[1]).read_bytes(), pathlib.Path(sys.argv[2])
found = reader.unseal(data, "passphrase", b"correct horse battery vector")
header, roster = found["header"], found["roster"]
saves = found["payload"]["saves"]
(folder / "verdict-after").write_bytes(writer.save_again(found))
(folder / "verdict-older").write_bytes(writer.save_again(found, payload=found["payload"] | {"saves": saves[:-1]}))
(folder / "verdict-missing").write_bytes(
    writer.save_again(found, payload=writer.with_save(found["payload"] | {"saves": saves[:-1]})))
full = {"saves": [os.urandom(8).hex() for _ in range(256)]}
(folder / "verdict-after-many").write_bytes(
    writer.save_again(found, generation=header["generation"] + 128, payload=found["payload"] | full))

# A member removes another (which changes the keys), with proof and without.
key, origin, me = os.urandom(32), os.urandom(32), header["slots"][0]["salt"]
def removal(before, records):
    record = writer.next_record(header["vault_id"], before, me, found["private_key"], key, origin,
                                [member for member in roster["records"][-1]["members"] if member["slot"] == me])
    slot = writer.seal_to(header["slots"][0], header["vault_id"], key, found["origin_key"])
    return writer.save_again(found, slots=[slot], data_key=key, roster={
        "origins": writer.origins_of(found["origin_key"], origin), "records": [*records, record]})
(folder / "verdict-after-removal").write_bytes(removal(roster["records"][-1], roster["records"]))
(folder / "verdict-refused-beginning").write_bytes(removal(None, []))
(folder / "verdict-refused-branch").write_bytes(removal(roster["records"][1], roster["records"][:2]))
(folder / "verdict-refused-v1").write_bytes(pathlib.Path("tests/data/vault-v1-slots.a365vault").read_bytes())
PY
for file in "$folder"/verdict-*; do
    wanted=${file##*/verdict-}
    found=$(read_vault "$file" "$vectors_passphrase" --seen "$folder/seen" | tail -2 | grep -o '"verdict": "[a-z]*"' || true)
    [ "$found" = "\"verdict\": \"${wanted%%-*}\"" ] || { echo "$wanted: $found"; exit 1; }
done
echo "good: what was seen is compared"

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
rm "$folder"/changed-*
"$python" - "$folder/v.a365vault" "$folder" <<'PY'
import hashlib, json, pathlib, random, sys
sealed, folder = pathlib.Path(sys.argv[1]).read_bytes()[:-32], pathlib.Path(sys.argv[2])
end = sealed.index(b"\n")
header = json.loads(sealed[:end])
assert header["version"] == 2, "the command line writes the newest version"
roster = end + 1 + header["payload"]["length"]
signature = roster + header["roster_length"]
assert signature + 64 == len(sealed)
places = {"first-of-payload": end + 1, "payload-tag": roster - 16, "last-of-payload": roster - 1,
          "first-of-roster": roster, "roster-tag": signature - 16, "last-of-roster": signature - 1,
          "first-of-signature": signature, "s-of-signature": signature + 32, "last-of-signature": len(sealed) - 1}
for name in ("vault_id", "saved_at", "author"):
    places[name] = sealed.index(header[name].encode()) + 3
for name in ("salt", "commitment"):
    places[name] = sealed.index(header["payload"][name].encode()) + 5
places["generation"] = sealed.index(b'"generation":') + 13
# And any bytes of the payload, the roster and the signature, and any letter or digit of the header's texts.
chance = random.Random()
for number in range(4):
    places[f"payload-{number}"] = chance.randrange(end + 1, roster)
    places[f"roster-{number}"] = chance.randrange(roster, signature)
    places[f"signature-{number}"] = chance.randrange(signature, len(sealed))
slots = sealed.index(b'"slots"')
for number, place in enumerate(chance.sample([at for at in range(slots + 8, end) if sealed[at : at + 1].isalnum()], 8)):
    places[f"slot-{number}"] = place
for name, place in places.items():
    changed = bytearray(sealed)
    letter = chr(changed[place])
    if place < end:
        changed[place] = ord("7" if letter in "0123456" else "3" if letter.isdigit() else "b" if letter in "aA" else "a")
    else:
        changed[place] ^= 1 << chance.randrange(8)
    (folder / f"changed-{name}-at-{place}").write_bytes(bytes(changed) + hashlib.sha256(changed).digest())
PY
must_refuse "$passphrase" "$folder"/changed-*
echo "good: $(find "$folder" -name 'changed-*' | wc -l) changes under a right checksum are refused"
