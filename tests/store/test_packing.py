"""A store in one file: the same results, in a place where nothing can be written, and nothing bad."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from store import NotAStore, NotWritable, Store
from store.backend.packed import PackedBackend
from store.layout import is_result
from store.location import create
from store.packing import open_packed, pack_store, unpack_store
from store.verify import verify

ROOT = Path(__file__).parents[2]


def double(x: int) -> int:
    return 2 * x


def stack(x: int) -> Any:
    return np.full((40, 40), x, np.uint8)


def stacks(items: list[int]) -> list[Any]:
    return [np.full((50, 50), item, np.uint8) for item in items]


def use(store: Store) -> list[Any]:
    grids = store.map(stacks, [1, 2])
    return [store.call(double, 1), int(store.call(stack, 1).sum()), [int(grid.sum()) for grid in grids]]


RIGHT = [2, 1600, [2500, 5000]]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    use(store)
    return store


@pytest.fixture
def file(store: Store, tmp_path: Path) -> Path:
    pack_store(store.backends[0], tmp_path / "packed")
    return tmp_path / "packed"


def results(root: Path) -> dict[str, bytes]:
    """What a store keeps, but for its ledger and locks."""
    paths = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in paths.items() if is_result(name)}


def test_a_packed_store_is_a_layer(file: Path, tmp_path: Path) -> None:
    top = Store(tmp_path / "top", [file])
    assert use(top) == RIGHT
    assert (top.stats()["hits"], top.stats()["misses"], top.stats()["writes"]) == (4, 0, 0)


def test_equal_stores_give_equal_files(store: Store, file: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(store.location, tmp_path / "copy")
    for path in copy.rglob("*"):
        os.utime(path, (0, 0))
    pack_store(create(copy), tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == file.read_bytes()


def test_unpacking_gives_every_object_back(store: Store, file: Path, tmp_path: Path) -> None:
    unpacked = unpack_store(open_packed(str(file)), create(tmp_path / "new"))
    assert results(tmp_path / "new") == results(Path(store.location))
    assert (unpacked.objects, unpacked.new, unpacked.bad) == (len(results(tmp_path / "new")),) * 2 + ((),)
    again = unpack_store(open_packed(str(file)), create(tmp_path / "new"))
    assert (again.objects, again.new) == (unpacked.objects, 0)


def test_unpacking_into_a_store_adds_to_it(file: Path, tmp_path: Path) -> None:
    other = Store(tmp_path / "other")
    assert other.call(double, 7) == 14
    unpack_store(open_packed(str(file)), other.backends[0])
    opened = Store(other.location)
    assert (use(opened), opened.call(double, 7)) == (RIGHT, 14)
    assert opened.stats()["misses"] == 0


def test_stores_in_memory_are_packed_and_unpacked(file: Path, tmp_path: Path) -> None:
    memory = create(f"memory://{tmp_path}")
    unpack_store(open_packed(str(file)), memory)
    pack_store(memory, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == file.read_bytes()


def test_stacks_open_from_the_file_with_plain_zarr(store: Store, file: Path) -> None:
    for name in store.backends[0].names("arrays"):
        with zarr.storage.ZipStore(file, mode="r") as zipped:
            array = zarr.open(zipped, path=f"arrays/{name}", mode="r")
            assert isinstance(array, zarr.Array)
            plain = zarr.open(Path(store.location) / "arrays" / name, mode="r")
            np.testing.assert_array_equal(array[...], plain[...])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def test_bad_records_are_left_out_and_told_of(store: Store, tmp_path: Path) -> None:
    root = Path(store.location)
    (entry,) = (path for path in (root / "entries/double").rglob("*") if path.is_file())
    flip(entry)
    packed = pack_store(store.backends[0], tmp_path / "packed")
    assert [error.where for error in packed.bad] == [entry.relative_to(root).as_posix()]
    top = Store(tmp_path / "top", [tmp_path / "packed"])
    assert use(top) == RIGHT
    assert (top.stats()["misses"], top.stats()["corrupt"]) == (1, 0)
    assert entry.exists(), "nothing is changed"


def test_a_record_goes_with_its_bad_stack_and_a_stack_with_its_bad_record(
    store: Store, tmp_path: Path
) -> None:
    root = Path(store.location)
    chunks = list((root / "arrays").rglob("c.0.0.0"))
    shapes = {path: path.stat().st_size for path in chunks}
    assert len(shapes) == 2, "that of the call and that of the rows"
    flip(chunks[0])
    pack_store(store.backends[0], tmp_path / "packed")
    packed = PackedBackend(tmp_path / "packed")
    assert len(packed.names("arrays")) == 1
    assert len(packed.names("entries/stack")) + len(packed.names("rows/stacks")) == 1
    assert verify(packed, [name for name, _, _ in packed.walk()]).bad == ()


def test_what_is_no_part_of_a_store_is_not_packed(store: Store, file: Path, tmp_path: Path) -> None:
    root = Path(store.location)
    for name in ("notes.txt", "aside/entries.x", f"arrays/{'00' * 16}/zarr.json", "entries/x"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    pack_store(store.backends[0], tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == file.read_bytes()


def test_a_file_is_whole_or_as_it_was(store: Store, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir()
    with pytest.raises(NotWritable, match="cannot be written"):
        pack_store(store.backends[0], tmp_path / "missing" / "packed")
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="directory"):
        pack_store(store.backends[0], tmp_path / "taken")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["closed", "store", "taken"]


def test_another_file_is_refused(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    others = {
        "empty": b"", "text": b"no zip at all", "truncated": whole[: len(whole) // 2], "cut": whole[:-10],
        "headless": whole[:30],
    }  # fmt: skip
    for name, content in others.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(NotAStore, match=f"{name}: is no packed store"):
            open_packed(str(tmp_path / name))
    with zipfile.ZipFile(tmp_path / "zip", "w") as other:
        other.writestr("readme.txt", "hello")
    with pytest.raises(NotAStore, match="is no store"):
        open_packed(str(tmp_path / "zip"))
    for place in (tmp_path, tmp_path / "absent"):
        with pytest.raises(NotAStore, match="is no file"):
            open_packed(str(place))


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "zip", "w") as other:
        other.writestr("memoflow.json", '{"format": 2}')
    with pytest.raises(NotAStore, match="has format 2"):
        open_packed(str(tmp_path / "zip"))


def test_names_that_lead_out_of_a_store_are_not_there(file: Path, tmp_path: Path) -> None:
    before = PackedBackend(file).names("entries")
    with zipfile.ZipFile(file, "a") as packed:
        for name in (
            "../out",
            "/out",
            "entries/../../out",
            "entries\\..\\out",
            "rows/a/b",
            "arrays/x/zarr.json",
        ):
            packed.writestr(name, b"x")
    unpacked = unpack_store(open_packed(str(file)), create(tmp_path / "new"))
    assert unpacked.bad == ()
    assert PackedBackend(file).names("entries") == before
    assert not list(tmp_path.rglob("out"))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_every_damaged_byte_leaves_values_right(file: Path, tmp_path: Path) -> None:
    """A flipped byte anywhere: the file is refused, or what it hits is left out; nothing is wrong."""
    whole = file.read_bytes()
    refused = bad = 0
    for number, place in enumerate(range(0, len(whole), max(1, len(whole) // 150))):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x5A]) + whole[place + 1 :])
        target = tmp_path / f"new{number}"
        try:
            packed = open_packed(str(file))
        except NotAStore:
            refused += 1
            continue
        bad += len(unpack_store(packed, create(target)).bad)
        packed.close()
        opened = Store(target)
        assert use(opened) == RIGHT, place
        assert opened.stats()["corrupt"] <= 1, place
        shutil.rmtree(target)
    assert refused > 0
    assert bad > 20


def test_a_member_that_claims_to_be_huge_is_refused(file: Path) -> None:
    content = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as packed:
        name = next(member.filename for member in packed.infolist() if "entries/double" in member.filename)
    entry = content.index(b"PK\1\2", content.index(b"PK\1\2"))
    while content[entry + 46 : entry + 46 + len(name)] != name.encode():
        entry = content.index(b"PK\1\2", entry + 4)
    content[entry + 20 : entry + 28] = struct.pack("<II", 0x7FFFFFF0, 0x7FFFFFF0)
    file.write_bytes(content)
    with pytest.raises(NotAStore, match="its members do not fit into it"):
        PackedBackend(file)


UNPRIVILEGED = """
import os, sys
sys.path.insert(0, sys.argv[1])
import test_packing
from store import Store
# Who has no rights may not even look into the Python installation: what is needed of it is read now.
test_packing.use(Store(sys.argv[2] + "-before", [sys.argv[3]]))
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
assert not os.access(sys.argv[3], os.W_OK)
store = Store(sys.argv[2], [sys.argv[3]])
assert test_packing.use(store) == test_packing.RIGHT
print(store.stats()["misses"], store.write_error)
"""


def test_a_layer_may_lie_where_nothing_can_be_written(open_folder: Path) -> None:
    """As a packed store lies in a read-only mount; the functions are found there by their own module,
    so that the store was made under the same keys."""
    mount = open_folder / "mount"
    mount.mkdir()
    command = [sys.executable, "-c", UNPRIVILEGED, str(Path(__file__).parent)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    making = "import sys; sys.path.insert(0, sys.argv[1]); import test_packing as t\n" \
             "from pathlib import Path; from store import Store; from store.packing import pack_store\n" \
             "s = Store(sys.argv[2]); t.use(s); pack_store(s.backends[0], Path(sys.argv[3]))"  # fmt: skip
    words = [
        sys.executable,
        "-c",
        making,
        str(Path(__file__).parent),
        str(open_folder / "own"),
        str(mount / "file"),
    ]
    subprocess.run(words, env=environment, check=True)
    (mount / "file").chmod(0o444)
    mount.chmod(0o555)
    top = open_folder / "top"
    top.mkdir(mode=0o777)
    top.chmod(0o777)
    done = subprocess.run(
        [*command, str(top), str(mount / "file")],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["0", "None"]
    assert os.listdir(mount) == ["file"]  # noqa: PTH208  # hidden names too
