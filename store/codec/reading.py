"""Values from msgpack: nothing but what `store.codec.writing` writes, within bounds."""

from __future__ import annotations

import datetime
import struct
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgpack
import numpy as np

from store.codec.extensions import (
    ARRAY,
    BIGINT,
    COMPLEX,
    DATACLASS,
    DATE,
    DATETIME,
    DEEPEST,
    DICT,
    ENUM,
    FROZENSET,
    LIST,
    NAMEDTUPLE,
    NUMPY_STRING,
    SCALAR,
    SET,
    STACKED,
    TIME,
    TIMEDELTA,
    field_names,
    is_constant,
)
from store.errors import Corrupt, Unreadable
from store.ndarray import read_array
from store.types import Types

__all__ = ["ArraySource", "check", "decode", "decode_many"]

_LONG_ARRAY = struct.Struct(">BI")
"""Before the members of a msgpack array: its mark, and how many there are."""

_SHALLOW = 8
"""So many of those are read on the C stack, at 50 KB each; a hundred would overflow a thread's."""

_UNREADABLE = (
    ValueError, TypeError, LookupError, AttributeError, OverflowError, SyntaxError,
    msgpack.UnpackException,
)  # fmt: skip


class ArraySource(Protocol):
    """Gives the arrays back that an `ArraySink` took."""

    def get(self, stack: int, index: int) -> np.ndarray[Any, Any]: ...


def decode(data: bytes, types: Types, source: ArraySource | None = None) -> Any:
    """The value that `encode_value` wrote. Raises `Corrupt` for anything else."""
    return _read(_Reader(types, source), data)


def decode_many(data: Sequence[bytes], types: Types, source: ArraySource | None = None) -> tuple[Any, ...]:
    """The values of several encodings, at the price of one. Raises `Corrupt`, as `decode`."""
    values = _read(_Reader(types, source), _LONG_ARRAY.pack(0xDD, len(data)) + b"".join(data))
    if type(values) is not tuple or len(values) != len(data):
        raise Corrupt("value", "it holds another number of values")
    return values


def check(data: bytes, source: ArraySource | None = None) -> None:
    """Raises `Corrupt` unless bytes are such as `encode_value` writes, of whichever classes."""
    _read(_Checker(Types(), source), data)


def _read(reader: _Reader, data: bytes) -> Any:
    try:
        return reader.unpack(data)
    except Corrupt:
        raise
    except (RecursionError, MemoryError) as error:
        raise Unreadable("value", f"it cannot be decoded here ({type(error).__name__})") from None
    except _UNREADABLE as error:
        raise Corrupt("value", f"cannot be decoded ({type(error).__name__}: {error})") from None


def _unpack_deep(data: bytes, extension: Callable[[int, bytes], Any]) -> Any:
    """As `msgpack.unpackb`, its state kept off the C stack, for a little more time."""
    unpacker = msgpack.Unpacker(
        use_list=False, unicode_errors="surrogatepass", ext_hook=extension, max_buffer_size=len(data)
    )
    unpacker.feed(data)
    value = unpacker.unpack()
    if unpacker.tell() != len(data):
        raise ValueError("bytes are left over")
    return value


