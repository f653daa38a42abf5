"""Values come back exactly as they went in, types included; what would not is refused by name."""

from __future__ import annotations

import dataclasses
import datetime
import enum
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgpack
import numpy as np
import pytest
from codec_values import HASHABLE, TYPES, VALUES, Box, Colour, Frozen, Level, Nothing, Pair, Side, Tag
from hypothesis import given
from hypothesis import strategies as st

from store import Corrupt, Unencodable
from store.codec import HOIST_BYTES, decode, encode_value
from store.encode import encode
from store.types import Types


def round_trip(value: object) -> Any:
    return decode(encode_value(value, TYPES), TYPES)


def assert_same(a: Any, b: Any) -> None:
    """Both are the same to the last type and bit, dicts in the same order."""
    assert type(a) is type(b)
    if isinstance(a, np.ndarray):
        assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    elif isinstance(a, list | tuple):
        assert len(a) == len(b)
        for left, right in zip(a, b, strict=True):
            assert_same(left, right)
    elif isinstance(a, dict):
        assert_same(list(a.items()), list(b.items()))
    elif isinstance(a, Box | Frozen):
        for field in dataclasses.fields(a):
            assert_same(getattr(a, field.name), getattr(b, field.name))
    elif isinstance(a, enum.Enum):
        assert a is b
    else:
        # The encoding tells types and bits apart at any depth, which `==` in sets does not.
        assert encode(a) == encode(b)


@given(VALUES)
def test_every_supported_value_comes_back_exactly(value: Any) -> None:
    assert_same(round_trip(value), value)


EXACT = [
    True, False, 0, 1, -1, 2**63, 2**64, -(2**64), 0.0, -0.0, float("nan"), float("-inf"), "", "\ud800", b"",
    (), (1,), ((), ((),)), [[], [()]], {}, {1: "a", "1": "b", (1, 2): 3, None: 4, 2**70: 5, b"1": 6, 1.5: 7},
    {True: "bool"}, {1: "int"}, {1.0: "float"}, set(), frozenset(), {frozenset({1, frozenset()})},
    frozenset({(1, frozenset({"a"}))}), Colour.RED, Colour.CRIMSON, Level.LOW, [Level.LOW, 1], Pair(1, [2]),
    Box(Frozen(1, Pair(1, 2))), Frozen(1, 2), np.float64(1.5), np.bool_(True), np.str_("é"), np.bytes_(b"b"),
    np.str_("a\0"), np.str_("\0"), np.bytes_(b"a\0"), np.str_(""), np.datetime64("2024-01-02", "D"),
    np.longdouble("1.1"), datetime.datetime(2024, 1, 2, 3, 4, 5, 6, datetime.UTC, fold=1),
    datetime.time(1, fold=1),
    datetime.datetime(1, 1, 1), datetime.timedelta(-1, 1, 1), datetime.date(9999, 12, 31),
]  # fmt: skip


@pytest.mark.parametrize("value", EXACT, ids=[f"{type(v).__name__}{i}" for i, v in enumerate(EXACT)])
def test_edges_come_back_exactly(value: Any) -> None:
    assert_same(round_trip(value), value)
    assert_same(round_trip([{"k": (value,)}]), [{"k": (value,)}])


@given(st.sets(HASHABLE, max_size=5))
def test_equal_sets_give_equal_bytes(value: set[Any]) -> None:
    other = set[Any]()
    for item in reversed(list(value)):
        other.add(item)
    assert encode_value(other, TYPES) == encode_value(value, TYPES)


def test_instances_without_fields_stay_apart_where_they_can_be_changed() -> None:
    value = round_trip((Nothing(), [Nothing()], Tag(), [Tag()]))
    assert value == (Nothing(), [Nothing()], Tag(), [Tag()])
    assert value[2] is not value[3][0]


class Shelf:
    """A sink and source that keeps arrays in a list."""

    def __init__(self) -> None:
        self.arrays: list[np.ndarray[Any, Any]] = []

    def add(self, array: np.ndarray[Any, Any]) -> tuple[int, int]:
        self.arrays.append(array)
        return 0, len(self.arrays) - 1

    def get(self, stack: int, index: int) -> np.ndarray[Any, Any]:
        return self.arrays[index]


