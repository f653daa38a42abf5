"""Digests of values and of files: the same in every process, for ever, and in little memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from store import Unencodable
from store.encode import DIGEST_SIZE, digest, digest_of_file, encode, hash_bytes

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "value",
    [
        [1, "x"],
        np.arange(6, dtype=">i4").reshape(2, 3),
        np.arange(6, dtype=np.uint8).reshape(2, 3).T,
        np.zeros((2, 0), np.float32),
        np.array(True),
        np.array(["ab", "c"]),
        np.array(["2026-01-01"], "M8[D]"),
    ],
    ids=repr,
)
def test_a_digest_is_the_hash_of_the_bytes(value: object) -> None:
    assert digest(value) == hash_bytes(encode(value))
    assert len(digest(value)) == DIGEST_SIZE


GOLDEN = [
    (None, "e773506b79c6813310428aaa4f684b72"),  # the empty value
    ([1, True, 1.0, "1", b"1"], "9e564c4df9dc71ac6f14bab09d260bd5"),  # each plain type has a tag of its own
    (
        {"b": {3, 1}, "a": (frozenset(), -0.0)},
        "029ae5814e152a52516be5495d110337",
    ),  # dicts and sets are sorted by their bytes
    (
        np.arange(6, dtype=np.uint8).reshape(2, 3),
        "9bc8f17a8194d7182e3bd269e60058f7",
    ),  # a grid: dtype, shape, content
    (2**64, "97732981fc7dac679dc77928bce1377a"),  # ints have no limit
    (np.float32(1.5), "d9a49ef30d7b39898dc1eb23a4255b82"),  # a scalar is not its Python value
    (float("nan"), "1f6f8c73f03795944665dd5fc29b35f9"),  # there is one nan
]


@pytest.mark.parametrize(("value", "expected"), GOLDEN, ids=lambda item: str(item)[:20])
def test_golden_digests_hold(value: object, expected: str) -> None:
    """A digest that moves makes every store there is miss: only a deliberate change may do that."""
    assert digest(value).hex() == expected


STABLE = """
import enum, dataclasses, datetime
from store.encode import digest
import numpy as np
class E(enum.Enum):
    A = "a"
@dataclasses.dataclass(frozen=True)
class D:
    names: frozenset
words = [f"word{i}" for i in range(40)]
value = {
    "set": set(words), "frozen": frozenset((w, i) for i, w in enumerate(words)),
    "nested": frozenset([frozenset(words[:9]), frozenset(words[9:])]), "dict": dict.fromkeys(words),
    "dataclass": D(frozenset(words)), "enums": {E.A, "a"}, "array": np.array([set(words)], object),
    "dates": {datetime.date(2024, 1, day) for day in range(1, 20)},
}
print(list(set(words))[:3], digest(value).hex())
"""


def test_digests_are_the_same_under_every_hash_seed() -> None:
    said = [
        subprocess.run(
            [sys.executable, "-c", STABLE],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
        ).stdout.strip().rsplit(" ", 1)
        for seed in ("1", "2")
    ]  # fmt: skip
    assert said[0][0] != said[1][0], "the seeds changed no order, so that the test says nothing"
    assert said[0][1] == said[1][1]


def test_a_path_counts_by_the_content_of_its_file(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"content")
    two.write_bytes(b"content")
    assert encode(one) == encode(two)
    assert digest_of_file(one) == hash_bytes(b"content")
    two.write_bytes(b"other")
    assert encode(one) != encode(two)


def test_a_large_file_is_digested_piece_by_piece(tmp_path: Path) -> None:
    file, content = tmp_path / "large", bytes(range(256)) * (1 << 15)
    file.write_bytes(content)
    tracemalloc.start()
    try:
        found = digest_of_file(file)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == hash_bytes(content)
    assert most < len(content) // 8


def test_a_path_to_nothing_is_refused_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(Unencodable, match=r"absent \(No such file or directory\) at value\['file'\]"):
        encode({"file": tmp_path / "absent"})
    with pytest.raises(Unencodable, match="Is a directory"):
        encode(tmp_path)