class _Reader:
    def __init__(self, types: Types, source: ArraySource | None) -> None:
        self.types = types
        self.source = source
        self.depth = 0
        self.constants: dict[bytes, Any] = {}

    def unpack(self, data: bytes) -> Any:
        if self.depth >= _SHALLOW:
            return _unpack_deep(data, self._extension)
        return msgpack.unpackb(data, use_list=False, unicode_errors="surrogatepass", ext_hook=self._extension)

    def _extension(self, code: int, data: bytes) -> Any:
        reader = _READERS.get(code)
        if reader is None:
            raise Corrupt("value", f"unknown extension {code}")
        if self.depth == DEEPEST:
            raise Corrupt("value", f"it is nested deeper than {DEEPEST}")
        self.depth += 1
        value = reader(self, data)
        self.depth -= 1
        return value

    def stacked(self, data: bytes) -> np.ndarray[Any, Any]:
        if self.source is None:
            raise Corrupt("value", "it refers to an array stack that it does not have")
        stack, index = msgpack.unpackb(data)
        if type(stack) is not int or type(index) is not int:
            raise Corrupt("value", "it refers to an array by something else than numbers")
        return self.source.get(stack, index)

    def dataclass(self, data: bytes) -> Any:
        known = self.constants.get(data)
        if known is not None:
            return known
        name, values = self.unpack(data)
        kind = self._registered(name)
        names = field_names(kind)
        if len(names) != len(values):
            raise Corrupt("value", f"{name} had {len(values)} fields when it was written")
        value = object.__new__(kind)
        for field, item in zip(names, values, strict=True):
            object.__setattr__(value, field, item)
        if is_constant(kind):
            self.constants[data] = value
        return value

    def mapping(self, data: bytes) -> dict[Any, Any]:
        parts = self.unpack(data)
        half = len(parts) // 2
        return dict(zip(parts[:half], parts[half:], strict=True))

    def named_tuple(self, data: bytes) -> Any:
        name, values = self.unpack(data)
        kind = self._registered(name)
        if len(kind._fields) != len(values):
            raise Corrupt("value", f"{name} had {len(values)} fields when it was written")
        return tuple.__new__(kind, values)

    def enum(self, data: bytes) -> Any:
        name, member = self.unpack(data)
        return self._registered(name).__members__[member]

    def _registered(self, name: str) -> Any:
        kind = self.types.get(name)
        if kind is None:
            raise Unreadable("value", f"type {name} is not among those that the function names")
        return kind


class _Checker(_Reader):
    """Reads values of classes that are not at hand: something stands for each instance."""

    def dataclass(self, data: bytes) -> Any:
        name, members = self.unpack(data)
        if type(name) is not str or type(members) not in (str, tuple):
            raise Corrupt("value", "an instance without class or members")
        return object()

    named_tuple = enum = dataclass


def _read_numpy_string(data: bytes) -> np.str_ | np.bytes_:
    text = msgpack.unpackb(data, unicode_errors="surrogatepass")
    if isinstance(text, str):
        return np.str_(text)
    if isinstance(text, bytes):  # a number would be taken for a length
        return np.bytes_(text)
    raise Corrupt("value", f"{type(text).__name__} is no text")


def _read_datetime(data: bytes) -> datetime.datetime:
    text, fold = msgpack.unpackb(data)
    return datetime.datetime.fromisoformat(text).replace(fold=fold)


def _read_time(data: bytes) -> datetime.time:
    text, fold = msgpack.unpackb(data)
    return datetime.time.fromisoformat(text).replace(fold=fold)


_READERS: dict[int, Callable[[_Reader, bytes], Any]] = {
    LIST: lambda r, d: list(r.unpack(d)),
    DICT: lambda r, d: r.mapping(d),
    SET: lambda r, d: {r.unpack(part) for part in msgpack.unpackb(d)},
    FROZENSET: lambda r, d: frozenset(r.unpack(part) for part in msgpack.unpackb(d)),
    BIGINT: lambda r, d: int.from_bytes(d, "little", signed=True),
    ARRAY: lambda r, d: read_array(d),
    SCALAR: lambda r, d: read_array(d)[()],
    STACKED: lambda r, d: r.stacked(d),
    DATACLASS: lambda r, d: r.dataclass(d),
    NAMEDTUPLE: lambda r, d: r.named_tuple(d),
    ENUM: lambda r, d: r.enum(d),
    COMPLEX: lambda r, d: complex(*msgpack.unpackb(d)),
    DATETIME: lambda r, d: _read_datetime(d),
    DATE: lambda r, d: datetime.date.fromisoformat(msgpack.unpackb(d)),
    TIME: lambda r, d: _read_time(d),
    TIMEDELTA: lambda r, d: datetime.timedelta(*msgpack.unpackb(d)),
    NUMPY_STRING: lambda r, d: _read_numpy_string(d),
}
