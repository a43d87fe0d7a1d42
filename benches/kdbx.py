"""Writes KeePass 4.0 databases with a key derivation of one's choice, which keepassxc-cli cannot.

As KeePassXC writes them itself: AES-256-CBC, gzip, HMAC-SHA-256 blocks, passwords under ChaCha20 in the XML.
Source: https://keepass.info/help/kb/kdbx.html
"""

import base64
import collections
import datetime
import gzip
import hashlib
import hmac
import os
import struct
import uuid
from xml.sax.saxutils import escape

import argon2.low_level
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

AES256 = bytes.fromhex("31c1f2e6bf714350be5805216afc5aff")
ARGON2D = bytes.fromhex("ef636ddf8c29444b91f7a9a403e30a0c")
ARGON2ID = bytes.fromhex("9e298b1956db4773b23dfc3ec6f0a1e6")
INNER_CHACHA20 = 3

Kdf = collections.namedtuple("Kdf", "kind memory_kib passes lanes")
CHEAPEST = Kdf(ARGON2D, 1024, 1, 1)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def sha512(*parts):
    return hashlib.sha512(b"".join(parts)).digest()


def field(kind, value):
    return struct.pack("<BI", kind, len(value)) + value


def kdf_parameters(kdf, salt):
    """A "VariantDictionary"."""

    def entry(kind, name, value):
        return struct.pack("<BI", kind, len(name)) + name + struct.pack("<I", len(value)) + value

    return b"".join([
        struct.pack("<H", 0x0100),
        entry(0x42, b"$UUID", kdf.kind),
        entry(0x05, b"I", struct.pack("<Q", kdf.passes)),
        entry(0x05, b"M", struct.pack("<Q", kdf.memory_kib * 1024)),
        entry(0x04, b"P", struct.pack("<I", kdf.lanes)),
        entry(0x42, b"S", salt),
        entry(0x04, b"V", struct.pack("<I", 0x13)),
        b"\0",
    ])


def xml(entries, stream):
    """The entries as KeePass has them; each password takes its turn in the inner stream."""

    def moment(day):
        """Seconds since the year 1, as the format wants them."""
        seconds = (datetime.date.fromisoformat(day) - datetime.date(1, 1, 1)).total_seconds()
        return base64.b64encode(struct.pack("<Q", int(seconds))).decode()

    time = moment("2026-01-01")

    def times(expires=None):
        return (
            f"<Times><CreationTime>{time}</CreationTime><LastModificationTime>{time}</LastModificationTime>"
            f"<LastAccessTime>{time}</LastAccessTime><ExpiryTime>{moment(expires) if expires else time}</ExpiryTime>"
            f"<Expires>{bool(expires)}</Expires><UsageCount>0</UsageCount><LocationChanged>{time}</LocationChanged></Times>"
        )

    def identity():
        return base64.b64encode(uuid.uuid4().bytes).decode()

    def text(key, value):
        return f"<String><Key>{key}</Key><Value>{escape(value)}</Value></String>"

    def entry(values):
        password = base64.b64encode(stream.update(values["client_secret"].encode())).decode()
        return (
            f"<Entry><UUID>{identity()}</UUID><IconID>0</IconID>{times(values['expires'])}"
            + text("Title", values["name"]) + text("UserName", values["client_id"]) + text("URL", values["url"])
            + f'<String><Key>Password</Key><Value Protected="True">{password}</Value></String>'
            + text("Notes", values["notes"]) + "</Entry>"
        )

    return (
        '<?xml version="1.0" encoding="UTF-8"?><KeePassFile><Meta><Generator>bench</Generator>'
        "<DatabaseName>bench</DatabaseName><RecycleBinEnabled>True</RecycleBinEnabled><HistoryMaxItems>10</HistoryMaxItems>"
        "<MemoryProtection><ProtectTitle>False</ProtectTitle><ProtectUserName>False</ProtectUserName>"
        "<ProtectPassword>True</ProtectPassword><ProtectURL>False</ProtectURL><ProtectNotes>False</ProtectNotes>"
        f"</MemoryProtection></Meta><Root><Group><UUID>{identity()}</UUID><Name>Root</Name>{times()}"
        f"<IsExpanded>True</IsExpanded>{''.join(map(entry, entries))}</Group></Root></KeePassFile>"
    ).encode()


def write(path, passphrase, entries, kdf):
    """Makes the database."""
    seed, salt, vector, stream_key = os.urandom(32), os.urandom(32), os.urandom(16), os.urandom(64)
    header = b"".join([
        struct.pack("<III", 0x9AA2D903, 0xB54BFB67, 0x00040000),
        field(2, AES256),
        field(3, struct.pack("<I", 1)),
        field(4, seed),
        field(7, vector),
        field(11, kdf_parameters(kdf, salt)),
        field(0, b"\r\n\r\n"),
    ])
    transformed = argon2.low_level.hash_secret_raw(
        sha256(sha256(passphrase.encode())), salt, kdf.passes, kdf.memory_kib, kdf.lanes, 32,
        argon2.low_level.Type.D if kdf.kind == ARGON2D else argon2.low_level.Type.ID, 0x13,
    )
    mac_key = sha512(seed, transformed, b"\x01")

    def mac(number, *parts):
        return hmac.digest(sha512(struct.pack("<Q", number), mac_key), b"".join(parts), "sha256")

    inner = sha512(stream_key)
    stream = Cipher(algorithms.ChaCha20(inner[:32], bytes(4) + inner[32:44]), None).encryptor()
    inner_header = field(1, struct.pack("<I", INNER_CHACHA20)) + field(2, stream_key) + field(0, b"")
    padder = padding.PKCS7(128).padder()
    plain = padder.update(gzip.compress(inner_header + xml(entries, stream), 6)) + padder.finalize()
    encryptor = Cipher(algorithms.AES(sha256(seed, transformed)), modes.CBC(vector)).encryptor()
    sealed = encryptor.update(plain) + encryptor.finalize()
    blocks, size = [], 1 << 20
    for number, start in enumerate([*range(0, len(sealed), size), len(sealed)]):
        block = sealed[start : start + size]
        length = struct.pack("<I", len(block))
        blocks.append(mac(number, struct.pack("<Q", number), length, block) + length + block)
    with open(path, "wb") as file:
        file.write(header + sha256(header) + mac(2**64 - 1, header) + b"".join(blocks))
