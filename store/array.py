"""Stacks of equal-shaped arrays as Zarr v3 arrays, named by their content.

Owns: `arrays/<digest>/`: one chunk with crc32c, and zstd where that is safe to undo, chunk key
separator ".", readable with plain `zarr.open`. The chunk is put before its `zarr.json`, so that
readers see all of a stack or nothing. Before Zarr looks at a stack, its metadata must be such as is
written here, and its content is compared with its name whenever it is read.

Does not promise: cheap access to a part of a stack; a stack is what one node computed and is read
whole. Zarr is imported when the first stack is touched, since the import costs 0.6 s of CPU.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from store.backend import Backend
from store.encode import digest
from store.errors import Corrupt, Unreadable
from store.layout import stack_folder
from store.ndarray import STACKABLE, AnyArray
from store.record import BASE, RATIO

__all__ = ["EMPTY", "read_stack", "write_stack"]

EMPTY = 255
"""Fill value of uint8 stacks: no cell of a grid can have it."""
_METADATA = "zarr.json"
_CODECS = (["bytes", "zstd", "crc32c"], ["bytes", "crc32c"])
_BROKEN = (ValueError, TypeError, LookupError, AttributeError, OSError, RuntimeError, ArithmeticError)
"""What JSON, NumPy and Zarr raise for what they cannot read; RecursionError is a RuntimeError."""


def write_stack(backend: Backend, stack: AnyArray) -> str:
    """Store a stack unless it is there; its digest. Raises OSError when it cannot be written."""
    name = digest(stack).hex()
    folder = stack_folder(name)
    if not _is_there(backend, folder):
        parts = _encoded(stack, compressed=True)
        if stack.nbytes > _most_bytes(parts):
            parts = _encoded(stack, compressed=False)
        metadata = parts.pop(_METADATA)
        for part, content in parts.items():
            backend.put(f"{folder}/{part}", content)
        backend.put(f"{folder}/{_METADATA}", metadata)
    return name


def _is_there(backend: Backend, folder: str) -> bool:
    """Whether a stack was finished; what is in the way of one is moved aside."""
    try:
        return backend.read(f"{folder}/{_METADATA}") is not None
    except Unreadable:
        return False
    except Corrupt:
        backend.set_aside(folder)
        return False


def read_stack(backend: Backend, name: str) -> AnyArray | None:
    """The stack of that digest, None where there is none. Raises `Corrupt` when it is another
    one."""
    folder = stack_folder(name)
    try:
        metadata = backend.read(f"{folder}/{_METADATA}")
        if metadata is None:
            return None
        part, size = _expected(metadata)
        chunk = backend.read(f"{folder}/{part}")
        if chunk is None:
            raise ValueError("its chunk is missing")
        parts = {_METADATA: metadata, part: chunk}
        if size > _most_bytes(parts):
            raise ValueError(f"{len(chunk)} bytes cannot be {size} bytes of content")
        stack = _decoded(parts)
    except Corrupt as error:
        raise type(error)(folder, f"{error.where} cannot be read: {error.reason}") from None
    except _BROKEN as error:
        raise Corrupt(folder, f"Zarr cannot read it ({error})") from None
    if digest(stack).hex() != name:
        raise Corrupt(folder, "its content is not what its name says")
    return stack


def _expected(metadata: bytes) -> tuple[str, int]:
    """The name of the only chunk, and the bytes of the whole stack. Raises ValueError (and what
    looking into JSON raises) for metadata of another kind than is written here.

    A hostile one could name any codec, which is code, or a shape that exhausts memory.
    """
    said = json.loads(metadata)
    shape, codecs = said["shape"], [codec["name"] for codec in said["codecs"]]
    grid, keys = said["chunk_grid"], said["chunk_key_encoding"]
    dtype = np.dtype(said["data_type"])
    plain = (
        said["node_type"] == "array"
        and said["zarr_format"] == 3
        and codecs in _CODECS
        and dtype.newbyteorder("<").str.replace("=", "<") in STACKABLE
        and all(type(side) is int and side >= 0 for side in shape)
        and grid["name"] == "regular"
        and grid["configuration"]["chunk_shape"] == [max(side, 1) for side in shape]
        and keys == {"name": "default", "configuration": {"separator": "."}}
        and not said.get("storage_transformers")
    )
    if not plain:
        raise ValueError("its metadata is not such as memoflow writes")
    return "c" + ".0" * len(shape), math.prod(shape) * dtype.itemsize


def _most_bytes(parts: dict[str, bytes]) -> int:
    """What parts of a stack may grow to; records have the same bound."""
    return BASE + RATIO * sum(map(len, parts.values()))


def _encoded(stack: AnyArray, compressed: bool) -> dict[str, bytes]:
    """The files of a stack's array."""
    import zarr
    from zarr.codecs import BytesCodec, Crc32cCodec, ZstdCodec

    held: dict[str, Any] = {}
    array = zarr.create_array(
        zarr.storage.MemoryStore(held),
        shape=stack.shape,
        dtype=stack.dtype,
        chunks=tuple(max(side, 1) for side in stack.shape),
        serializer=BytesCodec(),
        compressors=[ZstdCodec(level=3), Crc32cCodec()] if compressed else [Crc32cCodec()],
        fill_value=EMPTY if stack.dtype == np.uint8 else 0,
        chunk_key_encoding={"name": "default", "separator": "."},
        # A chunk left out because it equals the fill value would come back with 0.0 for -0.0.
        config={"write_empty_chunks": True},
    )
    array[...] = stack
    return {name: content.to_bytes() for name, content in held.items()}


def _decoded(parts: dict[str, bytes]) -> AnyArray:
    import zarr
    from zarr.core.buffer import default_buffer_prototype

    buffer = default_buffer_prototype().buffer
    held = {name: buffer.from_bytes(content) for name, content in parts.items()}
    return np.asarray(zarr.open_array(zarr.storage.MemoryStore(held, read_only=True), mode="r")[...])
