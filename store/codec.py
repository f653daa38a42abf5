"""Values to stored bytes and back.

Owns: which values round-trip exactly: None, bool, int, float, complex, str, bytes, list, tuple,
dict, set, frozenset, ndarray and NumPy scalars, dates and times, and the dataclasses, named tuples
and enums that a `Types` knows. Equal values of equal order give equal bytes under every hash seed.

Does not promise: to read a type that nobody registered. Bytes name types, but a name is only ever
looked up among the types that the reading function's annotations name; nothing is imported and no
constructor runs, so that a hostile store can't execute code.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import functools
import struct
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import msgpack
import numpy as np

from store.errors import Corrupt, Unencodable, Unreadable
from store.ndarray import STACKABLE, pack_array, read_array
from store.types import Types

__all__ = ["HOIST_BYTES", "ArraySink", "ArraySource", "decode", "decode_many", "encode_value"]

HOIST_BYTES = 1024
"""Arrays of at least so many bytes go to a Zarr stack where there is one, smaller ones stay inline."""

_LIST, _SET, _FROZENSET, _BIGINT, _ARRAY, _SCALAR, _STACKED = 1, 2, 3, 4, 5, 6, 7
_DATACLASS, _NAMEDTUPLE, _ENUM, _COMPLEX = 8, 9, 10, 11
_DATETIME, _DATE, _TIME, _TIMEDELTA, _NUMPY_STRING, _DICT = 12, 13, 14, 15, 16, 17

_LONG_ARRAY = struct.Struct(">BI")
"""Before the members of a msgpack array: its mark, and how many there are."""

_DEEPEST = 100
"""Values inside each other, tuples aside. Each is a msgpack of its own."""
_SHALLOW = 8
"""So many of those are read on the C stack, at 50 KB each; a hundred would overflow a thread's."""
_Moment = TypeVar("_Moment", datetime.datetime, datetime.time)
_ATOMS = frozenset({type(None), bool, float, str, bytes})
_UNREADABLE = (
    ValueError, TypeError, LookupError, AttributeError, OverflowError, msgpack.UnpackException
)  # fmt: skip


class ArraySink(Protocol):
    """Takes arrays out of values: `add` returns (stack, index) for `ArraySource.get`."""

    def add(self, array: np.ndarray[Any, Any]) -> tuple[int, int]: ...


class ArraySource(Protocol):
    """Gives the arrays back that an `ArraySink` took."""

    def get(self, stack: int, index: int) -> np.ndarray[Any, Any]: ...


def encode_value(value: object, types: Types, sink: ArraySink | None = None) -> bytes:
    """A value as msgpack. Raises `Unencodable`, naming the type that is refused and its holder."""
    try:
        return _Writer(types, sink).pack(value)
    except RecursionError:
        raise Unencodable(type(value).__name__, "a result nested too deeply") from None
    except ValueError as error:
        raise Unencodable(type(value).__name__, f"a result ({error})") from None


def decode(data: bytes, types: Types, source: ArraySource | None = None) -> Any:
    """The value that `encode_value` wrote. Raises `Corrupt` for anything else."""
    try:
        return _Reader(types, source).unpack(data)
    except Corrupt:
        raise
    except (RecursionError, MemoryError) as error:
        raise Unreadable("value", f"it cannot be decoded here ({type(error).__name__})") from None
    except _UNREADABLE as error:
        raise Corrupt("value", f"cannot be decoded ({type(error).__name__}: {error})") from None


def decode_many(data: Sequence[bytes], types: Types, source: ArraySource | None = None) -> tuple[Any, ...]:
    """The values of several encodings, at the price of one. Raises `Corrupt`, as `decode`."""
    values = decode(_LONG_ARRAY.pack(0xDD, len(data)) + b"".join(data), types, source)
    if type(values) is not tuple or len(values) != len(data):
        raise Corrupt("value", "it holds another number of values")
    return values


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


def _pack(value: object) -> bytes:
    data: bytes = msgpack.packb(value, strict_types=True, unicode_errors="surrogatepass")
    return data


class _Writer:
    def __init__(self, types: Types, sink: ArraySink | None) -> None:
        self.types = types
        self.sink = sink
        self.depth = 0

    def pack(self, value: object) -> bytes:
        return _pack(self.plain(value))

    def plain(self, value: Any) -> Any:
        """The value in msgpack's own types: tuples as its arrays, what it has no type for as extensions."""
        kind = type(value)
        if kind in _ATOMS:
            return value
        if kind is tuple:
            return [self.plain(item) for item in value]
        if kind is int:
            return value if -(2**63) <= value < 2**64 else msgpack.ExtType(_BIGINT, _int_bytes(value))
        writer = _WRITERS.get(kind, _Writer.of_class)
        if self.depth == _DEEPEST:
            raise RecursionError
        self.depth += 1
        extension = msgpack.ExtType(*writer(self, value))
        self.depth -= 1
        return extension

    def of_class(self, value: Any) -> tuple[int, bytes]:
        kind = type(value)
        if isinstance(value, enum.Enum):
            if kind.__members__.get(value.name) is not value:
                raise Unencodable(f"{value!r}, which is no member by itself,", "a result")
            return _ENUM, _pack([self._known(kind), value.name])
        if kind in (np.str_, np.bytes_):
            # As an array it would lose the zeros at its end.
            return _NUMPY_STRING, _pack(bytes(value) if kind is np.bytes_ else str.__str__(value))
        if isinstance(value, np.generic):
            return _SCALAR, pack_array(np.asarray(value))
        if dataclasses.is_dataclass(kind):
            fields = tuple(getattr(value, name) for name in _field_names(kind))
            return _DATACLASS, self.pack((self._known(kind), fields))
        if isinstance(value, tuple) and hasattr(kind, "_fields"):
            return _NAMEDTUPLE, self.pack((self._known(kind), tuple(value)))
        raise Unencodable(f"{kind.__module__}.{kind.__qualname__}", "a result")

    def _known(self, kind: type) -> str:
        name = Types.name_of(kind)
        if self.types.get(name) is not kind:
            raise Unencodable(
                name, "a result (name the type in the function's return annotation, or register it)"
            )
        return name

    def sorted_items(self, values: Any) -> bytes:
        return _pack(sorted(self.pack(value) for value in values))

    def array(self, value: np.ndarray[Any, Any]) -> tuple[int, bytes]:
        if self.sink is not None and value.nbytes >= HOIST_BYTES and value.dtype.str in STACKABLE:
            return _STACKED, _pack(list(self.sink.add(value)))
        return _ARRAY, pack_array(value)


