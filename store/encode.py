"""Values as bytes, and their digests: the input half of every key.

Owns: the encoding. Equal values of equal types give equal bytes in every process, on every machine
and under every hash seed; different values give different bytes, since each part is written as type
tag + length + content. The digest is BLAKE2b cut to 16 bytes.

Does not promise: that bytes can be turned back into values (`store.codec` does that), or that
values of different types that compare equal (`1`, `True`, `1.0`) meet: they differ on purpose.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import functools
import struct
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from hashlib import blake2b, file_digest
from pathlib import Path, PurePath
from typing import Any, TypeAlias

import numpy as np

from store.atoms import ATOMS, leaf, moment
from store.errors import Unencodable

__all__ = ["DIGEST_SIZE", "CodeDigest", "digest", "digest_of_file", "encode", "hash_bytes"]

DIGEST_SIZE = 16

CodeDigest = Callable[[object], bytes]
"""Gives the digest of a callable that sits inside a value; without one, callables are refused."""

_PLAIN = (dict, list, set, frozenset, tuple, str, bytes, bytearray, int, float, np.ndarray)


def hash_bytes(data: bytes | bytearray) -> bytes:
    """The digest of some bytes."""
    return blake2b(data, digest_size=DIGEST_SIZE).digest()


def digest(value: object, code: CodeDigest | None = None) -> bytes:
    """The digest of a value's encoding. Raises `Unencodable`, naming the type and where it sits."""
    if type(value) is np.ndarray and value.dtype.kind in "buif" and value.flags.c_contiguous:
        return _digest_of_array(value)
    return hash_bytes(_encoded(value, code))


def _digest_of_array(array: np.ndarray[Any, Any]) -> bytes:
    """As of any value, without a copy of what may be a long stack."""
    dtype, head = _array_head(array.dtype, array.shape)
    content = array.astype(dtype, copy=False)
    hasher = blake2b(head + b"c" + content.nbytes.to_bytes(8, "little"), digest_size=DIGEST_SIZE)
    hasher.update(content.data)
    return hasher.digest()


def digest_of_file(path: Path) -> bytes:
    """The digest of a file's content, by which a `Path` argument counts."""
    with path.open("rb", buffering=0) as file:
        return file_digest(file, lambda: blake2b(digest_size=DIGEST_SIZE)).digest()


def encode(value: object, code: CodeDigest | None = None) -> bytes:
    """A value as bytes: type tag, length, content, recursively.

    Sets and dict items are sorted by their encoded bytes; an array is its dtype, shape and C-order
    content; a dataclass its qualified name and the fields that its equality compares; a `Path` the
    content of the file that it names. An object may offer `__memo__()`, returning what identifies
    it.
    """
    return bytes(_encoded(value, code))


def _encoded(value: object, code: CodeDigest | None) -> bytes | bytearray:
    atom = ATOMS.get(type(value))
    if atom is not None:
        return atom(value)
    out = bytearray()
    try:
        _Encoder(out, code).write(value, ())
    except RecursionError:
        raise Unencodable(type(value).__name__, "a value nested too deeply or inside itself") from None
    return out


_Writer: TypeAlias = Callable[["_Encoder", Any, tuple[object, ...]], None]


