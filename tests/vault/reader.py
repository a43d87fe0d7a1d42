#!/usr/bin/env python3
"""Reads an A365 Password Tool vault. Written from docs/vault-format.md alone, with no code of the product.

Needs `cryptography` and `argon2-cffi` from PyPI. Usage:

    reader.py FILE                  the passphrase is the first line of stdin
    reader.py FILE --recovery-key   the recovery key is, with or without its hyphens, typed without mistakes
    reader.py FILE --account-key    the 32 bytes that an account's store keeps are, in hexadecimal

    --seen STATE        compares the file with what was seen before (JSON, as --remember writes it)
    --remember STATE    writes what was seen now, where the file comes after what was seen

Prints {"header": ..., "roster": ..., "payload": ..., "verdict": ...} as JSON, secrets in clear; "roster" from version 2
on, "verdict" with --seen. Exit code 1: the file or the credential is no good; 3: it is none that may follow what was seen.
"""
import argparse
import base64
import binascii
import hashlib
import hmac
import json
import re
import sys
import uuid
from datetime import datetime

from argon2.low_level import ARGON2_VERSION, Type, hash_secret_raw
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FILE_LIMIT, HEADER_LIMIT, ROSTER_LIMIT, SIGNATURE, CHECKSUM = 256 * 1024 * 1024, 65536, 1048576, 64, 32
FIRST = b'{"format":"a365vault","version":'
NONCE = bytes(12)


class Refused(Exception):
    """Why the file was not opened."""


