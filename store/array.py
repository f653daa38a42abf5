"""Stacks of equal-shaped arrays as Zarr v3 arrays, named by their content.

Owns: `arrays/<digest>/`: one chunk with zstd and crc32c, chunk key separator ".", readable with
plain `zarr.open`. A stack is written into a temporary folder and renamed, so that readers see all
of it or nothing, and its content is compared with its name whenever it is read.

Does not promise: cheap access to a part of a stack; a stack is what one node computed and is read
whole. Zarr is imported when the first stack is touched, since the import costs 0.6 s of CPU.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np

from store.backend import TEMPORARY, LocalBackend, unique_suffix
from store.encode import digest
from store.errors import Corrupt

__all__ = ["EMPTY", "read_stack", "write_stack"]

EMPTY = 255
"""Fill value of uint8 stacks: no cell of a grid can have it."""


def write_stack(backend: LocalBackend, stack: np.ndarray[Any, Any]) -> str:
    """Store a stack unless it is there; its digest. Raises OSError when it cannot be written."""
    name = digest(stack).hex()
    target = backend.root / "arrays" / name
    if not target.exists():
        temporary = target.with_name(TEMPORARY + unique_suffix())
        try:
            _create(temporary, stack)
            _rename(temporary, target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return name


def read_stack(backend: LocalBackend, name: str) -> np.ndarray[Any, Any] | None:
    """The stack of that digest, None where there is none. Raises `Corrupt` when it is another
    one."""
    folder = backend.root / "arrays" / name
    if not folder.exists():
        return None
    import zarr

    try:
        stack = np.asarray(zarr.open_array(folder, mode="r")[...])
    except (ValueError, TypeError, KeyError, OSError, RuntimeError) as error:
        raise Corrupt(f"arrays/{name}", f"Zarr cannot read it ({error})") from None
    if digest(stack).hex() != name:
        raise Corrupt(f"arrays/{name}", "its content is not what its name says")
    return stack


def _create(folder: Path, stack: np.ndarray[Any, Any]) -> None:
    import zarr
    from zarr.codecs import BytesCodec, Crc32cCodec, ZstdCodec

    array = zarr.create_array(
        folder,
        shape=stack.shape,
        dtype=stack.dtype,
        chunks=tuple(max(side, 1) for side in stack.shape),
        serializer=BytesCodec(),
        compressors=[ZstdCodec(level=3), Crc32cCodec()],
        fill_value=EMPTY if stack.dtype == np.uint8 else 0,
        chunk_key_encoding={"name": "default", "separator": "."},
        # A chunk left out because it equals the fill value would come back with 0.0 for -0.0.
        config={"write_empty_chunks": True},
    )
    array[...] = stack


def _rename(temporary: Path, target: Path) -> None:
    try:
        temporary.rename(target)
    except OSError:
        if not target.is_dir():
            raise
