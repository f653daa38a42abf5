"""Parsed source files in a store: one record each, and trains of those that are asked for in a row."""

from __future__ import annotations

import errno
from pathlib import Path

import msgpack
import pytest

from store.backend.local import LocalBackend
from store.layers import Layers
from store.ledger import Ledger
from store.record import seal
from store.sources import SourceRecords

KEYS = [f"{number:032x}" for number in range(40)]


class Counting(LocalBackend):
    reads = 0

    def read(self, name: str) -> bytes | None:
        self.reads += 1
        return super().read(name)


class Full(LocalBackend):
    def put(self, name: str, data: bytes) -> bool:
        raise OSError(errno.ENOSPC, "no space left")


def layers_on(root: Path, kind: type[LocalBackend] = LocalBackend) -> Layers:
    backend = kind(root)
    return Layers([backend], Ledger(backend))


def fill(root: Path, keys: list[str]) -> None:
    records = SourceRecords(layers_on(root))
    for key in keys:
        records.put(key, key.encode())


def read_all(layers: Layers, keys: list[str]) -> list[bytes | None]:
    records = SourceRecords(layers)
    return [records.get(key) for key in keys]


def names_in(root: Path) -> set[Path]:
    return {file for file in root.rglob("*") if file.is_file()}


def test_who_asks_in_the_same_order_again_reads_few_records(tmp_path: Path) -> None:
    fill(tmp_path, KEYS)
    backend = Counting(tmp_path)
    assert read_all(Layers([backend], Ledger(backend)), KEYS) == [key.encode() for key in KEYS]
    assert backend.reads == 5


def test_any_order_gives_the_same_and_makes_trains_of_its_own(tmp_path: Path) -> None:
    fill(tmp_path, KEYS[:7])
    before = names_in(tmp_path)
    fill(tmp_path, KEYS[7:13])
    assert read_all(layers_on(tmp_path), KEYS[12::-1]) == [key.encode() for key in KEYS[12::-1]]
    assert len(names_in(tmp_path) - before) == 6 + 1


@pytest.mark.parametrize("body", [b"", b"x", *map(msgpack.packb, (5, [1], {"a": 5}, {KEYS[0]: 5}))])
def test_a_train_that_is_none_is_passed_by(tmp_path: Path, body: bytes) -> None:
    fill(tmp_path, KEYS[:7])
    before = names_in(tmp_path)
    fill(tmp_path, KEYS[:8])
    for file in names_in(tmp_path) - before:
        if KEYS[7] not in file.name:
            file.write_bytes(seal(str(file.relative_to(tmp_path)), body))
    assert read_all(layers_on(tmp_path), KEYS[:8]) == [key.encode() for key in KEYS[:8]]


def test_where_nothing_can_be_written_reading_is_no_failed_write(tmp_path: Path) -> None:
    for start in range(0, 40, 5):
        fill(tmp_path, KEYS[start : start + 5])
    layers = layers_on(tmp_path, Full)
    assert read_all(layers, KEYS) == [key.encode() for key in KEYS]
    assert layers.write_error is None