class _Encoder:
    """Appends encodings to one buffer; `where` is the path to the value being written."""

    def __init__(self, out: bytearray, code: CodeDigest | None) -> None:
        self.out = out
        self.code = code

    def write(self, value: object, where: tuple[object, ...]) -> None:
        kind: Any = type(value)
        atom = ATOMS.get(kind)
        if atom is not None:
            self.out += atom(value)
        else:
            (_WRITERS.get(kind) or _writer_of(kind))(self, value, where)

    def leaf(self, tag: bytes, content: bytes) -> None:
        self.out += tag + len(content).to_bytes(8, "little")
        self.out += content  # apart, as it may be long

    def items(self, tag: bytes, values: Any, where: tuple[object, ...]) -> None:
        out = self.out
        out += tag + len(values).to_bytes(8, "little")
        last, start, end = None, 0, 0
        for index, value in enumerate(values):
            atom = ATOMS.get(type(value))  # as `write` does; most items are atoms, of which grids have many
            if atom is not None:
                out += atom(value)
            elif value is last:  # as an outcome often is
                out += out[start:end]
            else:
                start = len(out)
                self.write(value, (*where, index))
                last, end = value, len(out)

    def sorted_items(self, tag: bytes, values: Any, where: tuple[object, ...]) -> None:
        parts = sorted(self._apart(value, where) for value in values)
        self.leaf(tag, b"".join(len(part).to_bytes(8, "little") + part for part in parts))

    def mapping(self, value: dict[Any, Any], where: tuple[object, ...]) -> None:
        pairs = sorted(
            (self._apart(key, (*where, "key")), self._apart(item, (*where, key)))
            for key, item in value.items()
        )
        self.out += b"d" + len(pairs).to_bytes(8, "little")
        for key, item in pairs:
            self.leaf(b"k", key)
            self.leaf(b"v", item)

    def _apart(self, value: object, where: tuple[object, ...]) -> bytes:
        part = bytearray()
        _Encoder(part, self.code).write(value, where)
        return bytes(part)

    def array(self, value: np.ndarray[Any, Any], where: tuple[object, ...]) -> None:
        dtype, head = _array_head(value.dtype, value.shape)
        self.out += head
        if dtype.names is not None:
            # Field by field, since the bytes between fields are not content.
            for name in dtype.names:
                self.array(value[name], (*where, name))
        elif dtype.hasobject:
            self.items(b"l", value.ravel().tolist(), where)
        else:
            self.leaf(b"c", (value if value.dtype == dtype else value.astype(dtype)).tobytes())

    def memo(self, value: Any, where: tuple[object, ...]) -> None:
        self._class(b"M", type(value))
        self.write(value.__memo__(), (*where, "__memo__()"))

    def member(self, value: Any, where: tuple[object, ...]) -> None:
        self._class(b"E", type(value))
        # A flag of no member has no name.
        self.leaf(b"u", str(value.name).encode())
        self.write(value.value, (*where, value.name))

    def scalar(self, value: Any, where: tuple[object, ...]) -> None:
        self.out += b"g"
        if isinstance(value, np.str_ | np.bytes_):
            # As an array it would lose the zeros at its end, which `str()` leaves out too.
            self.write(bytes(value) if isinstance(value, bytes) else str.__str__(value), where)
        else:
            self.array(np.asarray(value), where)

    def named_tuple(self, value: Any, where: tuple[object, ...]) -> None:
        self._class(b"n", type(value))
        self.items(b"t", value, where)

    def pure_path(self, value: Any, where: tuple[object, ...]) -> None:
        self._named(b"p", type(value))
        self.leaf(b"u", str(value).encode("utf-8", "surrogatepass"))

    def other(self, value: object, where: tuple[object, ...]) -> None:
        if self.code is None or not (callable(value) or isinstance(value, property)):
            kind = type(value)
            raise Unencodable(f"{kind.__module__}.{kind.__qualname__}", _place(where))
        self.leaf(b"x", self.code(value))

    def _named(self, tag: bytes, kind: type) -> None:
        self.out += _tagged_name(tag, kind)

    def _class(self, tag: bytes, kind: type) -> None:
        self._named(tag, kind)
        if self.code is not None:
            self.leaf(b"x", self.code(kind))

    def dataclass(self, value: Any, where: tuple[object, ...]) -> None:
        kind: Any = type(value)
        fields = _layout(kind)
        self.out += _head(kind, None if self.code is None else self.code(kind))
        for name, key in fields:
            self.out += key
            self.write(getattr(value, name), (*where, name))

    def path(self, value: Path, where: tuple[object, ...]) -> None:
        try:
            content = digest_of_file(value)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise Unencodable(f"Path {value} ({reason})", _place(where)) from None
        self.leaf(b"P", content)