def once(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refused("a member is repeated")
    return members


def parse(text):
    try:
        return json.loads(text.decode("utf-8"), object_pairs_hook=once, parse_constant=float.fromhex)
    except (ValueError, RecursionError) as error:
        raise Refused("not the JSON it should be") from error


def exactly(value, *names):
    if not isinstance(value, dict) or set(value) != set(names):
        raise Refused(f"members other than {names}")
    return [value[name] for name in names]


def unbase64(text, length=None):
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise Refused("not base64") from error
    if base64.b64encode(data).decode() != text or length not in (None, len(data)):
        raise Refused("base64 of another length, or not canonical")
    return data


def text_like(pattern, value):
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
        raise Refused(f"{value!r} is not of the form {pattern}")
    return value


def moment(value, pattern=r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)"):
    try:
        return datetime.fromisoformat(re.sub(r"\.\d+", "", text_like(pattern, value)))
    except ValueError as error:
        raise Refused(f"{value} is no time") from error


def integer(value, least, most):
    if type(value) is not int or not least <= value <= most:
        raise Refused(f"{value!r} is outside {least} to {most}")
    return value


def split(data):
    """The version, the header's line, and what is between it and the checksum."""
    if len(data) > FILE_LIMIT:
        raise Refused("too large")
    if not data.startswith(FIRST):
        raise Refused("damaged" if FIRST.startswith(data) else "not a vault")
    version = re.match(rb"([1-9][0-9]*),", data[len(FIRST):len(FIRST) + 20])
    if version and int(version[1]) > 2:
        raise Refused("made by a newer version")
    if hashlib.sha256(data[:-CHECKSUM]).digest() != data[-CHECKSUM:] or not version:
        raise Refused("damaged: the checksum does not match")
    line, end, rest = data[:-CHECKSUM].partition(b"\n")
    if not end or len(line) + 1 > HEADER_LIMIT or b"\r" in line:
        raise Refused("the header is too long, has no end, or has two")
    return int(version[1]), line, rest


def check_header(version, line):
    header = parse(line)
    form, stated, vault_id, generation, saved_at, sealed, slots, *more = exactly(
        header, "format", "version", "vault_id", "generation", "saved_at", "payload", "slots",
        *(("roster_length", "author") if version > 1 else ()))
    cipher, salt, commitment, length = exactly(sealed, "cipher", "salt", "commitment", "length")
    if (form, stated, cipher) != ("a365vault", version, "AES-256-GCM"):
        raise Refused("another format, version or cipher")
    text_like("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", vault_id)
    integer(generation, 1, 2**53)
    moment(saved_at)
    unbase64(salt, 32), unbase64(commitment, 32)
    integer(length, 16, FILE_LIMIT)
    if not isinstance(slots, list) or not 1 <= len(slots) <= 32:
        raise Refused("no slot or too many")
    work, salts = 0, set()
    for slot in slots:
        if not isinstance(slot, dict) or not isinstance(slot.get("kind"), str):
            raise Refused("a slot without a kind")
        work += check_slot(version, slot)
        salt = slot.get("salt")
        if salt is not None and salt in salts:
            raise Refused("two slots with one salt")
        salts.add(salt)
    if work > 4194304:
        raise Refused("the derivations ask for too much work")
    if more:
        integer(more[0], 16, ROSTER_LIMIT)
        if more[1] not in salts:
            raise Refused("the author has no slot")
    return header


def parts(version, header, rest):
    """Payload, roster and signature, which are as long as the header says."""
    length = header["payload"]["length"]
    roster = header["roster_length"] if version > 1 else 0
    if length + roster + (SIGNATURE if version > 1 else 0) != len(rest):
        raise Refused("the lengths in the header are not the file's")
    return rest[:length], rest[length:length + roster], rest[length + roster:]


OWN_MEMBERS = {"passphrase": ["kdf"], "recovery-key": [], "os-account": ["keeper", "blob"]}


def check_slot(version, slot):
    """The work that one try of a passphrase costs with this slot."""
    common = ["salt", "public_key", "sealed_data_key"] + (["origin"] if version > 1 else [])
    lengths = {"salt": 32, "public_key": 32, "wrapped_keys": 80, "sealed_data_key": 80}
    if slot["kind"] not in OWN_MEMBERS:
        if version > 1:
            text_like("[a-z0-9-]{1,32}", slot["kind"])
            if not set(common) <= set(slot):
                raise Refused(f"a slot lacks one of {common}")
            for name in common[:3]:
                unbase64(slot[name], lengths[name])
            text_like("[0-9a-f]{16}", slot["origin"])
            check_depth(slot, 16)
        return 0
    exactly(slot, "kind", *OWN_MEMBERS[slot["kind"]], *common, "wrapped_keys")
    for name, length in lengths.items():
        unbase64(slot[name], length)
    if version > 1:
        text_like("[0-9a-f]{16}", slot["origin"])
    if slot["kind"] == "os-account":
        text_like("[a-z0-9-]{1,32}", slot["keeper"])
        if len(unbase64(slot["blob"])) > 1024:
            raise Refused("the blob is too long")
    if slot["kind"] != "passphrase":
        return 0
    name, memory, passes, lanes = exactly(slot["kdf"], "name", "memory_kib", "passes", "lanes")
    if name != "argon2id":
        raise Refused("another key derivation")
    integer(lanes, 1, 16)
    work = integer(memory, 19456, 1048576) * integer(passes, 2, 32)
    if work > 4194304:
        raise Refused("a derivation asks for too much work")
    return work


def check_depth(value, left):
    if isinstance(value, (dict, list)):
        if left == 0:
            raise Refused("nested too deeply")
        for inner in value.values() if isinstance(value, dict) else value:
            check_depth(inner, left - 1)
    elif isinstance(value, float) or (type(value) is int and not -2**63 <= value < 2**64):
        raise Refused("a number that is no integer of 64 bits")


ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def recovery_bytes(text):
    """The 16 bytes of a recovery key: Bech32m (BIP 350) without its human part, which is "a365"."""
    values = [ALPHABET.find(letter) for letter in text.lower().replace("-", "").replace(" ", "")]
    check = 1
    for value in [ord(c) >> 5 for c in "a365"] + [0] + [ord(c) & 31 for c in "a365"] + values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate([0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3]):
            check ^= generator if top >> bit & 1 else 0
    number = 0
    for value in values[:26]:
        number = number << 5 | value
    if len(values) != 32 or min(values) < 0 or check != 0x2BC830A3 or number & 3:
        raise Refused("no recovery key")
    return (number >> 2).to_bytes(16, "big")


def wrapping_key(slot, kind, credential):
    salt = unbase64(slot["salt"])
    if kind == "passphrase":
        kdf = slot["kdf"]
        assert ARGON2_VERSION == 0x13
        return hash_secret_raw(credential, salt, time_cost=kdf["passes"], memory_cost=kdf["memory_kib"],
                               parallelism=kdf["lanes"], hash_len=32, type=Type.ID)
    info = {"recovery-key": b"a365vault v1 recovery key", "os-account": b"a365vault v1 account key"}[kind]
    return HKDF(hashes.SHA256(), 32, salt, info).derive(credential)


def open_slot(header, kind, credential):
    """The slot that the credential opens, its private key, its origin key, and the data key."""
    for slot in header["slots"]:
        if slot["kind"] != kind:
            continue
        bound = {"passphrase": lambda: ["argon2id"] + [str(slot["kdf"][n]) for n in ("memory_kib", "passes", "lanes")],
                 "os-account": lambda: [slot["keeper"], slot["blob"]], "recovery-key": list}[kind]()
        bound = ["a365vault v1 slot", header["vault_id"], kind, *bound, slot["salt"], slot["public_key"]]
        try:
            keys = AESGCM(wrapping_key(slot, kind, credential)).decrypt(
                NONCE, unbase64(slot["wrapped_keys"]), "|".join(bound).encode())
        except InvalidTag:
            continue
        if header["version"] > 1 and origin_name(keys[32:]) != slot["origin"]:
            raise Refused("changed: the slot's origin key has another name")
        info = "|".join([f"a365vault v{header['version']} data key", header["vault_id"], kind, slot["public_key"]])
        try:
            return slot, keys[:32], keys[32:], hpke_open_psk(
                keys[:32], unbase64(slot["sealed_data_key"]), info.encode(), keys[32:], header["vault_id"].encode())
        except (InvalidTag, ValueError) as error:
            raise Refused("changed: the data key was sealed by a stranger") from error
    raise Refused("wrong credential")


def hpke_open_psk(private_key, sealed, info, psk, psk_id):
    """RFC 9180, mode_psk, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, first message, no AAD."""
    key = X25519PrivateKey.from_private_bytes(private_key)
    encapsulated, ciphertext = sealed[:32], sealed[32:]
    exchanged = key.exchange(X25519PublicKey.from_public_bytes(encapsulated))
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    aead, nonce = hpke_context_psk(exchanged, encapsulated + public, info, psk, psk_id)
    return aead.decrypt(nonce, ciphertext, b"")


def hpke_context_psk(exchanged, kem_context, info, psk, psk_id):
    """The cipher and the nonce of the first message, which both sides derive from what they exchanged."""
    kem, suite = b"KEM\x00\x20", b"HPKE\x00\x20\x00\x01\x00\x02"

    def extract(suite_id, salt, label, ikm):
        return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite_id + label + ikm, "sha256")

    def expand(suite_id, prk, label, context, length):
        context = length.to_bytes(2, "big") + b"HPKE-v1" + suite_id + label + context
        return HKDFExpand(hashes.SHA256(), length, context).derive(prk)

    shared = expand(kem, extract(kem, b"", b"eae_prk", exchanged), b"shared_secret", kem_context, 32)
    context = b"\x01" + extract(suite, b"", b"psk_id_hash", psk_id) + extract(suite, b"", b"info_hash", info)
    secret = extract(suite, shared, b"secret", psk)
    return AESGCM(expand(suite, secret, b"key", context, 32)), expand(suite, secret, b"base_nonce", context, 12)