@functools.cache
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def _int_bytes(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 8) // 8, "little", signed=True)


def _moment(value: datetime.datetime | datetime.time) -> bytes:
    zone = value.tzinfo
    if zone is not None and (
        not isinstance(zone, datetime.timezone) or str(zone) != str(datetime.timezone(zone.utcoffset(None)))
    ):
        raise Unencodable(f"{type(value).__name__} in {value.tzinfo}", "a result (use UTC offsets)")
    return _pack([value.isoformat(), value.fold])


_WRITERS: dict[type, Callable[[_Writer, Any], tuple[int, bytes]]] = {
    list: lambda w, v: (_LIST, w.pack(tuple(v))),
    dict: lambda w, v: (_DICT, w.pack((*v, *v.values()))),
    set: lambda w, v: (_SET, w.sorted_items(v)),
    frozenset: lambda w, v: (_FROZENSET, w.sorted_items(v)),
    np.ndarray: lambda w, v: w.array(v),
    complex: lambda w, v: (_COMPLEX, _pack([v.real, v.imag])),
    datetime.datetime: lambda w, v: (_DATETIME, _moment(v)),
    datetime.date: lambda w, v: (_DATE, _pack(v.isoformat())),
    datetime.time: lambda w, v: (_TIME, _moment(v)),
    datetime.timedelta: lambda w, v: (_TIMEDELTA, _pack([v.days, v.seconds, v.microseconds])),
}


class _Reader:
    def __init__(self, types: Types, source: ArraySource | None) -> None:
        self.types = types
        self.source = source
        self.depth = 0

    def unpack(self, data: bytes) -> Any:
        if self.depth >= _SHALLOW:
            return _unpack_deep(data, self._extension)
        return msgpack.unpackb(data, use_list=False, unicode_errors="surrogatepass", ext_hook=self._extension)

    def _extension(self, code: int, data: bytes) -> Any:
        reader = _READERS.get(code)
        if reader is None:
            raise Corrupt("value", f"unknown extension {code}")
        if self.depth == _DEEPEST:
            raise Corrupt("value", f"it is nested deeper than {_DEEPEST}")
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
        name, values = self.unpack(data)
        kind = self._registered(name)
        names = _field_names(kind)
        if len(names) != len(values):
            raise Corrupt("value", f"{name} had {len(values)} fields when it was written")
        value = object.__new__(kind)
        for field, item in zip(names, values, strict=True):
            object.__setattr__(value, field, item)
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


def _read_numpy_string(data: bytes) -> np.str_ | np.bytes_:
    text = msgpack.unpackb(data, unicode_errors="surrogatepass")
    if isinstance(text, str):
        return np.str_(text)
    if not isinstance(text, bytes):  # a number would be taken for a length
        raise Corrupt("value", f"{type(text).__name__} is no text")
    return np.bytes_(text)


def _read_moment(kind: type[_Moment], data: bytes) -> _Moment:
    text, fold = msgpack.unpackb(data)
    return kind.fromisoformat(text).replace(fold=fold)


_READERS: dict[int, Callable[[_Reader, bytes], Any]] = {
    _LIST: lambda r, d: list(r.unpack(d)),
    _DICT: lambda r, d: r.mapping(d),
    _SET: lambda r, d: {r.unpack(part) for part in msgpack.unpackb(d)},
    _FROZENSET: lambda r, d: frozenset(r.unpack(part) for part in msgpack.unpackb(d)),
    _BIGINT: lambda r, d: int.from_bytes(d, "little", signed=True),
    _ARRAY: lambda r, d: read_array(d),
    _SCALAR: lambda r, d: read_array(d)[()],
    _STACKED: lambda r, d: r.stacked(d),
    _DATACLASS: lambda r, d: r.dataclass(d),
    _NAMEDTUPLE: lambda r, d: r.named_tuple(d),
    _ENUM: lambda r, d: r.enum(d),
    _COMPLEX: lambda r, d: complex(*msgpack.unpackb(d)),
    _DATETIME: lambda r, d: _read_moment(datetime.datetime, d),
    _DATE: lambda r, d: datetime.date.fromisoformat(msgpack.unpackb(d)),
    _TIME: lambda r, d: _read_moment(datetime.time, d),
    _TIMEDELTA: lambda r, d: datetime.timedelta(*msgpack.unpackb(d)),
    _NUMPY_STRING: lambda r, d: _read_numpy_string(d),
}
