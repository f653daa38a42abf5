"""Encodings of values that hold no others: type tag, length, content.

Owns: the bytes of an atom, and of a leaf of any kind. `store.encode` puts them together.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

__all__ = ["ATOMS", "leaf", "moment"]

_NAN = struct.pack("<d", float("nan"))


def leaf(tag: bytes, content: bytes) -> bytes:
    """Some content with its tag and length."""
    return tag + len(content).to_bytes(8, "little") + content


def moment(value: Any) -> bytes:
    """The content of a time, with or without a date."""
    # isoformat leaves out `fold`; two readings of one wall clock are two moments.
    return f"{value.isoformat()} {value.fold} {value.tzinfo!s}".encode()


def _int(value: Any) -> bytes:
    known = _SMALL_INTS.get(value)
    if known is not None:
        return known
    content: bytes = value.to_bytes((value.bit_length() + 8) // 8, "little", signed=True)
    return b"i" + len(content).to_bytes(8, "little") + content  # as `leaf`, for each row has one


_SMALL_INTS: dict[int, bytes] = {}
"""Encodings at hand, as grids are full of them."""
_SMALL_INTS |= {value: _int(value) for value in range(256)}

ATOMS: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda v: leaf(b"N", b""),
    type(...): lambda v: leaf(b".", b""),
    bool: lambda v: leaf(b"b", b"\1" if v else b"\0"),
    int: _int,
    float: lambda v: leaf(b"f", _NAN if v != v else struct.pack("<d", v)),
    str: lambda v: leaf(b"u", v.encode("utf-8", "surrogatepass")),
    bytes: lambda v: leaf(b"B", v),
    bytearray: lambda v: leaf(b"A", bytes(v)),
}
"""The encoding of a value of each of these types."""
