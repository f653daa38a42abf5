"""Stacks open with plain Zarr, and are what their name says or `Corrupt`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from zarr.codecs import Crc32cCodec, ZstdCodec

from store import Corrupt
from store.array import EMPTY, read_stack, write_stack
from store.backend.local import LocalBackend
from store.backend.whole import TEMPORARY
from store.encode import digest
from store.ndarray import STACKABLE

ROOT = Path(__file__).parents[2]
STACK = np.arange(3 * 2 * 30 * 30, dtype=np.uint8).reshape(3, 2, 30, 30)


@pytest.fixture
def backend(tmp_path: Path) -> LocalBackend:
    return LocalBackend(tmp_path)


def folder_of(backend: LocalBackend, name: str) -> Path:
    return backend.root / "arrays" / name


def test_a_stack_opens_with_plain_zarr(backend: LocalBackend) -> None:
    name = write_stack(backend, STACK)
    array = zarr.open(folder_of(backend, name), mode="r")
    assert isinstance(array, zarr.Array)
    np.testing.assert_array_equal(np.asarray(array[...]), STACK)
    assert array.fill_value == EMPTY == 255
    assert array.metadata.zarr_format == 3
    assert name == digest(STACK).hex()


def written_by_zarr(stack: np.ndarray[Any, Any], folder: Path) -> None:
    array = zarr.create_array(
        folder,
        shape=stack.shape,
        dtype=stack.dtype,
        chunks=stack.shape,
        compressors=[ZstdCodec(level=3), Crc32cCodec()],
        fill_value=EMPTY if stack.dtype == np.uint8 else 0,
        chunk_key_encoding={"name": "default", "separator": "."},
    )
    array[...] = stack


@pytest.mark.parametrize("dtype", sorted(STACKABLE))
def test_a_stack_is_laid_out_as_zarr_itself_does(backend: LocalBackend, tmp_path: Path, dtype: str) -> None:
    stack = np.arange(1, 601).reshape(2, 300).astype(dtype)
    mine, other = folder_of(backend, write_stack(backend, stack)), tmp_path / "other"
    written_by_zarr(stack, other)
    assert sorted(path.name for path in mine.iterdir()) == sorted(path.name for path in other.iterdir())
    assert (mine / "zarr.json").read_text() == (other / "zarr.json").read_text()
    opened = zarr.open(mine, mode="r")
    assert isinstance(opened, zarr.Array)
    assert np.asarray(opened[...]).tobytes() == stack.tobytes()


def test_a_stack_is_one_chunk_with_a_flat_name(backend: LocalBackend) -> None:
    name = write_stack(backend, STACK)
    assert sorted(path.name for path in folder_of(backend, name).iterdir()) == ["c.0.0.0.0", "zarr.json"]
    codecs = (folder_of(backend, name) / "zarr.json").read_text()
    assert '"zstd"' in codecs
    assert '"crc32c"' in codecs
    assert '"separator": "."' in codecs


def test_writing_a_stack_again_changes_nothing(backend: LocalBackend) -> None:
    name = write_stack(backend, STACK)
    before = {path: path.stat().st_mtime_ns for path in folder_of(backend, name).iterdir()}
    assert write_stack(backend, STACK.copy(order="F")) == name
    assert {path: path.stat().st_mtime_ns for path in folder_of(backend, name).iterdir()} == before
    assert not list(backend.root.rglob(f"{TEMPORARY}*"))


@pytest.mark.parametrize("dtype", sorted(STACKABLE))
def test_every_dtype_comes_back_as_it_was(backend: LocalBackend, dtype: str) -> None:
    counted = np.arange(600).reshape(2, 300).astype(dtype)
    for stack in (counted, np.zeros_like(counted), np.full_like(counted, 1)):
        back = read_stack(backend, write_stack(backend, stack))
        assert back is not None
        assert (back.dtype, back.shape, back.tobytes()) == (stack.dtype, stack.shape, stack.tobytes())


@pytest.mark.parametrize("value", [-0.0, float("nan"), complex(0.0, -0.0), complex(-0.0, 0.0)], ids=str)
def test_zeros_keep_their_sign(backend: LocalBackend, value: complex) -> None:
    stack = np.full((2, 300), value)
    back = read_stack(backend, write_stack(backend, stack))
    assert back is not None
    assert back.tobytes() == stack.tobytes()


def test_a_stack_of_the_fill_value_has_a_chunk_too(backend: LocalBackend) -> None:
    stack = np.full((2, 600), EMPTY, np.uint8)
    name = write_stack(backend, stack)
    assert (folder_of(backend, name) / "c.0.0").exists()
    np.testing.assert_array_equal(read_stack(backend, name), stack)


def test_no_stack_is_none(backend: LocalBackend) -> None:
    assert read_stack(backend, "00" * 16) is None


def damaged(folder: Path, kind: str) -> None:
    chunk, metadata = folder / "c.0.0.0.0", folder / "zarr.json"
    if kind == "chunk deleted":
        chunk.unlink()
    elif kind == "chunk empty":
        chunk.write_bytes(b"")
    elif kind == "chunk truncated":
        chunk.write_bytes(chunk.read_bytes()[:-1])
    elif kind == "metadata empty":
        metadata.write_bytes(b"")
    elif kind == "metadata no JSON":
        metadata.write_bytes(b"{")
    elif kind == "codec unknown":
        metadata.write_text(metadata.read_text().replace('"zstd"', '"none"'))
    else:
        chunk.unlink()
        chunk.mkdir()


KINDS = ["chunk deleted", "chunk empty", "chunk truncated", "metadata empty",
         "metadata no JSON", "codec unknown", "chunk is a folder"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_stack_is_corrupt(backend: LocalBackend, kind: str) -> None:
    name = write_stack(backend, STACK)
    damaged(folder_of(backend, name), kind)
    with pytest.raises(Corrupt, match=f"arrays/{name}"):
        read_stack(backend, name)


def test_a_flipped_byte_is_corrupt_or_says_nothing_else(backend: LocalBackend) -> None:
    """Each byte of the metadata and every 20th of the chunk: the stack is right or `Corrupt`."""
    name = write_stack(backend, STACK)
    corrupt = 0
    for file, step in (("zarr.json", 4), ("c.0.0.0.0", 10)):
        path = folder_of(backend, name) / file
        whole = path.read_bytes()
        for place in range(0, len(whole), step):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x15]) + whole[place + 1 :])
            try:
                back: np.ndarray[Any, Any] | None = read_stack(backend, name)
            except Corrupt:
                corrupt += 1
            else:
                np.testing.assert_array_equal(back, STACK)
        path.write_bytes(whole)
    assert corrupt > 50


def test_stacks_that_were_swapped_are_corrupt(backend: LocalBackend, tmp_path: Path) -> None:
    one, two = write_stack(backend, STACK), write_stack(backend, STACK[::-1].copy())
    folder_of(backend, one).rename(tmp_path / "kept")
    folder_of(backend, two).rename(folder_of(backend, one))
    (tmp_path / "kept").rename(folder_of(backend, two))
    for name in (one, two):
        with pytest.raises(Corrupt, match="not what its name says"):
            read_stack(backend, name)


WRITER = """
import sys
from pathlib import Path
import numpy as np
from store.array import write_stack
from store.backend.local import LocalBackend
stack = np.arange(1800, dtype=np.uint8).reshape(2, 900)
print("ready", flush=True)
sys.stdin.readline()
print(write_stack(LocalBackend(Path(sys.argv[1])), stack), flush=True)
"""


def start_writer(root: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(root)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_writers_that_race_leave_one_whole_stack(backend: LocalBackend) -> None:
    writers = [start_writer(backend.root) for _ in range(3)]
    assert all(writer.stdout is not None and writer.stdout.readline() == "ready\n" for writer in writers)
    names = {writer.communicate("\n", timeout=60)[0].strip() for writer in writers}
    assert {writer.returncode for writer in writers} == {0}
    (name,) = names
    assert os.listdir(backend.root / "arrays") == [name]  # noqa: PTH208  # hidden names too
    assert read_stack(backend, name) is not None


def test_a_chunk_without_metadata_is_no_stack_and_not_in_the_way(backend: LocalBackend) -> None:
    name = write_stack(backend, STACK)
    (folder_of(backend, name) / "zarr.json").unlink()
    assert read_stack(backend, name) is None
    assert write_stack(backend, STACK) == name
    np.testing.assert_array_equal(read_stack(backend, name), STACK)
