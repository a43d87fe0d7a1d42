#!/usr/bin/env python3
"""Reads an A365 Password Tool vault. Written from docs/vault-format.md alone, with no code of the product.

Needs `cryptography` and `argon2-cffi` from PyPI. Usage:

    reader.py FILE                  the passphrase is the first line of stdin
    reader.py FILE --recovery-key   the recovery key is, with or without its hyphens, typed without mistakes
    reader.py FILE --account-key    the 32 bytes that an account's store keeps are, in hexadecimal

Prints {"header": ..., "payload": ...} as JSON, secrets in clear. Exit code 1: the file or the credential is no good.
"""
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
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FILE_LIMIT, HEADER_LIMIT, CHECKSUM = 256 * 1024 * 1024, 65536, 32
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
        return json.loads(text, object_pairs_hook=once)
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


def integer(value, least, most):
    if type(value) is not int or not least <= value <= most:
        raise Refused(f"{value!r} is outside {least} to {most}")
    return value


def split(data):
    if len(data) > FILE_LIMIT:
        raise Refused("too large")
    if not data.startswith(FIRST):
        raise Refused("damaged" if FIRST.startswith(data) else "not a vault")
    version = re.match(rb"([1-9][0-9]*),", data[len(FIRST):len(FIRST) + 20])
    if version and int(version[1]) > 1:
        raise Refused("made by a newer version")
    if hashlib.sha256(data[:-CHECKSUM]).digest() != data[-CHECKSUM:] or not version:
        raise Refused("damaged: the checksum does not match")
    line, end, payload = data[:-CHECKSUM].partition(b"\n")
    if not end or len(line) + 1 > HEADER_LIMIT:
        raise Refused("the header is too long or has no end")
    return line, payload


def check_header(line, payload):
    header = parse(line)
    form, version, vault_id, generation, saved_at, sealed, slots = exactly(
        header, "format", "version", "vault_id", "generation", "saved_at", "payload", "slots")
    cipher, salt, commitment, length = exactly(sealed, "cipher", "salt", "commitment", "length")
    if (form, version, cipher) != ("a365vault", 1, "AES-256-GCM") or str(uuid.UUID(vault_id)) != vault_id:
        raise Refused("another format, version, cipher or id")
    integer(generation, 1, 2**64 - 1)
    datetime.fromisoformat(saved_at)
    unbase64(salt, 32), unbase64(commitment, 32)
    if integer(length, 16, FILE_LIMIT) != len(payload):
        raise Refused("the payload's length is not the file's")
    if not isinstance(slots, list) or not 1 <= len(slots) <= 32:
        raise Refused("no slot or too many")
    work, salts = 0, set()
    for slot in slots:
        if not isinstance(slot, dict) or not isinstance(slot.get("kind"), str):
            raise Refused("a slot without a kind")
        work += check_slot(slot)
        if slot.get("salt") in salts:
            raise Refused("two slots with one salt")
        if "salt" in slot:
            salts.add(slot["salt"])
    if work > 4194304:
        raise Refused("the derivations ask for too much work")
    return header


OWN_MEMBERS = {"passphrase": ["kdf"], "recovery-key": [], "os-account": ["keeper", "blob"]}


def check_slot(slot):
    """The work that one try of a passphrase costs with this slot."""
    if slot["kind"] not in OWN_MEMBERS:
        return 0
    exactly(slot, "kind", *OWN_MEMBERS[slot["kind"]], "salt", "public_key", "wrapped_keys", "sealed_data_key")
    for name, length in (("salt", 32), ("public_key", 32), ("wrapped_keys", 80), ("sealed_data_key", 80)):
        unbase64(slot[name], length)
    if slot["kind"] == "os-account":
        if not isinstance(slot["keeper"], str) or not re.fullmatch("[a-z0-9-]{1,32}", slot["keeper"]):
            raise Refused("the keeper is no name")
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


def data_key(header, kind, credential):
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
        info = "|".join(["a365vault v1 data key", header["vault_id"], kind, slot["public_key"]])
        try:
            return hpke_open_psk(keys[:32], unbase64(slot["sealed_data_key"]), info.encode(),
                                 keys[32:], header["vault_id"].encode())
        except InvalidTag as error:
            raise Refused("changed: the data key was sealed by a stranger") from error
    raise Refused("wrong credential")


def hpke_open_psk(private_key, sealed, info, psk, psk_id):
    """RFC 9180, mode_psk, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, first message, no AAD."""
    kem, suite = b"KEM\x00\x20", b"HPKE\x00\x20\x00\x01\x00\x02"

    def extract(suite_id, salt, label, ikm):
        return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite_id + label + ikm, "sha256")

    def expand(suite_id, prk, label, context, length):
        context = length.to_bytes(2, "big") + b"HPKE-v1" + suite_id + label + context
        return HKDFExpand(hashes.SHA256(), length, context).derive(prk)

    key = X25519PrivateKey.from_private_bytes(private_key)
    encapsulated, ciphertext = sealed[:32], sealed[32:]
    shared = key.exchange(X25519PublicKey.from_public_bytes(encapsulated))
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    shared = expand(kem, extract(kem, b"", b"eae_prk", shared), b"shared_secret", encapsulated + public, 32)
    context = b"\x01" + extract(suite, b"", b"psk_id_hash", psk_id) + extract(suite, b"", b"info_hash", info)
    secret = extract(suite, shared, b"secret", psk)
    aead = AESGCM(expand(suite, secret, b"key", context, 32))
    return aead.decrypt(expand(suite, secret, b"base_nonce", context, 12), ciphertext, b"")


def read(data, kind, credential):
    line, payload = split(data)
    header = check_header(line, payload)
    key = data_key(header, kind, credential)

    def expand(info):
        return HKDF(hashes.SHA256(), 32, unbase64(header["payload"]["salt"]), info).derive(key)

    if not hmac.compare_digest(expand(b"a365vault v1 key commitment"), unbase64(header["payload"]["commitment"])):
        raise Refused("changed: the commitment does not match")
    try:
        text = AESGCM(expand(b"a365vault v1 payload key")).decrypt(NONCE, payload, line)
    except InvalidTag as error:
        raise Refused("changed: the seal is broken") from error
    contents = parse(text)
    for profile in contents["profiles"]:
        for name in ("client_secret", "vendor_value"):
            if name in profile:
                profile[name] = unbase64(profile[name]).decode()
        for holder, name in (("renewal", "new_secret"), ("former_secret", "secret")):
            if name in profile.get(holder, {}):
                profile[holder][name] = unbase64(profile[holder][name]).decode()
        if "other_keys" in profile:
            profile["other_keys"] = [[key, unbase64(value).decode()] for key, value in profile["other_keys"]]
    return {"header": header, "payload": contents}


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read(FILE_LIMIT + 1)
    credential = sys.stdin.buffer.readline().rstrip(b"\r\n")
    try:
        match sys.argv[2:]:
            case []:
                found = read(data, "passphrase", credential)
            case ["--recovery-key"]:
                found = read(data, "recovery-key", recovery_bytes(credential.decode()))
            case ["--account-key"]:
                found = read(data, "os-account", bytes.fromhex(credential.decode()))
            case _:
                sys.exit(__doc__)
    except Refused as error:
        sys.exit(f"{sys.argv[1]}: {error}")
    print(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
