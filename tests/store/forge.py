"""Writing records as a hostile writer would: of right names and checksums, and any content."""

from __future__ import annotations

import struct
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgpack

from store import Store
from store.codec import encode_value
from store.key import call_key, name_of, stage_of
from store.layout import entry_name
from store.record import seal
from store.types import Types

ANSWER = encode_value(2, Types())


def double(x: int) -> int:
    return 2 * x


class Forger:
    """Writes records of `double(1)` as a hostile writer would: named and summed up rightly."""

    def __init__(self, root: Path) -> None:
        self.store = Store(root)
        self.root = root
        code = self.store.keys.code(double).digest
        self.key = call_key(stage_of(double), code, self.store.keys.arguments((1,), {}))
        self.fields: list[Any] = [
            name_of(double),
            bytes.fromhex(code),
            0.5,
            [],
            [],
            self.key,
            bytes(16),
            [ANSWER],
        ]

    def write(self, payload: bytes, place: bytes = b"") -> Path:
        name = entry_name("double", (place or self.key).hex())
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(seal(name, payload))
        return file

    def field(self, index: int, value: object) -> bytes:
        fields = [*self.fields]
        fields[index] = value
        return pack(fields)

    def value(self, data: bytes) -> bytes:
        return self.field(7, [data])


def pack(value: object) -> bytes:
    packed: bytes = msgpack.packb(value, unicode_errors="surrogatepass")
    return packed


def extension(code: int, value: object) -> bytes:
    return pack(msgpack.ExtType(code, pack(value)))


def nested(code: int, depth: int) -> bytes:
    data = pack(1)
    for _ in range(depth):
        data = pack(msgpack.ExtType(code, b"\x91" + data))
    return data


def sealed(name: str, size: int, body: bytes) -> bytes:
    """A record of a right checksum that says that its payload has a size."""
    check = blake2b(f"{name}\0{size}\0".encode() + body, digest_size=16).digest()
    return struct.pack("<4sQQ16s", b"MFR1", size, len(body), check) + body