def _tagged_name(tag: bytes, kind: type) -> bytes:
    return leaf(tag, f"{kind.__module__}:{kind.__qualname__}".encode())


@functools.cache
def _writer_of(kind: Any) -> _Writer:
    """How values of a class are written that is none of Python's own."""
    if hasattr(kind, "__memo__"):
        return _Encoder.memo
    if issubclass(kind, enum.Enum):
        return _Encoder.member
    if issubclass(kind, np.generic):
        return _Encoder.scalar
    if issubclass(kind, np.dtype):
        return lambda e, v, w: e.leaf(b"y", _dtype_name(v))
    if "__dataclass_fields__" in kind.__dict__ and not issubclass(kind, _PLAIN):
        return _Encoder.dataclass
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return _Encoder.named_tuple
    if issubclass(kind, PurePath):
        return _Encoder.path if issubclass(kind, Path) else _Encoder.pure_path
    return _Encoder.other


@functools.cache
def _head(kind: Any, code: bytes | None) -> bytes:
    """What stands before a dataclass's fields."""
    head = _tagged_name(b"D", kind) + len(_layout(kind)).to_bytes(8, "little")
    return head if code is None else head + leaf(b"x", code)


@functools.cache
def _layout(kind: Any) -> tuple[tuple[str, bytes], ...]:
    """The fields that a dataclass's equality compares, and what stands before each of them."""
    fields = [field.name for field in dataclasses.fields(kind) if field.compare]
    return tuple((name, leaf(b"k", name.encode())) for name in fields)


@functools.lru_cache(maxsize=1024)
def _array_head(dtype: np.dtype[Any], shape: tuple[int, ...]) -> tuple[np.dtype[Any], bytes]:
    """The dtype that an array is encoded in, and what stands before its content."""
    if not dtype.hasobject or dtype.names is not None:
        dtype = dtype.newbyteorder("<")
    return dtype, leaf(b"a", _dtype_name(dtype)) + leaf(b"s", struct.pack(f"<{len(shape)}q", *shape))


def _dtype_name(dtype: np.dtype[Any]) -> bytes:
    if dtype.names is None or dtype.fields is None:
        return dtype.str.encode()
    fields = [(name, _dtype_name(dtype.fields[name][0]), dtype.fields[name][1]) for name in dtype.names]
    return repr((fields, dtype.itemsize)).encode()


def _place(where: tuple[object, ...]) -> str:
    return "value" + "".join(f"[{part!r}]" for part in where)


def _write_complex(encoder: _Encoder, value: Any, where: tuple[object, ...]) -> None:
    encoder.items(b"z", (value.real, value.imag), where)


_WRITERS: dict[type, _Writer] = {
    complex: _write_complex,
    list: lambda e, v, w: e.items(b"l", v, w),
    tuple: lambda e, v, w: e.items(b"t", v, w),
    set: lambda e, v, w: e.sorted_items(b"S", v, w),
    frozenset: lambda e, v, w: e.sorted_items(b"F", v, w),
    dict: lambda e, v, w: e.mapping(v, w),
    range: lambda e, v, w: e.items(b"r", (v.start, v.stop, v.step), w),
    slice: lambda e, v, w: e.items(b":", (v.start, v.stop, v.step), w),
    np.ndarray: lambda e, v, w: e.array(v, w),
    datetime.datetime: lambda e, v, w: e.leaf(b"m", moment(v)),
    datetime.date: lambda e, v, w: e.leaf(b"j", v.isoformat().encode()),
    datetime.time: lambda e, v, w: e.leaf(b"h", moment(v)),
    datetime.timedelta: lambda e, v, w: e.items(b"e", (v.days, v.seconds, v.microseconds), w),
    Decimal: lambda e, v, w: e.leaf(b"q", str(v).encode()),
    Fraction: lambda e, v, w: e.items(b"Q", (v.numerator, v.denominator), w),
}
