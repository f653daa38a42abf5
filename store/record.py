"""The frame around every stored record: magic, lengths and checksum before a zstd body.

Owns: that a payload is either exactly what was written under that name, or `Corrupt`. The checksum
covers the name, so that two records that were swapped are found out, and the lengths bound what a
hostile record can make the reader allocate.
"""

from __future__ import annotations

import struct
import threading
from hashlib import blake2b

import zstandard

from store.errors import Corrupt

__all__ = ["seal", "unseal"]

_MAGIC = b"MFR1"
_HEADER = struct.Struct("<4sQQ16s")
_MAX_BYTES = 1 << 32
_ZSTD_LEVEL = 3
_local = threading.local()


def seal(name: str, payload: bytes) -> bytes:
    """A record: header and compressed payload, bound to the name that it is stored under."""
    body = _compressor().compress(payload)
    return _HEADER.pack(_MAGIC, len(payload), len(body), _checksum(name, len(payload), body)) + body


def unseal(name: str, data: bytes) -> bytes:
    """The payload of a record. Raises `Corrupt` unless every byte is as it was written."""
    if len(data) < _HEADER.size:
        raise Corrupt(name, f"{len(data)} bytes are too few for a record")
    magic, size, body_size, check = _HEADER.unpack_from(data)
    body = data[_HEADER.size :]
    if magic != _MAGIC or len(body) != body_size or size > _MAX_BYTES:
        raise Corrupt(name, "its header does not fit its content")
    if _checksum(name, size, body) != check:
        raise Corrupt(name, "its checksum is wrong")
    try:
        # The body's own header says how much is allocated, so it is looked at first.
        if zstandard.frame_content_size(body) != size:
            raise Corrupt(name, "its length is wrong")
        return zstandard.ZstdDecompressor().decompress(body)
    except zstandard.ZstdError as error:
        raise Corrupt(name, str(error)) from None


def _compressor() -> zstandard.ZstdCompressor:
    """This thread's compressor: one that two threads use at once crashes the interpreter."""
    if not hasattr(_local, "compressor"):
        _local.compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL)
    compressor: zstandard.ZstdCompressor = _local.compressor
    return compressor


def _checksum(name: str, size: int, body: bytes) -> bytes:
    hasher = blake2b(f"{name}\0{size}\0".encode(), digest_size=16)
    hasher.update(body)
    return hasher.digest()
