"""Values as msgpack: what is written, and what is refused."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import functools
from collections.abc import Callable, Iterable
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
from store.errors import Unencodable
from store.ndarray import STACKABLE, pack_array
from store.types import Types

__all__ = ["HOIST_BYTES", "ArraySink", "encode_many", "encode_value"]

HOIST_BYTES = 1024
"""Arrays of at least so many bytes go to a Zarr stack where there is one, smaller ones stay inline."""

_ATOMS = frozenset({type(None), bool, float, str, bytes})


class ArraySink(Protocol):
    """Takes arrays out of values: `add` returns (stack, index) for `ArraySource.get`."""

    def add(self, array: np.ndarray[Any, Any]) -> tuple[int, int]: ...


def encode_value(value: object, types: Types, sink: ArraySink | None = None) -> bytes:
    """A value as msgpack. Raises `Unencodable`, naming the type that is refused and its holder."""
    return encode_many((value,), types, sink)[0]


def encode_many(values: Iterable[object], types: Types, sink: ArraySink | None = None) -> list[bytes]:
    """Each of several values as `encode_value` gives it, at a lower price."""
    writer = _Writer(types, sink)
    return [writer.encode(value) for value in values]


class _Writer:
    def __init__(self, types: Types, sink: ArraySink | None) -> None:
        self.types = types
        self.sink = sink
        self.depth = 0
        self.constants: dict[type, msgpack.ExtType] = {}
        # Making one takes longer than packing a small value.
        self.packed: Callable[[object], bytes] = msgpack.Packer(
            strict_types=True, unicode_errors="surrogatepass"
        ).pack

    def encode(self, value: object) -> bytes:
        try:
            return self.pack(value)
        except RecursionError:
            raise Unencodable(type(value).__name__, "a result nested too deeply") from None
        except ValueError as error:
            raise Unencodable(type(value).__name__, f"a result ({error})") from None

    def pack(self, value: object) -> bytes:
        return self.packed(self.plain(value))

    def plain(self, value: Any) -> Any:
        """The value in msgpack's own types: tuples as its arrays, what it has no type for as extensions."""
        kind: Any = type(value)
        if kind in _ATOMS:
            return value
        if kind is tuple:
            return [item if type(item) in _ATOMS else self.plain(item) for item in value]
        if kind is int:
            return value if -(2**63) <= value < 2**64 else msgpack.ExtType(BIGINT, _int_bytes(value))
        if self.depth == DEEPEST:
            raise RecursionError
        known = self.constants.get(kind)
        if known is not None:
            return known
        writer = _WRITERS.get(kind) or _writer_of(kind)
        self.depth += 1
        extension = msgpack.ExtType(*writer(self, value))
        self.depth -= 1
        if is_constant(kind):
            self.constants[kind] = extension
        return extension

    def member(self, value: enum.Enum) -> tuple[int, bytes]:
        kind = type(value)
        if kind.__members__.get(value.name) is not value:
            raise Unencodable(f"{value!r}, which is no member by itself,", "a result")
        return ENUM, self.packed([self._known(kind), value.name])

    def dataclass(self, value: Any) -> tuple[int, bytes]:
        kind: Any = type(value)
        fields = tuple([getattr(value, name) for name in field_names(kind)])
        return DATACLASS, self.packed([self._known(kind), self.plain(fields)])

    def named_tuple(self, value: tuple[Any, ...]) -> tuple[int, bytes]:
        return NAMEDTUPLE, self.packed([self._known(type(value)), self.plain(tuple(value))])

    def refused(self, value: object) -> tuple[int, bytes]:
        kind = type(value)
        raise Unencodable(f"{kind.__module__}.{kind.__qualname__}", "a result")

    def _known(self, kind: type) -> str:
        name = Types.name_of(kind)
        if self.types.get(name) is not kind:
            raise Unencodable(
                name, "a result (name the type in the function's return annotation, or register it)"
            )
        return name

    def sorted_items(self, values: Any) -> bytes:
        return self.packed(sorted(self.pack(value) for value in values))

    def array(self, value: np.ndarray[Any, Any]) -> tuple[int, bytes]:
        if self.sink is not None and value.nbytes >= HOIST_BYTES and value.dtype.str in STACKABLE:
            return STACKED, self.packed(list(self.sink.add(value)))
        return ARRAY, pack_array(value)


@functools.cache
def _writer_of(kind: Any) -> Callable[[_Writer, Any], tuple[int, bytes]]:
    """How values of a class are written that is none of Python's own."""
    if issubclass(kind, enum.Enum):
        return _Writer.member
    if kind is np.str_:
        # As an array it would lose the zeros at its end.
        return lambda w, v: (NUMPY_STRING, w.packed(str.__str__(v)))
    if kind is np.bytes_:
        return lambda w, v: (NUMPY_STRING, w.packed(bytes(v)))
    if issubclass(kind, np.generic):
        return lambda w, v: (SCALAR, pack_array(np.asarray(v)))
    if dataclasses.is_dataclass(kind):
        return _Writer.dataclass
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return _Writer.named_tuple
    return _Writer.refused


def _int_bytes(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 8) // 8, "little", signed=True)


def _moment(value: datetime.datetime | datetime.time) -> list[object]:
    zone = value.tzinfo
    if zone is not None and (
        not isinstance(zone, datetime.timezone) or str(zone) != str(datetime.timezone(zone.utcoffset(None)))
    ):
        raise Unencodable(f"{type(value).__name__} in {value.tzinfo}", "a result (use UTC offsets)")
    text = value.isoformat()
    if type(value).fromisoformat(text).utcoffset() != value.utcoffset():
        raise Unencodable(f"{type(value).__name__} in {zone}", "a result (use offsets of whole seconds)")
    return [text, value.fold]


_WRITERS: dict[type, Callable[[_Writer, Any], tuple[int, bytes]]] = {
    list: lambda w, v: (LIST, w.pack(tuple(v))),
    dict: lambda w, v: (DICT, w.pack((*v, *v.values()))),
    set: lambda w, v: (SET, w.sorted_items(v)),
    frozenset: lambda w, v: (FROZENSET, w.sorted_items(v)),
    np.ndarray: lambda w, v: w.array(v),
    complex: lambda w, v: (COMPLEX, w.packed([v.real, v.imag])),
    datetime.datetime: lambda w, v: (DATETIME, w.packed(_moment(v))),
    datetime.date: lambda w, v: (DATE, w.packed(v.isoformat())),
    datetime.time: lambda w, v: (TIME, w.packed(_moment(v))),
    datetime.timedelta: lambda w, v: (TIMEDELTA, w.packed([v.days, v.seconds, v.microseconds])),
}
