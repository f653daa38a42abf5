"""Hostile texts in a store: ledgers, which are JSON, and lists of what source files define, in msgpack."""

from __future__ import annotations

from pathlib import Path

import msgpack
import pytest

from store import Store
from store.encode import hash_bytes
from store.record import seal

LEDGERS = [
    b"[" * 100_000,
    b"\xff\xfe",
    b"[]",
    b"5",
    b'{"event":"call"}',
    b'{"event":1' + b"0" * 10_000 + b"}",
    b'{"event":"code","parts":{},"functions":[]}',
    b'{"event":"code","parts":[[5,5,5,5]],"functions":{"NAME":["a",[0]]}}',
    b'{"event":"code","parts":[["a","b","c","d"]],"functions":{"NAME":["\\ud800",[0]]}}',
    b'{"event":"code","parts":[["a","b","c","d"]],"functions":{"NAME":["x",[1e400]]}}',
    b'{"event":"code","parts":[["a",[],{},"d"]],"functions":{"NAME":[{},[0]]}}',
]
SOURCES = [
    b"",
    b"x",
    b"\x91" * 100_000,
    b"\xdd\xff\xff\xff\xff",
    b"\xd7\xff" + b"\xff" * 8,
    *map(
        msgpack.packb,
        (
            {},
            5,
            [1, 2, 3],
            [[], [], {}, {}],
            [[], [], {}, {}, {}, [], [], [], "", ""],
            [5, 5, {}, {}, {}, [], [], [], ""],
            [5, b"", b"", "", b"", [], ""],
            ["\n1 double\n", b"", b"", "\n", b"", [], ""],
            [["1 double"], [], {}, {}, {}, [], [], [], ""],
            [[{}], [b""], {}, {}, {}, [], [], [], ""],
            [[], [], {5: []}, {}, {}, [], [], [], ""],
        ),
    ),
]


def double(x: int) -> int:
    return 2 * x


@pytest.mark.parametrize("line", LEDGERS)
def test_a_hostile_ledger_explains_nothing_and_is_no_error(tmp_path: Path, line: bytes) -> None:
    root = tmp_path / "store"
    Store(root).call(double, 1)
    for file in (root / "runs").iterdir():
        file.write_bytes(line.replace(b"NAME", f"{__name__}:double".encode()) + b"\n")
    assert not Store(root).lookup(double, 7).hit
    assert Store(root).call(double, 7) == 14


@pytest.mark.parametrize("body", SOURCES)
def test_a_hostile_list_of_definitions_is_made_again(tmp_path: Path, body: bytes) -> None:
    root = tmp_path / "store"
    Store(root).call(double, 1)
    for file in (root / "entries" / "source").rglob("*/*"):
        name = str(file.relative_to(root))
        file.write_bytes(seal(name, hash_bytes(body) + body))
    assert Store(root).call(double, 1) == 2
    assert Store(root).call(double, 2) == 4
