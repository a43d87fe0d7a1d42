"""Writes A365 Password Tool vaults of version 2, whatever is asked for, right or wrong. Written from
docs/vault-format.md alone. The checks of the reader and `attacker.py` make their files with it."""
import base64
import hashlib
import json
import os
import time
import uuid

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

import reader

NONCE, P, L = bytes(12), 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
CHEAP = {"name": "argon2id", "memory_kib": 19456, "passes": 2, "lanes": 1}


def base64_of(data):
    return base64.b64encode(data).decode()


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


# XEdDSA with points of the Edwards curve in extended coordinates, RFC 8032, 5.1.4. Not in constant time.
D = -121665 * pow(121666, -1, P) % P
BASE_Y = 4 * pow(5, -1, P) % P


def x_of(y):
    """The even x of a point, None where there is no point with this y."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 else x


BASE = (x_of(BASE_Y), BASE_Y, 1, x_of(BASE_Y) * BASE_Y % P)


def add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point, scalar = add(point, point), scalar >> 1
    return total


def encode(point):
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def sign(private_key, text, prefix=None):
    """XEdDSA with an X25519 private key."""
    k = int.from_bytes(private_key, "little") & ~7 & (2**254 - 1) | 2**254
    public = encode(times(k, BASE))
    if public[31] & 0x80:
        k, public = -k % L, bytes(public[:31]) + bytes([public[31] & 0x7F])
    r = int.from_bytes(hashlib.sha512((prefix or os.urandom(32)) + text).digest(), "little") % L
    commitment = encode(times(r, BASE))
    challenge = int.from_bytes(hashlib.sha512(commitment + public + text).digest(), "little") % L
    return commitment + ((r + challenge * k) % L).to_bytes(32, "little")


def key_pair():
    key = X25519PrivateKey.generate()
    return (key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()),
            key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def hpke_seal_psk(public_key, plain, info, psk, psk_id):
    """RFC 9180 as in reader.hpke_open_psk."""
    private, encapsulated = key_pair()
    exchanged = X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(public_key))
    aead, nonce = reader.hpke_context_psk(exchanged, encapsulated + public_key, info, psk, psk_id)
    return encapsulated + aead.encrypt(nonce, plain, b"")


def seal_to(slot, vault_id, data_key, origin_key, version=2):
    """The slot with this data key sealed to its public key."""
    info = f"a365vault v{version} data key|{vault_id}|{slot['kind']}|{slot['public_key']}".encode()
    sealed = hpke_seal_psk(base64.b64decode(slot["public_key"]), data_key, info, origin_key, vault_id.encode())
    return slot | {"sealed_data_key": base64_of(sealed)}


def new_slot(vault_id, kind, credential, origin_key, data_key, keys=None, salt=None, version=2, **own):
    """A slot and its private key. A slot of an unknown kind has no wrapped keys."""
    private, public = keys or key_pair()
    if kind == "passphrase":
        own = {"kdf": CHEAP} | own
    slot = {"kind": kind, **own, "salt": base64_of(salt or os.urandom(32)), "public_key": base64_of(public)}
    if version > 1:
        slot["origin"] = reader.origin_name(origin_key)
    if kind in reader.OWN_MEMBERS:
        bound = {"passphrase": lambda: "argon2id|{memory_kib}|{passes}|{lanes}|".format(**slot["kdf"]),
                 "os-account": lambda: f"{slot['keeper']}|{slot['blob']}|", "recovery-key": str}[kind]()
        bound = f"a365vault v1 slot|{vault_id}|{kind}|{bound}{slot['salt']}|{slot['public_key']}".encode()
        wrapped = AESGCM(reader.wrapping_key(slot, kind, credential)).encrypt(NONCE, private + origin_key, bound)
        slot["wrapped_keys"] = base64_of(wrapped)
    return seal_to(slot, vault_id, data_key, origin_key, version), private


def member_of(slot, by, at=None):
    """How a record names a slot that `by` (a salt) added."""
    return {"slot": slot["salt"], "kind": slot["kind"], "public_key": slot["public_key"], "origin": slot["origin"],
            "by": by, "at": at or now()}


def name_of(data_key):
    return base64_of(HKDF(hashes.SHA256(), 32, bytes(32), b"a365vault v2 data key name").derive(data_key))


def next_record(vault_id, before, by, private_key, data_key, origin_key, members, /, **other):
    """The record after `before` (None for the first), signed; `other` overrules what it says."""
    record = {"number": before["number"] + 1 if before else 1, "previous": reader.hash_of(vault_id, before) if before else "",
              "merges": "",
              "at": now(), "by": by, "data_key": name_of(data_key), "origin": reader.origin_name(origin_key),
              "members": members} | other
    return record | {"signature": base64_of(sign(private_key, reader.statement(vault_id, record)))}


def origins_of(*keys):
    return [{"name": reader.origin_name(key), "key": base64_of(key)} for key in keys]


def build(vault_id, generation, slots, data_key, payload, roster=None, author=None, private_key=None,
          saved_at=None, signature=None, **members):
    """A file; of version 1 where there is no roster. `members` overrule those of the header."""
    salt, text = os.urandom(32), json.dumps(payload, ensure_ascii=False).encode()
    records = json.dumps(roster, ensure_ascii=False).encode()

    def expand(info):
        return HKDF(hashes.SHA256(), 32, salt, info).derive(data_key)

    header = {"format": "a365vault", "version": 1 if roster is None else 2, "vault_id": vault_id,
              "generation": generation, "saved_at": saved_at or now(),
              "payload": {"cipher": "AES-256-GCM", "salt": base64_of(salt),
                          "commitment": base64_of(expand(b"a365vault v1 key commitment")), "length": len(text) + 16}}
    if roster is not None:
        header |= {"roster_length": len(records) + 16, "author": author}
    line = json.dumps(header | {"slots": slots} | members, separators=(",", ":"), ensure_ascii=False).encode()
    data = line + b"\n" + AESGCM(expand(b"a365vault v1 payload key")).encrypt(NONCE, text, line)
    if roster is not None:
        data += AESGCM(expand(b"a365vault v2 roster key")).encrypt(NONCE, records, line)
        data += signature or sign(
            private_key, f"a365vault v2 save|{vault_id}|{hashlib.sha256(data).hexdigest()}".encode())
    return with_checksum(data)


def with_checksum(data):
    return data + hashlib.sha256(data).digest()


def save_again(found, **changes):
    """What `reader.unseal` found, saved by the slot that opened it; `changes` as `build` takes them."""
    header = found["header"]
    values = {"vault_id": header["vault_id"], "generation": header["generation"] + 1, "slots": header["slots"],
              "data_key": found["data_key"], "payload": with_save(found["payload"]), "roster": found.get("roster"),
              "author": found["slot"]["salt"], "private_key": found["private_key"]}
    return build(**values | changes)


def with_save(payload):
    return payload | {"saves": [*payload.get("saves", []), os.urandom(8).hex()][-256:]}


def profile(name, secret):
    return {"id": str(uuid.uuid4()), "name": name, "created": now(), "modified": now(),
            "environment_url": "https://contoso.crm4.dynamics.com", "client_id": str(uuid.uuid4()),
            "client_secret": base64_of(secret.encode()), "tags": [], "notes": ""}
