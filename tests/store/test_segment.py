"""Rows in segments: one file a write, arrays in stacks, bad ones set aside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from store import Corrupt
from store.backend.local import LocalBackend
from store.codec import encode_value
from store.encode import digest
from store.errors import Unreadable
from store.layers import Layers
from store.ledger import Ledger
from store.record import seal
from store.segment import Group, Made, Row, Stacks, unpack_rows
from store.types import Types

FOLDER = "rows/stage/00ff"
TYPES = Types()
CODE = "00" * 16
MADE = Made("m:f", CODE, 0.0)
GRID = np.arange(1200, dtype=np.uint8).reshape(30, 40)


@pytest.fixture
def backend(tmp_path: Path) -> LocalBackend:
    return LocalBackend(tmp_path)


def group_in(*backends: LocalBackend) -> Group:
    """The group as a process that just opened the store would have it."""
    return Group(FOLDER, Layers(backends, Ledger(backends[0])))


def rows_of(values: dict[str, Any]) -> list[tuple[bytes, bytes, object]]:
    return [(digest(name), digest(value), value) for name, value in values.items()]


def value_in(group: Group, name: str) -> Any:
    return group.values([digest(name)], TYPES)[digest(name)]


def test_rows_written_by_one_are_read_by_another(backend: LocalBackend) -> None:
    group_in(backend).write(rows_of({"a": 1, "b": (2, {"c"})}), TYPES, Made("m:f", CODE, 1.5))
    other = group_in(backend)
    assert not other.rows
    other.refresh(None)
    assert (value_in(other, "a"), value_in(other, "b")) == (1, (2, {"c"}))
    row = other.rows[digest("a")]
    assert (row.value_digest, row.segment.made.seconds, row.segment.rows) == (digest(1), 1.5, 2)


def test_a_refresh_reads_only_new_segments(backend: LocalBackend) -> None:
    group, other = group_in(backend), group_in(backend)
    group.write(rows_of({"a": 1}), TYPES, MADE)
    other.refresh(None)
    for file in (backend.root / FOLDER).iterdir():
        file.write_bytes(b"unread from now on")
    group.write(rows_of({"b": 2}), TYPES, MADE)
    other.refresh(None)
    assert (value_in(other, "a"), value_in(other, "b")) == (1, 2)
    assert other.layers.counts["corrupt"] == 0


def test_a_write_is_one_file_and_a_stack_for_each_shape(backend: LocalBackend) -> None:
    values = {"a": [GRID, GRID + 1], "b": GRID + 2, "c": GRID.astype("i4"), "d": GRID[:, :30].copy()}
    group_in(backend).write(rows_of({**values, "e": "small"}), TYPES, MADE)
    assert len(backend.names(FOLDER)) == 1
    assert len(backend.names("arrays")) == 2, "the uint8 and the int32 ones; 900 bytes stay inline"
    other = group_in(backend)
    other.refresh(None)
    for name, value in values.items():
        np.testing.assert_array_equal(value_in(other, name), value)


def test_stacks_number_arrays_by_kind_and_then_by_order() -> None:
    stacks = Stacks()
    arrays = [GRID, GRID.astype("i4"), GRID, GRID.T]
    assert [stacks.add(array) for array in arrays] == [(0, 0), (1, 0), (0, 1), (2, 0)]


def test_writing_into_a_served_array_does_not_change_the_next_one(backend: LocalBackend) -> None:
    group = group_in(backend)
    group.write(rows_of({"a": GRID}), TYPES, MADE)
    value_in(group, "a")[...] = 0
    np.testing.assert_array_equal(value_in(group, "a"), GRID)


def test_a_bad_segment_is_noted_and_set_aside(backend: LocalBackend) -> None:
    group_in(backend).write(rows_of({"a": 1}), TYPES, MADE)
    (file,) = (backend.root / FOLDER).iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    group = group_in(backend)
    group.refresh(None)
    assert group.layers.counts["corrupt"] == 1
    assert not group.rows
    assert backend.names(FOLDER) == []
    assert len(backend.names("aside")) == 1


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_a_bad_stack_takes_the_rows_of_its_segment_with_it(backend: LocalBackend, damage: str) -> None:
    group = group_in(backend)
    group.write(rows_of({"a": GRID, "b": "small"}), TYPES, MADE)
    group.write(rows_of({"c": "apart"}), TYPES, MADE)
    (name,) = backend.names("arrays")
    if damage == "missing":
        backend.set_aside(f"arrays/{name}")
    else:
        (backend.root / "arrays" / name / "c.0.0.0").write_bytes(b"")
    assert group.values([digest("a")], TYPES) == {}
    assert group.layers.counts["corrupt"] == 1
    assert list(group.rows) == [digest("c")]
    assert backend.names("arrays") == []
    assert len(backend.names(FOLDER)) == 1


class Unmounted(LocalBackend):
    """A directory whose stacks cannot be read for now."""

    def read(self, name: str) -> bytes | None:
        if name.startswith("arrays/"):
            raise Unreadable(name, "Input/output error")
        return super().read(name)


def test_a_stack_that_cannot_be_read_for_now_stays_where_it_is(backend: LocalBackend) -> None:
    group_in(backend).write(rows_of({"a": GRID}), TYPES, MADE)
    for place in (Unmounted(backend.root), backend):
        group = group_in(place)
        group.refresh(None)
        values = group.values([digest("a")], TYPES)
        assert len(values) == (place is backend)
    assert backend.names("aside") == []


def test_a_value_that_takes_a_member_of_a_stack_twice_is_corrupt(backend: LocalBackend) -> None:
    group = group_in(backend)
    group.write(rows_of({"a": [GRID]}), TYPES, MADE)
    (row,) = group.rows.values()
    reference = encode_value((GRID,), TYPES, Stacks())[1:]
    bomb = Row(row.value_digest, b"\xdc\x03\xe8" + reference * 1000, row.segment)
    with pytest.raises(Corrupt, match="more arrays than its stack has"):
        bomb.value(TYPES, group.layers)


def test_a_layer_below_serves_rows_and_is_not_touched(tmp_path: Path) -> None:
    top, low = LocalBackend(tmp_path / "top"), LocalBackend(tmp_path / "low")
    group_in(low).write(rows_of({"a": GRID}), TYPES, MADE)
    group_in(low).write(rows_of({"b": 1}), TYPES, MADE)
    bad = min(low.names(FOLDER))
    (low.root / FOLDER / bad).write_bytes(b"damaged")
    before = sorted(low.walk())
    group = group_in(top, LocalBackend(low.root, read_only=True))
    group.refresh(None)
    assert group.layers.counts["corrupt"] == len(group.rows) == 1
    group.write(rows_of({"c": GRID + 1}), TYPES, MADE)
    assert sorted(low.walk()) == before
    assert len(top.names(FOLDER)) == len(top.names("arrays")) == 1


def test_rows_of_the_top_layer_come_first(tmp_path: Path) -> None:
    top, low = LocalBackend(tmp_path / "top"), LocalBackend(tmp_path / "low")
    group_in(low).write(rows_of({"a": "low"}), TYPES, MADE)
    group_in(top).write(rows_of({"a": "top"}), TYPES, MADE)
    group = group_in(top, low)
    group.refresh(None)
    assert value_in(group, "a") == "top"


PAYLOADS = [
    b"",
    b"\xc1",
    b"\x01",
    b"\x93\x01\x02\x03",
    b"\x93\x01\x90\x91\x01",
    b"\x93\x01\x90\x91\x93\x90\x01\x02",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_whole_record_with_other_content_is_corrupt(backend: LocalBackend, payload: bytes) -> None:
    with pytest.raises(Corrupt, match="it holds no rows"):
        unpack_rows("name", payload)
    name = f"{FOLDER}/{'00' * 16}.seg"
    backend.put(name, seal(name, payload))
    group = group_in(backend)
    group.refresh(None)
    assert group.layers.counts["corrupt"] == 1
    assert backend.names(FOLDER) == []