def origin_name(key):
    return hashlib.sha256(b"a365vault v2 origin key" + key).hexdigest()[:16]


# The y of the eight points of small order: 1, -1, 0, and the two of order 8.
FIELD = 2**255 - 19
ORDER_8 = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
SMALL_ORDER = {1, FIELD - 1, 0, ORDER_8, FIELD - ORDER_8}


def edwards_y(public_key):
    """The y of the Edwards point that belongs to an X25519 public key."""
    u = int.from_bytes(public_key, "little") % 2**255 % FIELD
    y = (u - 1) * pow(u + 1, -1, FIELD) % FIELD if u != FIELD - 1 else 0
    # On the curve: x^2 = (y^2 - 1) / (d y^2 + 1) is a square.
    d = -121665 * pow(121666, -1, FIELD)
    square = (y * y - 1) * pow(d * y * y + 1, -1, FIELD) % FIELD
    if y in SMALL_ORDER or pow(square, (FIELD - 1) // 2, FIELD) != 1:
        raise Refused("changed: a public key that everybody knows, or of no point of the curve")
    return y


def verify(public_key, signature, text, what):
    """XEdDSA: an Ed25519 signature by the Edwards point with the sign 0 that belongs to an X25519 public key."""
    y = edwards_y(public_key)
    r = int.from_bytes(signature[:32], "little") % 2**255 % FIELD
    try:
        if r in SMALL_ORDER:
            raise ValueError("a point of small order")
        Ed25519PublicKey.from_public_bytes(y.to_bytes(32, "little")).verify(signature, text)
    except (InvalidSignature, ValueError) as error:
        raise Refused(f"changed: the signature of {what} is wrong") from error


UTC_SECOND = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def statement(vault_id, record):
    lines = [["a365vault v2 roster", vault_id] + [
        str(record[name]) for name in ("number", "previous", "merges", "at", "by", "data_key", "origin")]]
    lines += [[member[name] for name in ("slot", "kind", "public_key", "origin", "by", "at")]
              for member in record["members"]]
    return "".join("|".join(line) + "\n" for line in lines).encode()


def check_record(record):
    """The shape of one record, and its members by their slots."""
    number, previous, merges, at, by, key, origin, members, signature = exactly(
        record, "number", "previous", "merges", "at", "by", "data_key", "origin", "members", "signature")
    integer(number, 1, 2**53)
    unbase64(previous, 0 if number == 1 else 32), unbase64(merges, 32 if merges else 0)
    moment(at, UTC_SECOND), unbase64(by, 32), unbase64(key, 32), unbase64(signature, 64)
    text_like("[0-9a-f]{16}", origin)
    if not isinstance(members, list) or not 1 <= len(members) <= 32:
        raise Refused("no member or too many")
    for member in members:
        slot, kind, public_key, origin, by, at = exactly(member, "slot", "kind", "public_key", "origin", "by", "at")
        unbase64(slot, 32), unbase64(public_key, 32), unbase64(by, 32 if by else 0), moment(at, UTC_SECOND)
        text_like("[a-z0-9-]{1,32}", kind), text_like("[0-9a-f]{16}", origin)
    by_slot = {member["slot"]: member for member in members}
    if len(by_slot) != len(members):
        raise Refused("two members with one slot")
    return by_slot


def check_roster(roster, header, key):
    """That the roster proves its changes, and that it is of this header and data key."""
    origins, records = exactly(roster, "origins", "records")
    if not isinstance(records, list) or not 1 <= len(records) <= 64 or not isinstance(origins, list):
        raise Refused("no records or too many")
    check_record(records[0])
    if records[0]["number"] != 1 and len(records) < 64:
        raise Refused("changed: earlier records were cut off")
    before, known, previous = None, None, None
    for record in records:
        members, text = check_record(record), statement(header["vault_id"], record)
        if before is not None:
            if record["number"] != before["number"] + 1 or unbase64(record["previous"]) != previous:
                raise Refused("changed: a record is not the next one")
            if any(known[slot] != members[slot] for slot in known.keys() & members.keys()):
                raise Refused("changed: a member is another one than before")
            if any(members[slot]["by"] != record["by"] for slot in members.keys() - known.keys()):
                raise Refused("changed: a member was not added by the one who changed the members")
            if known.keys() - members.keys() and (
                    record["data_key"] == before["data_key"] or record["origin"] == before["origin"]):
                raise Refused("changed: a member was removed and the keys stayed")
        signers = known if before is not None else members
        if before is not None or record["number"] == 1:
            if record["by"] not in signers:
                raise Refused("changed: a record by somebody who was no member")
            verify(unbase64(signers[record["by"]]["public_key"]), unbase64(record["signature"]), text, "a record")
        before, known, previous = record, members, hashlib.sha256(text).digest()
    for member in before["members"]:
        edwards_y(unbase64(member["public_key"]))
    names = ("salt", "kind", "public_key", "origin")
    if [[slot[name] for name in names] for slot in header["slots"]] != [
            [member[name] for name in ("slot", *names[1:])] for member in before["members"]]:
        raise Refused("changed: the members are not the slots")
    name = HKDF(hashes.SHA256(), 32, bytes(32), b"a365vault v2 data key name").derive(key)
    if unbase64(before["data_key"]) != name:
        raise Refused("changed: the last record is of another data key")
    named = [exactly(origin, "name", "key") for origin in origins]
    if any(origin_name(unbase64(origin, 32)) != name for name, origin in named):
        raise Refused("changed: an origin key under another's name")
    listed = [name for name, _ in named]
    if not 1 <= len(listed) <= 33 or listed[-1] != before["origin"] or not {
            slot["origin"] for slot in header["slots"]} <= set(listed):
        raise Refused("changed: an origin key that the slots need is not in the roster")
    return previous


def unseal(data, kind, credential):
    """What is in a file, checked, with the keys that the credential gives."""
    version, line, rest = split(data)
    header = check_header(version, line)
    payload, roster, signature = parts(version, header, rest)
    slot, private_key, origin_key, key = open_slot(header, kind, credential)

    def expand(info):
        return HKDF(hashes.SHA256(), 32, unbase64(header["payload"]["salt"]), info).derive(key)

    if not hmac.compare_digest(expand(b"a365vault v1 key commitment"), unbase64(header["payload"]["commitment"])):
        raise Refused("changed: the commitment does not match")
    found = {"header": header, "slot": slot, "private_key": private_key, "origin_key": origin_key, "data_key": key}
    try:
        if version > 1:
            found["roster"] = parse(AESGCM(expand(b"a365vault v2 roster key")).decrypt(NONCE, roster, line))
        text = AESGCM(expand(b"a365vault v1 payload key")).decrypt(NONCE, payload, line)
    except InvalidTag as error:
        raise Refused("changed: the seal is broken") from error
    if version > 1:
        check_roster(found["roster"], header, key)
        [author] = [slot for slot in header["slots"] if slot["salt"] == header["author"]]
        digest = hashlib.sha256(data[:-CHECKSUM - SIGNATURE]).hexdigest()
        verify(unbase64(author["public_key"]), signature, f"a365vault v2 save|{header['vault_id']}|{digest}".encode(),
               "the save")
    return found | {"payload": parse(text)}


def read(data, kind, credential):
    """Header, roster and payload as they are, but for the secrets, which are in clear."""
    found = unseal(data, kind, credential)
    for profile in found["payload"]["profiles"]:
        for name in ("client_secret", "vendor_value"):
            if name in profile:
                profile[name] = unbase64(profile[name]).decode()
        for holder, name in (("renewal", "new_secret"), ("former_secret", "secret")):
            if name in profile.get(holder, {}):
                profile[holder][name] = unbase64(profile[holder][name]).decode()
        if "other_keys" in profile:
            profile["other_keys"] = [[key, unbase64(value).decode()] for key, value in profile["other_keys"]]
    return {name: found[name] for name in ("header", "roster", "payload") if name in found}


def hash_of(vault_id, record):
    return base64.b64encode(hashlib.sha256(statement(vault_id, record)).digest()).decode()


def comes_after(records, hashes, seen):
    """Whether the known record is among these, or one of its members joined another branch with it."""
    def joins(record):
        keys = [[member["slot"], member["public_key"]] for member in record["members"] if member["slot"] == record["by"]]
        return record["merges"] == seen["hash"] and any(key in seen["members"] for key in keys)
    return seen["hash"] in hashes or any(map(joins, records))


def state(found):
    """What an account remembers of a vault."""
    header, records = found["header"], found.get("roster", {}).get("records")
    last = {} if records is None else {
        "number": records[-1]["number"], "data_key": records[-1]["data_key"],
        "members": [[member["slot"], member["public_key"]] for member in records[-1]["members"]],
        "hash": hash_of(header["vault_id"], records[-1]),
        "earlier": [hash_of(header["vault_id"], record) for record in records[:-1]]}
    return {"vault_id": header["vault_id"], "generation": header["generation"], "saved_at": header["saved_at"],
            "saves": found["payload"].get("saves", [])[-64:], **last}


def compare(seen, found):
    """One of "first", "after", "older", "missing" and "refused"."""
    now, saves = state(found), found["payload"].get("saves", [])
    if now["vault_id"] != seen["vault_id"]:
        return "first"
    if "hash" in seen:
        records = found.get("roster", {}).get("records", [])
        hashes = [hash_of(now["vault_id"], record) for record in records]
        same_key = now.get("data_key") == seen["data_key"] and any(hash in hashes for hash in seen["earlier"])
        if not same_key and not comes_after(records, hashes, seen):
            return "refused"
    if not seen["saves"] or seen["saves"][-1] in saves:
        return "after"
    if len(saves) >= 256 and now["generation"] >= seen["generation"] + 128:
        return "after"
    return "older" if saves and saves[-1] in seen["saves"] else "missing"


def main():
    ask = argparse.ArgumentParser(usage=__doc__)
    ask.add_argument("file")
    ask.add_argument("--recovery-key", dest="kind", action="store_const", const="recovery-key", default="passphrase")
    ask.add_argument("--account-key", dest="kind", action="store_const", const="os-account")
    ask.add_argument("--seen")
    ask.add_argument("--remember")
    args = ask.parse_args()
    with open(args.file, "rb") as file:
        data = file.read(FILE_LIMIT + 1)
    credential = sys.stdin.buffer.readline().rstrip(b"\r\n")
    try:
        if args.kind == "recovery-key":
            credential = recovery_bytes(credential.decode())
        elif args.kind == "os-account":
            credential = bytes.fromhex(credential.decode())
        found = read(data, args.kind, credential)
    except Refused as error:
        sys.exit(f"{args.file}: {error}")
    verdict = "first"
    if args.seen:
        with open(args.seen, encoding="utf-8") as file:
            verdict = compare(json.load(file), found)
        found["verdict"] = verdict
    if args.remember and verdict in ("first", "after"):
        with open(args.remember, "w", encoding="utf-8") as file:
            json.dump(state(found), file)
    print(json.dumps(found, ensure_ascii=False, indent=1))
    sys.exit(3 if verdict == "refused" else 0)


if __name__ == "__main__":
    main()
