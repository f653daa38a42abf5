"""The encoding's laws: equal values give equal bytes, different ones never do; what has none is refused."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import enum
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import Unencodable
from store.encode import encode

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


def test_dataclass_fields_count_by_name() -> None:
    first = dataclasses.make_dataclass("Made", [("x", int), ("y", int)])
    second = dataclasses.make_dataclass("Made", [("y", int), ("x", int)])
    assert encode(first(1, 1)) != encode(second(1, 1))


def test_fields_that_equality_leaves_out_do_not_count() -> None:
    assert encode(Timed(1, 0.5)) == encode(Timed(1, 9.0))
    assert encode(Timed(1)) != encode(Timed(2))


def test_memo_says_what_identifies_an_object() -> None:
    assert encode(Named("a", 1)) == encode(Named("a", 2))
    assert len({encode(value) for value in (Named("a", 1), Named("b", 1), "a")}) == 3


def test_one_object_in_several_places_counts_as_its_copies_do() -> None:
    one, other = [1, ["a"]], [2, []]
    again = [one, 3, one, one, other, None, other, one]
    assert encode(again) == encode([copy.deepcopy(each) for each in again])


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
