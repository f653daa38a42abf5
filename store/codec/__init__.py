"""Values to stored bytes and back.

Owns: which values round-trip exactly: None, bool, int, float, complex, str, bytes, list, tuple,
dict, set, frozenset, ndarray and NumPy scalars, dates and times, and the dataclasses, named tuples
and enums that a `Types` knows. Equal values of equal order give equal bytes under every hash seed.

Does not promise: to read a type that nobody registered. Bytes name types, but a name is only ever
looked up among the types that the reading function's annotations name; nothing is imported and no
constructor runs, so that a hostile store can't execute code.
"""

from __future__ import annotations

from store.codec.reading import ArraySource, check, decode, decode_many
from store.codec.writing import HOIST_BYTES, ArraySink, encode_many, encode_value

__all__ = [
    "HOIST_BYTES",
    "ArraySink",
    "ArraySource",
    "check",
    "decode",
    "decode_many",
    "encode_many",
    "encode_value",
]
