"""Arrays as bytes inside a stored value, and back with the same dtype and shape.

Owns: how a dtype is written: structured, nested and padded ones too. Memory order is not kept: arrays
come back in C order, writable.
"""

from __future__ import annotations

import functools
import re
from typing import Any

import msgpack
import numpy as np

from store.errors import Unencodable

__all__ = ["STACKABLE", "AnyArray", "pack_array", "read_array"]

_NAMED = re.compile(r"[<>|=][?biufcSUVmM]\d{0,10}(\[\d{0,10}[a-zA-Z]{1,7}\])?").fullmatch
"""The names that plain dtypes have. NumPy reads far more into a text, Python literals even."""
_DEEPEST = 32

AnyArray = np.ndarray[Any, Any]

STACKABLE = frozenset(
    ("|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16")
)
"""The dtypes that Zarr gives back as they were."""


def pack_array(value: np.ndarray[Any, Any]) -> bytes:
    """An array as msgpack. Raises `Unencodable` for a dtype that would not come back."""
    if value.dtype.hasobject:
        raise Unencodable("numpy array of objects", "a result")
    dtype = _plain_dtype(value.dtype)
    if _read_dtype(dtype) != value.dtype:
        raise Unencodable(f"numpy array of {value.dtype}", "a result")
    packed: bytes = msgpack.packb([dtype, list(value.shape), value.tobytes()], unicode_errors="surrogatepass")
    return packed


@functools.lru_cache(maxsize=256)
def _named_dtype(name: str) -> np.dtype[Any]:
    if _NAMED(name) is None:
        raise ValueError(f"no dtype is named {name[:40]!r}")
    return np.dtype(name)


def _plain_dtype(dtype: np.dtype[Any]) -> Any:
    """A dtype as strings, numbers and lists: a name, [base, shape], or fields with their places."""
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        return [_plain_dtype(base), list(shape)]
    if dtype.fields is None:
        return dtype.str
    fields = [[name, _plain_dtype(field[0]), field[1]] for name, field in dtype.fields.items()]
    return [fields, dtype.itemsize, dtype.isalignedstruct]


def read_array(data: bytes) -> np.ndarray[Any, Any]:
    """The array that `pack_array` wrote. Raises what NumPy and msgpack raise for anything else."""
    plain, shape, content = msgpack.unpackb(data, unicode_errors="surrogatepass")
    dtype = _read_dtype(plain)
    if dtype.itemsize == 0:
        return np.ndarray(shape, dtype)
    if type(content) is not bytes:  # a number would be taken for a length
        raise ValueError("its content is no bytes")
    return np.frombuffer(bytearray(content), dtype).reshape(shape)


def _read_dtype(plain: Any, depth: int = 0) -> np.dtype[Any]:
    if isinstance(plain, str):
        return _named_dtype(plain)
    if depth == _DEEPEST:
        raise ValueError("its dtype is nested too deeply")
    if len(plain) == 2:
        return np.dtype((_read_dtype(plain[0], depth + 1), tuple(plain[1])))
    fields, itemsize, aligned = plain
    layout: dict[str, Any] = {
        "names": [name for name, _, _ in fields],
        "formats": [_read_dtype(part, depth + 1) for _, part, _ in fields],
        "offsets": [offset for _, _, offset in fields],
        "itemsize": itemsize,
    }
    return np.dtype(layout, align=bool(aligned))  # type: ignore[call-overload, no-any-return]  # not in its stubs
