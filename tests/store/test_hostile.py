"""A store that somebody else wrote: checksums are right, and what they cover is hostile.

Whatever it holds, a call gives the right value, memory is bounded, and no code runs. Wrong values
are not refused: who can write to a store can write any value that the function could have given.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from forge import ANSWER, Forger, double, extension, nested, pack
from store_readers import READERS, read_any

from store import Store
from store.codec import encode_value
from store.types import Types

ROOT = Path(__file__).parents[2]
CORPUS = sorted((Path(__file__).parent / "hostile").iterdir())


@pytest.fixture
def forger(tmp_path: Path) -> Forger:
    return Forger(tmp_path / "store")


def test_the_forger_of_these_tests_can_forge(forger: Forger) -> None:
    forger.write(forger.value(encode_value("forged", Types())))
    assert Store(forger.root).call(double, 1) == "forged"


DEEP_DTYPE: Any = "<i4"
for _ in range(200):
    DEEP_DTYPE = [DEEP_DTYPE, [1]]

VALUES: dict[str, bytes] = {
    "extension of no kind": extension(77, 1),
    "lists too deep": nested(1, 101),
    "lists far too deep": nested(1, 5000),
    "dicts too deep": nested(17, 5000),
    "sets too deep": nested(3, 5000),
    "arrays too deep": b"\x91" * 5000 + b"\x01",
    "longer than it is": b"\xdd\xff\xff\xff\xff",
    "a text longer than it is": b"\xdb\xff\xff\xff\xff",
    "map longer than it is": b"\xdf\xff\xff\xff\xff",
    "extension longer than it is": b"\xc9\xff\xff\xff\xff\x01",
    "array of a number of bytes": extension(5, ["|u1", [10**10], 10**10]),
    "array of a list of bytes": extension(5, ["|u1", [3], [1, 2, 3]]),
    "array of objects": extension(5, ["|O", [1], bytes(8)]),
    "array of nothing": extension(5, ["", [], b""]),
    "dtype of many": extension(5, ["(100000,100000)i4", [0], b""]),
    "dtype of code": extension(5, ["1*i4", [0], b""]),
    "dtype too deep": extension(5, [DEEP_DTYPE, [0], b""]),
    "negative shape": extension(5, ["|u1", [-2, -2], bytes(4)]),
    "huge shape": extension(5, ["|u1", [2**62, 4], bytes(4)]),
    "scalar too short": extension(6, ["<i8", [], bytes(4)]),
    "zeros by number": extension(16, 10**10),
    "date": extension(13, "2020-13-01"),
    "moment": extension(12, [1, 2]),
    "span": extension(15, [10**18, 0, 0]),
    "complex": extension(11, [[], 1]),
    "unhashable": extension(2, [extension(1, [])]),
    "stack of none": extension(7, [0, 0]),
    "stack by list": extension(7, [0, [0] * 10**5]),
    "stack by text": extension(7, ["0", 0]),
    "half a dict": extension(17, [1, 2, 3]),
    "set of a number": extension(2, 5),
    "two values": pack(1) + pack(2),
    "no value": b"",
}


@pytest.mark.parametrize("data", VALUES.values(), ids=VALUES.keys())
def test_a_value_that_is_none_is_computed_again(forger: Forger, data: bytes) -> None:
    forger.write(forger.value(data))
    assert_healed(forger)


FIELDS: dict[str, tuple[int, object]] = {
    "function": (0, 5),
    "code": (1, 0.5),
    "seconds": (2, "1"),
    "no seconds": (2, None),
    "reads": (3, 5),
    "a read of five": (3, [["file", "", "a", b"", 1]]),
    "kind": (3, [["socket", "", "a", b""]]),
    "kind of list": (3, [[["file"], "", "a", b""]]),
    "root of list": (3, [["file", ["a"], "a", b""]]),
    "name of bytes": (3, [["file", "", b"a", b""]]),
    "digest of text": (3, [["file", "", "a", ""]]),
    "stacks": (4, 5),
    "stack of number": (4, [1]),
    "stack above": (4, ["../../outside"]),
    "stack at root": (4, ["/etc"]),
    "keys of text": (5, "k" * 16),
    "keys of list": (5, [0] * 16),
    "keys too short": (5, b"k"),
    "other key": (5, b"k" * 16),
    "digests of text": (6, "d" * 16),
    "digests of list": (6, [0] * 16),
    "values": (7, 5),
    "no values": (7, []),
    "value of text": (7, ["text"]),
    "value of number": (7, [10**10]),
    "values of map": (7, {"a": ANSWER}),
}


@pytest.mark.parametrize(("index", "value"), FIELDS.values(), ids=FIELDS.keys())
def test_a_field_of_another_type_is_corrupt(forger: Forger, index: int, value: object) -> None:
    forger.write(forger.field(index, value))
    assert_healed(forger)


def assert_healed(forger: Forger) -> None:
    """One use finds it bad and is right, the next one finds it mended."""
    first = Store(forger.root)
    first.lookup(double, 1)
    assert first.call(double, 1) == 2
    assert first.stats()["corrupt"] >= 1
    again = Store(forger.root)
    assert again.call(double, 1) == 2
    assert (again.stats()["hits"], again.stats()["corrupt"]) == (1, 0)


def test_no_class_is_looked_up_by_a_name_in_bytes(forger: Forger) -> None:
    loaded = set(sys.modules)
    for code in (8, 9, 10):
        for name in ("os:system", "turtledemo:Popen", "builtins:eval", f"{__name__}:Forger", "", 5, None):
            forger.write(forger.value(extension(code, [name, ["true"]])))
            store = Store(forger.root)
            assert store.call(double, 1) == 2
            assert store.stats()["corrupt"] >= 1
    assert {name for name in set(sys.modules) - loaded if "turtle" in name} == set()


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.name)
def test_what_fuzzing_found_is_refused(file: Path) -> None:
    read_any(file.read_bytes())


def test_every_reader_reads_what_was_really_written() -> None:
    script = "from store_readers import seeds\nfor reader, data in seeds(): print(reader.__name__)"
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests' / 'fuzz'}"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    assert set(done.stdout.split()) == {reader.__name__ for reader in READERS}
