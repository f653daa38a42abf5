"""Stacks of equal-shaped arrays as Zarr v3 arrays, named by their content.

Owns: `arrays/<digest>/`: one chunk with crc32c, and zstd where that is safe to undo, chunk key
separator ".", readable with plain `zarr.open`. The chunk is put before its `zarr.json`, so that
readers see all of a stack or nothing. Metadata must be such as is written here, and the content is
compared with its name whenever it is read.

Does not promise: cheap access to a part of a stack; a stack is what one node computed and is read
whole. Any Zarr reads it; here the one chunk is written and undone without Zarr, whose import costs
0.6 s of CPU and a stack 2 ms, and so that nothing that a hostile store says reaches a registry of
codecs.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import google_crc32c
import numpy as np
import zstandard

from store.backend import Backend
from store.encode import digest
from store.errors import Corrupt, Unreadable
from store.layout import stack_folder
from store.ndarray import STACKABLE, AnyArray
from store.record import BASE, RATIO, ZSTD_LEVEL, compressor, decompressor

__all__ = ["EMPTY", "has_stack", "read_stack", "write_stack"]

EMPTY = 255
"""Fill value of uint8 stacks: no cell of a grid can have it."""
_METADATA = "zarr.json"
_DTYPES = {np.dtype(code).name: np.dtype(code) for code in STACKABLE}
_LITTLE = {"endian": "little"}
_MOST_SIDES = 64
_CRC_SIZE = 4
_BROKEN = (
    ValueError, TypeError, LookupError, AttributeError, RecursionError, ArithmeticError, zstandard.ZstdError
)  # fmt: skip
"""What JSON, NumPy and zstd raise for what they cannot read."""


def write_stack(backend: Backend, stack: AnyArray, bad: Callable[[Corrupt], object] | None = None) -> str:
    """Store a stack unless it is there; its digest. Raises OSError when it cannot be written.

    `bad` is told of what lies in its place, and moves it out of the way; else that is raised.
    """
    name = digest(stack).hex()
    try:
        if read_stack(backend, name) is not None:
            return name
    except Unreadable:
        pass  # whether it can be written is another question
    except Corrupt as error:
        if bad is None:
            raise
        bad(error)
    parts = _encoded(stack, compressed=True)
    if stack.nbytes > _most_bytes(parts):
        parts = _encoded(stack, compressed=False)
    metadata = parts.pop(_METADATA)
    folder = stack_folder(name)
    for part, content in parts.items():
        backend.put(f"{folder}/{part}", content)
    backend.put(f"{folder}/{_METADATA}", metadata)
    return name


def read_stack(backend: Backend, name: str) -> AnyArray | None:
    """The stack of that digest, None where there is none. Raises `Corrupt` when it is another
    one."""
    with _told_as_corrupt(stack_folder(name)):
        found = _read(backend, name)
        stack = found.layout.decode(found.content) if found is not None else None
    if stack is not None and digest(stack).hex() != name:
        raise Corrupt(stack_folder(name), "its content is not what its name says")
    return stack


def has_stack(backend: Backend, name: str) -> bool:
    """Whether there is a stack of that name whose checksum holds. It is not unpacked, so that one whose
    content belongs under another name is taken for whole. Raises `Corrupt`."""
    with _told_as_corrupt(stack_folder(name)):
        return _read(backend, name) is not None


class _Found(NamedTuple):
    """The metadata of a stack, and its checked chunk without the checksum."""

    layout: _Layout
    content: bytes


def _read(backend: Backend, name: str) -> _Found | None:
    folder = stack_folder(name)
    metadata = backend.read(f"{folder}/{_METADATA}")
    if metadata is None:
        return None
    layout = _expected(metadata)
    chunk = backend.read(f"{folder}/{layout.chunk}")
    if chunk is None:
        raise ValueError("its chunk is missing")
    if layout.size > _most_bytes({_METADATA: metadata, layout.chunk: chunk}):
        raise ValueError(f"{len(chunk)} bytes cannot be {layout.size} bytes of content")
    content = chunk[:-_CRC_SIZE]
    if google_crc32c.value(content).to_bytes(_CRC_SIZE, "little") != chunk[-_CRC_SIZE:]:
        raise ValueError("the checksum of its chunk is wrong")
    # What the frame says is what would be allocated.
    length = zstandard.frame_content_size(content) if layout.compressed else len(content)
    if length != layout.size:
        raise ValueError("its chunk is of another length")
    return _Found(layout, content)


@contextlib.contextmanager
def _told_as_corrupt(folder: str) -> Iterator[None]:
    """What reading a stack raises, as the errors of its folder."""
    try:
        yield
    except Corrupt as error:
        raise type(error)(folder, f"{error.where} cannot be read: {error.reason}") from None
    except _BROKEN as error:
        raise Corrupt(folder, f"it is no stack ({error})") from None
    except MemoryError:
        raise Unreadable(folder, "it does not fit into memory") from None


@dataclass(frozen=True)
class _Layout:
    """What the metadata of a stack says: shape, dtype, and whether its one chunk is compressed."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    compressed: bool

    @property
    def chunk(self) -> str:
        return _chunk_name(len(self.shape))

    @property
    def size(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize

    def decode(self, content: bytes) -> AnyArray:
        """The array in a chunk that was checked. Raises ValueError, ZstdError, MemoryError."""
        if self.compressed:
            content = decompressor().decompress(content)
        return np.frombuffer(content, self.dtype).reshape(self.shape)


def _expected(metadata: bytes) -> _Layout:
    """What metadata says. Raises ValueError (and what looking into JSON raises) for metadata of
    another kind than is written here.

    A hostile one could name any codec, which is code, or a shape that exhausts memory.
    """
    said = json.loads(metadata)
    shape, codecs, grid = said["shape"], said["codecs"], said["chunk_grid"]
    compressed = [codec["name"] for codec in codecs] == ["bytes", "zstd", "crc32c"]
    plain = (
        said["node_type"] == "array"
        and said["zarr_format"] == 3
        and (compressed or [codec["name"] for codec in codecs] == ["bytes", "crc32c"])
        and codecs[0].get("configuration", _LITTLE) == _LITTLE
        and all(type(side) is int and side >= 0 for side in shape)
        and grid["name"] == "regular"
        and grid["configuration"]["chunk_shape"] == [max(side, 1) for side in shape]
        and said["chunk_key_encoding"] == {"name": "default", "configuration": {"separator": "."}}
        and not said.get("storage_transformers")
    )
    if not plain or len(shape) > _MOST_SIDES:
        raise ValueError("its metadata is not such as memoflow writes")
    return _Layout(tuple(shape), _DTYPES[said["data_type"]], compressed)


def _most_bytes(parts: dict[str, bytes]) -> int:
    """What parts of a stack may grow to; records have the same bound."""
    return BASE + RATIO * sum(map(len, parts.values()))


def _encoded(stack: AnyArray, compressed: bool) -> dict[str, bytes]:
    """The files of a stack's array, as Zarr itself writes them."""
    chunk = compressor().compress(np.ascontiguousarray(stack).data) if compressed else stack.tobytes()
    metadata = json.dumps(_metadata(stack, compressed), indent=2).encode()
    checked = chunk + google_crc32c.value(chunk).to_bytes(_CRC_SIZE, "little")
    return {_chunk_name(stack.ndim): checked, _METADATA: metadata}


def _metadata(stack: AnyArray, compressed: bool) -> dict[str, Any]:
    to_bytes: dict[str, Any] = {"name": "bytes"}
    if stack.dtype.itemsize > 1:
        to_bytes["configuration"] = _LITTLE
    zstd = {"name": "zstd", "configuration": {"level": ZSTD_LEVEL, "checksum": False}}
    return {
        "shape": stack.shape,
        "data_type": stack.dtype.name,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [max(n, 1) for n in stack.shape]}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "."}},
        "fill_value": EMPTY if stack.dtype == np.uint8 else _zero(stack.dtype),
        "codecs": [to_bytes, *([zstd] if compressed else ()), {"name": "crc32c"}],
        "attributes": {},
        "zarr_format": 3,
        "node_type": "array",
        "storage_transformers": [],
    }


def _zero(dtype: np.dtype[Any]) -> object:
    """The fill value of a dtype, as JSON has it."""
    return [0.0, 0.0] if dtype.kind == "c" else dtype.type(0).item()


def _chunk_name(axes: int) -> str:
    return "c" + ".0" * axes
