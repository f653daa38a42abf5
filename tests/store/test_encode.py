"""The encoding's laws: equal values give equal bytes, different ones never do, anywhere."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import enum
import os
import subprocess
import sys
import tracemalloc
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from store import Unencodable
from store.encode import DIGEST_SIZE, digest, digest_of_file, encode, hash_bytes

ROOT = Path(__file__).parents[2]

ATOMS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.text(max_size=4)
    | st.binary(max_size=4)
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.timedeltas()
    | st.fractions()
)
HASHABLE = st.recursive(
    ATOMS,
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.frozensets(inner, max_size=3),
    max_leaves=6,
)
VALUES = st.recursive(
    HASHABLE | st.binary(max_size=3).map(bytearray),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(HASHABLE, inner, max_size=3)
        | st.sets(HASHABLE, max_size=3)
    ),
    max_leaves=8,
)


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Shade(enum.Enum):
    RED = 1


class Side(enum.Flag):
    TOP = 1
    LEFT = 2


class Pair(NamedTuple):
    a: int
    b: int


@dataclass(frozen=True)
class Point:
    x: int
    y: int


@dataclass(frozen=True)
class Spot:
    x: int
    y: int


@dataclass
class Timed:
    x: int
    seconds: float = field(default=0.0, compare=False)


class Named:
    def __init__(self, name: str, scratch: int) -> None:
        self.name = name
        self.scratch = scratch

    def __memo__(self) -> str:
        return self.name


def same(a: object, b: object) -> bool:
    """Whether two values are the same to the last type and bit: the relation that bytes must show."""
    if type(a) is not type(b):
        return False
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, set | frozenset) and isinstance(b, set | frozenset):
        return same_unordered(list(a), list(b))
    if isinstance(a, dict) and isinstance(b, dict):
        return same_unordered(list(a.items()), list(b.items()))
    if isinstance(a, float) and isinstance(b, float):
        return repr(a) == repr(b)
    if isinstance(a, complex) and isinstance(b, complex):
        return same(a.real, b.real) and same(a.imag, b.imag)
    return a == b and getattr(a, "fold", 0) == getattr(b, "fold", 0)


def same_unordered(a: list[Any], b: list[Any]) -> bool:
    left = list(b)
    for item in a:
        match = next((i for i, other in enumerate(left) if same(item, other)), None)
        if match is None:
            return False
        del left[match]
    return not left


def rebuilt(value: Any) -> Any:
    """An equal value made of new objects, with dicts and sets filled in the opposite order."""
    if type(value) in (list, tuple):
        return type(value)(rebuilt(item) for item in value)
    if type(value) is dict:
        return {rebuilt(key): rebuilt(item) for key, item in reversed(value.items())}
    if type(value) in (set, frozenset):
        return type(value)(rebuilt(item) for item in reversed(list(value)))
    return value


@given(VALUES)
def test_equal_values_give_equal_bytes_whatever_their_order(value: Any) -> None:
    assert encode(rebuilt(value)) == encode(value)


@given(VALUES, VALUES)
def test_bytes_are_equal_exactly_when_values_are_the_same(a: Any, b: Any) -> None:
    assert (encode(a) == encode(b)) == same(a, b)


@given(st.lists(ATOMS, max_size=3), st.lists(ATOMS, max_size=3), st.integers(0, 3))
def test_moving_a_bracket_changes_the_bytes(a: list[Any], b: list[Any], cut: int) -> None:
    joined = a + b
    assert encode([a, b]) != encode([joined])
    assert encode([*a, b]) != encode([a, *b]) or same([*a, b], [a, *b])
    assert encode([joined[:cut], joined[cut:]]) != encode(joined)


@given(hnp.arrays(hnp.scalar_dtypes(), hnp.array_shapes(min_dims=1, max_dims=3, max_side=4)))
def test_an_array_counts_by_content_not_by_layout(array: np.ndarray[Any, Any]) -> None:
    expected = encode(array)
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    read_only = array.copy()
    read_only.setflags(write=False)
    swapped = array.astype(array.dtype.newbyteorder(">"))
    for other in (np.asfortranarray(array), wide[..., ::2], array[::-1].copy()[::-1], read_only, swapped):
        assert encode(other) == expected


@given(hnp.arrays(np.uint8, hnp.array_shapes(max_dims=2, max_side=3), elements=st.integers(0, 3)))
def test_an_array_differs_by_dtype_and_shape_and_from_its_list(array: np.ndarray[Any, Any]) -> None:
    others = [array.astype(np.int8), array.astype(bool), array[None], array.tolist(), array.tobytes()]
    assert len({encode(value) for value in [array, *others]}) == 6


DIFFERENT = [
    [1, True, 1.0, 1 + 0j, "1", b"1", bytearray(b"1"), Fraction(1), Decimal(1), np.int64(1), np.float64(1)],
    [0, False, 0.0, -0.0, None, "", b"", (), [], {}, set(), frozenset(), np.array(0), range(0), ...],
    [[[1], 2], [[1, 2]], [1, [2]], [1, 2], [(1,), 2], [[], 1, 2], [[1, 2], []]],
    [{1: 2}, {2: 1}, [(1, 2)], {1, 2}, ((1, 2),), {(1, 2)}, {1: {2: None}}],
    [float("nan"), float("inf"), -float("inf"), complex("nan"), "nan", None, np.float64("nan")],
    [Colour.RED, Colour.BLUE, Shade.RED, 1, "RED", Side.TOP],
    [Side(0), Side.TOP, Side.LEFT, Side.TOP | Side.LEFT],
    [Point(1, 2), Point(2, 1), Spot(1, 2), Pair(1, 2), (1, 2), {"x": 1, "y": 2}],
    [np.zeros(2, "i4"), np.zeros((2, 1), "i4"), np.zeros((1, 2), "i4"), np.zeros(1, "i8"), np.zeros(2, "u4")],
    [np.array(5), np.array([5]), np.int64(5), 5],
    [np.array([]), np.zeros((0, 3)), np.zeros((3, 0)), np.zeros((0, 2))],
    [np.array([0.0]), np.array([-0.0]), np.array([np.nan])],
    [np.array(["ab", "c"]), np.array(["a", "bc"]), np.array([b"ab", b"c"]), np.array(["ab", "c"], object),
     np.array(["ab", "c"], np.dtypes.StringDType())],
    [np.array([[1], 2], object), np.array([1, [2]], object), np.array([[1, 2]], object)],
    [np.str_(""), np.str_("\0"), np.bytes_(b""), np.bytes_(b"\0"), "", b""],
    [np.zeros(1, [("a", "i4")]), np.zeros(1, [("b", "i4")]), np.zeros(1, [("a", "u4")]), np.zeros(1, "i4")],
    [np.dtype("i4"), np.dtype("i8"), np.dtype([("a", "i4")]), "<i4"],
    [np.datetime64(0, "s"), np.datetime64(0, "ms"), np.timedelta64(0, "s")],
    [range(3), range(0, 3, 2), [0, 1, 2], slice(3), slice(0, 3), slice(0, 3, 2)],
    [datetime.date(2024, 1, 2), datetime.datetime(2024, 1, 2), "2024-01-02"],
    [datetime.datetime(2024, 10, 27, 2, fold=0), datetime.datetime(2024, 10, 27, 2, fold=1),
     datetime.datetime(2024, 10, 27, 2, tzinfo=datetime.UTC),
     datetime.datetime(2024, 10, 27, 2, tzinfo=ZoneInfo("Europe/Berlin")),
     datetime.datetime(2024, 10, 27, 2, tzinfo=ZoneInfo("Europe/Paris"))],
    [datetime.time(1), datetime.time(1, fold=1), datetime.time(1, tzinfo=datetime.UTC),
     datetime.time(1, tzinfo=ZoneInfo("Europe/Berlin"))],
    [datetime.timedelta(1), datetime.timedelta(seconds=1), datetime.timedelta(microseconds=1)],
    [PurePosixPath("a"), PureWindowsPath("a"), PurePosixPath("b"), "a"],
    [2**64, -(2**64), 2**64 + 1, 255, -1, 128, -128, 0],
    ["\ud800", "\udfff", "?", "\\ud800"],
]  # fmt: skip


@pytest.mark.parametrize("values", DIFFERENT, ids=lambda values: str(values[0])[:20])
def test_values_that_look_alike_differ(values: list[Any]) -> None:
    encoded = [encode(value) for value in values]
    assert len(set(encoded)) == len(values)
    assert len({encode([value]) for value in values}) == len(values)


def test_nan_equals_nan_whatever_its_bits() -> None:
    odd = np.frombuffer(b"\1\0\0\0\0\0\xf8\xff", "<f8").item()
    assert odd != odd
    assert encode(odd) == encode(float("nan"))


def test_padding_of_a_structured_array_does_not_count() -> None:
    dtype = np.dtype([("a", "u1"), ("b", "<i4")], align=True)
    clean, dirty = np.zeros(2, dtype), np.frombuffer(b"\0\7\7\7\0\0\0\0" * 2, dtype)
    assert clean.tobytes() != dirty.tobytes()
    assert encode(clean) == encode(dirty)
    assert encode(clean) != encode(np.ones(2, dtype))


def test_fields_of_a_structured_array_may_overlap_or_hold_objects() -> None:
    overlapping = np.dtype({"names": ["a", "b"], "formats": ["<i4", "<i2"], "offsets": [0, 0]})
    assert encode(np.zeros(1, overlapping)) != encode(np.ones(1, overlapping))
    holding = np.array([(1, [2])], [("a", "i4"), ("b", object)])
    assert encode(holding) == encode(holding.copy())
    assert encode(holding) != encode(np.array([(1, [3])], holding.dtype))


def test_fields_that_equality_leaves_out_do_not_count() -> None:
    assert encode(Timed(1, 0.5)) == encode(Timed(1, 9.0))
    assert encode(Timed(1)) != encode(Timed(2))


def test_memo_says_what_identifies_an_object() -> None:
    assert encode(Named("a", 1)) == encode(Named("a", 2))
    assert len({encode(value) for value in (Named("a", 1), Named("b", 1), "a")}) == 3


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


class Opaque:
    pass


class Words(dict[str, str]):
    pass


REFUSED = [
    (Opaque(), f"{Opaque.__module__}.Opaque", "value"),
    ([1, (2, Opaque())], f"{Opaque.__module__}.Opaque", "value[1][1]"),
    ({"a": {"b": [Opaque()]}}, f"{Opaque.__module__}.Opaque", "value['a']['b'][0]"),
    (Timed(Opaque()), f"{Opaque.__module__}.Opaque", "value['x']"),  # type: ignore[arg-type]  # on purpose
    (np.array([1, Opaque()]), f"{Opaque.__module__}.Opaque", "value[1]"),
    (Words(), f"{Opaque.__module__}.Words", "value"),
    (np.ma.masked_array([1]), "numpy.ma.MaskedArray", "value"),
    (len, "builtins.builtin_function_or_method", "value"),
    (iter([]), "builtins.list_iterator", "value"),
]


@pytest.mark.parametrize(("value", "type_name", "where"), REFUSED, ids=lambda item: str(item)[:24])
def test_a_refusal_names_type_and_place(value: object, type_name: str, where: str) -> None:
    with pytest.raises(Unencodable) as caught:
        encode(value)
    assert (caught.value.type_name.replace("core.", ""), caught.value.where) == (type_name, where)


def test_a_value_inside_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    knot: dict[str, Any] = {}
    knot["self"] = [knot]
    for value in (loop, knot):
        with pytest.raises(Unencodable, match="inside itself"):
            encode(value)


def test_callables_count_where_code_can_be_asked_for() -> None:
    def code(value: object) -> bytes:
        return getattr(value, "__name__", "?").encode()

    assert encode([len], code) != encode([max], code)
    assert encode([len], code) != encode(["len"], code)
    with pytest.raises(Unencodable):
        encode([Opaque()], code)


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


def test_one_object_in_several_places_counts_as_its_copies_do() -> None:
    one, other = [1, ["a"]], [2, []]
    again = [one, 3, one, one, other, None, other, one]
    assert encode(again) == encode([copy.deepcopy(each) for each in again])


def test_dataclass_fields_count_by_name() -> None:
    first = dataclasses.make_dataclass("Made", [("x", int), ("y", int)])
    second = dataclasses.make_dataclass("Made", [("y", int), ("x", int)])
    assert encode(first(1, 1)) != encode(second(1, 1))
