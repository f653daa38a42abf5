"""The frame around every stored record: magic, lengths and checksum before the body.

Owns: that a payload is either exactly what was written under that name, or `Corrupt`. The checksum
covers the name, so that two records that were swapped are found out. A body is compressed with
zstd unless that gains nothing, or gains so much that a reader could not tell it from a
decompression bomb: a record of n bytes never makes a reader allocate more than `BASE + RATIO * n`,
nor more than `MAX_OBJECT`.
"""

from __future__ import annotations

import struct
import threading
from hashlib import blake2b

import zstandard

from store.backend import MAX_OBJECT
from store.errors import Corrupt, Unreadable

__all__ = ["BASE", "RATIO", "ZSTD_LEVEL", "compressor", "decompressor", "seal", "unseal"]

BASE = 1 << 20
RATIO = 200

_MAGIC = b"MFR1"
_HEADER = struct.Struct("<4sQQ16s")
_HEADER_SIZE = _HEADER.size
ZSTD_LEVEL = 3
_SMALL = 256
"""Payloads of fewer bytes are not worth a compressor's time."""
_local = threading.local()


def seal(name: str, payload: bytes) -> bytes:
    """A record: header and body, bound to the name that it is stored under."""
    size = len(payload)
    body = payload
    if size >= _SMALL:
        packed = compressor().compress(payload)
        if len(packed) < size <= min(BASE + RATIO * len(packed), MAX_OBJECT):
            body = packed
    return _HEADER.pack(_MAGIC, size, len(body), _checksum(name, size, body)) + body


def unseal(name: str, data: bytes) -> bytes:
    """The payload of a record. Raises `Corrupt` unless every byte is as it was written."""
    if len(data) < _HEADER_SIZE:
        raise Corrupt(name, f"{len(data)} bytes are too few for a record")
    magic, size, body_size, check = _HEADER.unpack_from(data)
    most = min(BASE + RATIO * body_size, MAX_OBJECT)
    if magic != _MAGIC or len(data) - _HEADER_SIZE != body_size or not body_size <= size <= most:
        raise Corrupt(name, "its header does not fit its content")
    body = data[_HEADER_SIZE:]
    if _checksum(name, size, body) != check:
        raise Corrupt(name, "its checksum is wrong")
    if body_size == size:
        return body
    try:
        # The body's own header says how much is allocated, so it is looked at first.
        if zstandard.frame_content_size(body) != size:
            raise Corrupt(name, "its length is wrong")
        return decompressor().decompress(body)
    except zstandard.ZstdError as error:
        raise Corrupt(name, str(error)) from None
    except MemoryError:
        raise Unreadable(name, f"{size} bytes do not fit into memory") from None


def compressor() -> zstandard.ZstdCompressor:
    """This thread's: two threads that use one at once crash the interpreter."""
    return _zstd()[0]


def decompressor() -> zstandard.ZstdDecompressor:
    """This thread's, likewise."""
    return _zstd()[1]


def _zstd() -> tuple[zstandard.ZstdCompressor, zstandard.ZstdDecompressor]:
    try:
        tools: tuple[zstandard.ZstdCompressor, zstandard.ZstdDecompressor] = _local.tools
    except AttributeError:
        tools = _local.tools = (zstandard.ZstdCompressor(level=ZSTD_LEVEL), zstandard.ZstdDecompressor())
    return tools


def _checksum(name: str, size: int, body: bytes) -> bytes:
    hasher = blake2b(f"{name}\0{size}\0".encode(), digest_size=16)
    hasher.update(body)
    return hasher.digest()
