"""The golden store of format 1: made once, committed, and read by every version of memoflow after.

Where a test here fails, the format changed. If that is on purpose, `store/FORMAT.md` says what it
takes, and `python tests/store/golden/make.py` makes the store anew.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import math
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import zarr

from store import Store
from store.backend import Backend
from store.codec.reading import _READERS
from store.encode import digest
from store.entries import Entries
from store.errors import Corrupt
from store.layers import Layers
from store.layout import entry_name, group_folder
from store.ledger import Ledger
from store.location import FORMAT, create, open_layer
from store.packing import open_packed, pack_store, unpack_store
from store.record import seal, unseal
from store.segment import Group, Made, Row, pack_rows, unpack_rows
from store.types import Types
from store.verify import verify

GOLDEN = Path(__file__).parent / "golden"


def loaded(name: str) -> ModuleType:
    """A module of the golden store; its classes are found by its name."""
    spec = spec_from_file_location(name, GOLDEN / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


golden_values = loaded("golden_values")
make = loaded("make")
TYPES = Types(golden_values.CLASSES)


@pytest.fixture(params=["directory", "packed", "unpacked", "memory"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Backend:
    """The golden store in each form that a store has."""
    if request.param == "directory":
        return open_layer(GOLDEN / "store")
    packed = open_packed(str(GOLDEN / "packed"))
    if request.param == "packed":
        return packed
    target = create(tmp_path if request.param == "unpacked" else f"memory://{tmp_path}")
    assert unpack_store(packed, target).bad == ()
    return target


def layers_of(backend: Backend, tmp_path: Path) -> Layers:
    """The layers of a store above the golden one."""
    return Layers([create(tmp_path / "top"), backend], Ledger(create(tmp_path / "top")))


def plain(value: Any) -> Any:
    """A value as something that `==` tells apart by type, to the last bit, and by order."""
    kind = type(value).__qualname__
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        content = value if isinstance(value, str | bytes) else array.tobytes()
        return kind, array.dtype.descr, array.shape, content
    if dataclasses.is_dataclass(value):
        return kind, [plain(getattr(value, each.name)) for each in dataclasses.fields(value)]
    if isinstance(value, enum.Enum):
        return kind, value.name
    if isinstance(value, list | tuple):
        return kind, [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return kind, sorted(map(repr, map(plain, value)))
    if isinstance(value, dict):
        return kind, [(plain(key), plain(item)) for key, item in value.items()]
    if isinstance(value, float):
        return kind, "nan" if math.isnan(value) else value.hex()
    if isinstance(value, complex):
        return kind, plain(value.real), plain(value.imag)
    if isinstance(value, datetime.datetime | datetime.time):
        return kind, value.isoformat(), value.fold
    return kind, value


def rows_of(backend: Backend, name: str) -> dict[bytes, Row]:
    return unpack_rows(name, unseal(name, backend.read(name) or b""))


def test_these_tests_tell_values_apart() -> None:
    different: list[Any] = [0.0, -0.0, 0, False, np.float64(0), np.zeros(()), np.zeros(1), "", b"", [], (),
                            None, np.str_(""), {1: 2, 3: 4}, {3: 4, 1: 2}, {1}, frozenset({1})]  # fmt: skip
    assert len({repr(plain(value)) for value in different}) == len(different)


@pytest.mark.parametrize("name", list(golden_values.ENTRIES))
def test_every_entry_is_read_with_its_value(backend: Backend, tmp_path: Path, name: str) -> None:
    key, value = digest(name), golden_values.ENTRIES[name]
    (row,) = rows_of(backend, entry_name("everything", key.hex())).values()
    assert plain(row.value(TYPES, layers_of(backend, tmp_path))) == plain(value)
    assert row.value_digest == digest(value)
    assert row.segment.made == Made("golden:everything", make.CODE, 0.25)


def test_rows_are_read_with_their_values(backend: Backend, tmp_path: Path) -> None:
    group = Group(group_folder("each", digest("group")), layers_of(backend, tmp_path))
    group.refresh(None)
    values = group.values(map(digest, golden_values.ROWS), TYPES)
    assert plain([values[digest(name)] for name in golden_values.ROWS]) == plain(
        [*golden_values.ROWS.values()]
    )
    assert sorted(segment.rows for segment in group.segments()) == [1, 3]


def test_of_the_versions_of_an_entry_that_one_is_found_which_read_the_same(
    backend: Backend, tmp_path: Path
) -> None:
    entries = Entries(layers_of(backend, tmp_path))
    row = entries.find("reads", digest("version"), None)
    assert row is not None
    assert entries.value(row, TYPES) == golden_values.VERSIONS["there is no such file"]
    assert row.segment.made.reads == (make.FILE_NOW, *make.OTHERS)
    (stale,) = entries.stale("reads", digest("version"), None)
    assert (stale.name, stale.new) == ("/nowhere/numbers.csv", "")


def test_sources_are_read(backend: Backend) -> None:
    name = entry_name("source", digest("source").hex())
    assert unseal(name, backend.read(name) or b"") == b"what was parsed"


def test_stacks_open_with_plain_zarr() -> None:
    grids = golden_values.ENTRIES["stacked arrays"]["grids"]
    name = digest(np.stack(grids)).hex()
    array = zarr.open(GOLDEN / "store" / "arrays" / name, mode="r")
    assert isinstance(array, zarr.Array)
    np.testing.assert_array_equal(array[...], np.stack(grids))


def test_everything_in_it_is_whole(backend: Backend) -> None:
    found = verify(backend, [name for name, _, _ in backend.walk()])
    assert (found.bad, found.litter) == ((), ())
    assert found.checked == len(golden_values.ENTRIES) + 2 + 2 + 1 + len(backend.names("arrays"))


def test_it_opens_as_a_store_and_as_a_layer(tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "store", tmp_path / "copy")
    Store(tmp_path / "copy")
    Store(tmp_path / "top", [GOLDEN / "store", GOLDEN / "packed"])


def test_packing_it_gives_the_packed_one(tmp_path: Path) -> None:
    pack_store(open_layer(GOLDEN / "store"), tmp_path / "packed")
    assert (tmp_path / "packed").read_bytes() == (GOLDEN / "packed").read_bytes()


def contents(backend: Backend) -> Iterator[tuple[str, bytes]]:
    """What the objects hold, whatever this version of zstd and Zarr makes of it."""
    for name, _, _ in backend.walk():
        data = backend.read(name) or b""
        if not name.startswith("arrays/"):
            yield name, unseal(name, data) if "/" in name else data


def test_what_is_written_now_is_what_was_written_then(tmp_path: Path) -> None:
    """Names, keys and payloads: a store of this version can be read by those before it."""
    make.make(tmp_path / "new")
    new, old = create(tmp_path / "new"), open_layer(GOLDEN / "store")
    assert dict(contents(new)) == dict(contents(old))
    assert {name for name, _, _ in new.walk()} == {name for name, _, _ in old.walk()}


def test_the_bytes_of_a_record_are_pinned(tmp_path: Path) -> None:
    """All of it: frame, checksum, payload, values."""
    name = entry_name("stage", "0123456789abcdef" * 2)
    rows = [(bytes(range(16)), bytes(range(16, 32)), [1, "two", {3: (4.0, None)}])]
    layers = Layers([create(tmp_path)], Ledger(create(tmp_path)))
    record = seal(
        name, pack_rows(layers, rows, Types(), Made("module:stage", "fe" * 16, 0.5, (make.FILE_NOW,)))
    )
    assert record.hex() == PINNED
    with pytest.raises(Corrupt):
        unseal(name.replace("stage", "other"), record)


PINNED = (
    "4d46523189000000000000008900000000000000818f549d21b4686dc46f9f6867367fe3"
    "98ac6d6f64756c653a7374616765c410fefefefefefefefefefefefefefefefecb3fe00000000000009194a466696c65"
    "a0b42f6e6f77686572652f6e756d626572732e637376c40090c410000102030405060708090a0b0c0d0e0fc410101112"
    "131415161718191a1b1c1d1e1f91c419c716019301a374776fc70d11920392cb4010000000000000c0"
)
"""The frame of 36 bytes, then the payload as it is, since it is too short to be compressed."""


def test_the_format_is_described_to_the_last_code() -> None:
    text = (Path(__file__).parents[2] / "store" / "FORMAT.md").read_text(encoding="utf-8")
    assert text.startswith(f"# The store, format {FORMAT}\n")
    rows = re.findall(r"^\| (\d+) \| (?!\|)[^|]+ \| [^|]+ \|$", text, re.MULTILINE)
    assert [int(code) for code in rows] == sorted(_READERS)