def test_big_plain_arrays_go_to_the_sink_and_come_back() -> None:
    shelf = Shelf()
    big, small = np.zeros(HOIST_BYTES, np.uint8), np.zeros(HOIST_BYTES - 1, np.uint8)
    data = encode_value({"big": [big], "small": small}, TYPES, shelf)
    assert [array.nbytes for array in shelf.arrays] == [HOIST_BYTES]
    assert_same(decode(data, TYPES, shelf), {"big": [big], "small": small})
    with pytest.raises(Corrupt, match="does not have"):
        decode(data, TYPES)


@pytest.mark.parametrize(
    "dtype", [">i4", "M8[ns]", "U30", "S40", "V16", np.longdouble, [("a", "f8")]], ids=str
)
def test_arrays_that_zarr_would_change_stay_inline(dtype: Any) -> None:
    shelf = Shelf()
    array = np.zeros(HOIST_BYTES, dtype)
    assert_same(decode(encode_value(array, TYPES, shelf), TYPES, shelf), array)
    assert not shelf.arrays


class Opaque:
    pass


class Text(str):
    __slots__ = ()


class Unknown(NamedTuple):
    a: int


REFUSED = [
    (Opaque(), "test_codec.Opaque"), (len, "builtin_function_or_method"), (Box, "builtins.type"),
    (bytearray(b"x"), "bytearray"), (memoryview(b"x"), "memoryview"), (Text("x"), "test_codec.Text"),
    (OrderedDict(), "collections.OrderedDict"), (defaultdict(int), "defaultdict"), (range(3), "range"),
    (msgpack.ExtType(1, b"\x90"), "ExtType"), (msgpack.Timestamp(1), "Timestamp"), (Path("x"), "Path"),
    (np.array([1, "a"], object), "numpy array of objects"), (np.ma.masked_array([1]), "MaskedArray"),
    (np.array(["a"], np.dtypes.StringDType()), "numpy array of objects"),
    (np.zeros(1, [(("title", "name"), "i4")]), "numpy array of"),
    (Unknown(1), "test_codec:Unknown"), (Side.TOP | Side.LEFT, "no member"), (Side(0), "no member"),
    (datetime.datetime(2024, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")), "datetime in Europe/Berlin"),
    (datetime.time(1, tzinfo=ZoneInfo("Europe/Berlin")), "time in Europe/Berlin"),
    (datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=1), "CET")), "CET"),
    (datetime.time(tzinfo=datetime.timezone(datetime.timedelta(microseconds=1))), "00.000001"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "name"), REFUSED, ids=[f"{i}-{n}" for i, (_, n) in enumerate(REFUSED)])
@pytest.mark.parametrize("held", [False, True], ids=["alone", "held"])
def test_what_would_not_come_back_is_refused_by_name(value: object, name: str, held: bool) -> None:
    with pytest.raises(Unencodable) as caught:
        encode_value(Box([{"a": (value, {"b": value})}]) if held else value, TYPES)
    assert name in caught.value.type_name
    assert "result" in caught.value.where


def test_a_refused_key_of_a_dict_is_named_too() -> None:
    with pytest.raises(Unencodable, match="memoryview"):
        encode_value({memoryview(b"x"): 1}, TYPES)


@pytest.mark.parametrize(
    "wrap", [lambda v: [v], lambda v: {"a": v}, lambda v: {1: (v,)}], ids=["list", "dict", "both"]
)
def test_a_result_as_deep_as_can_be_kept_comes_back_in_a_thread_too(wrap: Callable[[Any], Any]) -> None:
    deep: Any = 1
    for _ in range(100):
        deep = wrap(deep)
    with ThreadPoolExecutor() as threads:
        assert threads.submit(decode, encode_value(deep, Types()), Types()).result() == deep
    with pytest.raises(Unencodable, match="a result nested too deeply"):
        encode_value(wrap(deep), Types())


def test_a_result_nested_too_deeply_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    deep: Any = ()
    for _ in range(2000):
        deep = (deep,)
    for value in (loop, deep):
        with pytest.raises(Unencodable, match="result"):
            encode_value(value, TYPES)
