"""What the golden store holds, by name: every type of value that a result may have."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np


class Colour(enum.Enum):
    RED = 1
    BLUE = "two"


@dataclass(frozen=True)
class Cell:
    row: int
    colour: Colour


class Pair(NamedTuple):
    first: Cell
    second: object


CLASSES = (Colour, Cell, Pair)
EAST = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
RECORD = np.dtype([("id", "<i4"), ("name", "<U3"), ("at", "<f8", (2,))], align=True)

ENTRIES: dict[str, Any] = {
    "none": None,
    "bools": (True, False),
    "ints": (0, -1, 127, 128, -(2**63), 2**64 - 1, 2**64, -(2**63) - 1, 10**40, -(10**40)),
    "floats": (0.0, -0.0, 1.5, float("inf"), float("-inf"), float("nan"), 5e-324),
    "complex": (1 + 2j, complex(-0.0, float("nan"))),
    "text": ("", "grün", "\ud800", "\0", "line\n"),
    "bytes": (b"", b"\0\xff"),
    "sequences": ([1, [2, (3,)]], (1, (2, [3])), [], ()),
    "mapping": {"a": 1, 1: "int", 2.5: "float", (1, 2): [3], frozenset({1}): {}, None: {"deep": {}}},
    "order of keys": {"z": 1, "a": 2, "m": 3},
    "sets": ({1, "1", 1.5, (2,)}, frozenset({frozenset({1}), frozenset()}), set()),
    "classes": {Cell(1, Colour.RED): Pair(Cell(2, Colour.BLUE), [Colour.RED])},
    "moments": (
        datetime.datetime(2024, 2, 29, 12, 30, 1, 5),
        datetime.datetime(2024, 2, 29, 12, 30, tzinfo=EAST),
        datetime.datetime(2024, 10, 27, 2, 30, fold=1),
        datetime.datetime(1, 1, 1, tzinfo=datetime.UTC),
    ),
    "dates": (datetime.date(2024, 2, 29), datetime.time(23, 59, 59, 7), datetime.time(1, 2, tzinfo=EAST)),
    "durations": (datetime.timedelta(days=-1, microseconds=1), datetime.timedelta()),
    "scalars": (np.uint8(7), np.float32(0.1), np.bool_(True), np.str_("a\0"), np.bytes_(b"a\0"),
                np.datetime64("2024-02-29T12:00", "s"), np.complex64(1 - 2j)),
    "small arrays": [
        np.arange(6, dtype=np.uint8).reshape(2, 3), np.array(3.5), np.zeros((0, 4), np.int64),
        np.array([True, False]), np.array(["grid", "I"]), np.array([b"x", b"yz"]), np.arange(3, dtype=">i4"),
        np.array(["2024-02-29", "NaT"], "datetime64[D]"), np.arange(3, dtype=np.float16),
    ],
    "records": np.array([(1, "one", (0.5, -0.0)), (2, "two", (1.5, 2.5))], RECORD),
    "stacked arrays": {
        "grids": [np.arange(1600, dtype=np.uint8).reshape(40, 40), np.full((40, 40), 255, np.uint8)],
        "floats": np.linspace(-1, 1, 200),
        "zeros": np.full(200, -0.0),
    },
    "long": "this is compressed, because it is long " * 20,
}  # fmt: skip
ROWS: dict[str, Any] = {
    "row 0": (0, "small"),
    "row 1": np.full((33, 33), 1, np.uint8),
    "row 2": [np.full((33, 33), 2, np.uint8), np.arange(300, dtype=np.int16)],
    "row 3": Cell(3, Colour.BLUE),
}
VERSIONS: dict[str, Any] = {"the file was there": "then", "there is no such file": "now"}
