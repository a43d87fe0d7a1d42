#!/usr/bin/env python3
"""Reads an A365 Password Tool vault. Written from docs/vault-format.md alone, with no code of the product.

Needs `cryptography` and `argon2-cffi` from PyPI. Usage: reader.py FILE, the passphrase on the first line of stdin.
Prints {"header": ..., "payload": ...} as JSON, secrets in clear. Exit code 1: the file or the passphrase is no good.
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
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

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
    if not isinstance(slots, list) or not 1 <= len(slots) <= 8:
        raise Refused("no slot or too many")
    work = 0
    for slot in slots:
        if not isinstance(slot, dict) or not isinstance(slot.get("kind"), str):
            raise Refused("a slot without a kind")
        if slot["kind"] == "passphrase":
            _, kdf, wrapped = exactly(slot, "kind", "kdf", "wrapped_key")
            name, memory, passes, lanes, slot_salt = exactly(kdf, "name", "memory_kib", "passes", "lanes", "salt")
            if name != "argon2id":
                raise Refused("another key derivation")
            work += integer(memory, 19456, 1048576) * integer(passes, 2, 32)
            integer(lanes, 1, 16), unbase64(slot_salt, 32), unbase64(wrapped, 48)
    if work > 4194304:
        raise Refused("the derivations ask for too much work")
    return header


def data_key(header, passphrase):
    for slot in header["slots"]:
        if slot["kind"] != "passphrase":
            continue
        kdf = slot["kdf"]
        assert ARGON2_VERSION == 0x13
        key = hash_secret_raw(passphrase, unbase64(kdf["salt"]), time_cost=kdf["passes"], memory_cost=kdf["memory_kib"],
                              parallelism=kdf["lanes"], hash_len=32, type=Type.ID)
        bound = "|".join(["a365vault v1 slot", header["vault_id"], "passphrase", "argon2id", str(kdf["memory_kib"]),
                          str(kdf["passes"]), str(kdf["lanes"]), kdf["salt"]])
        try:
            return AESGCM(key).decrypt(NONCE, unbase64(slot["wrapped_key"]), bound.encode())
        except InvalidTag:
            continue
    raise Refused("wrong passphrase")


def read(data, passphrase):
    line, payload = split(data)
    header = check_header(line, payload)
    key = data_key(header, passphrase)

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
        if "other_keys" in profile:
            profile["other_keys"] = [[key, unbase64(value).decode()] for key, value in profile["other_keys"]]
    return {"header": header, "payload": contents}


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read(FILE_LIMIT + 1)
    passphrase = sys.stdin.buffer.readline().rstrip(b"\r\n")
    try:
        found = read(data, passphrase)
    except Refused as error:
        sys.exit(f"{sys.argv[1]}: {error}")
    print(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
