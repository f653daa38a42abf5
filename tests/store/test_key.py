"""How stage, code and inputs become keys."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from store import Unencodable
from store.encode import digest
from store.key import Keys, call_key, group_key, keywords, name_of, row_key, stage_of


def double(x: int) -> int:
    return 2 * x


def triple(x: int) -> int:
    return 3 * x


class Callable:
    def __call__(self, x: int) -> int:
        return x


def test_a_stage_is_the_functions_name_fit_for_a_folder() -> None:
    assert stage_of(double) == "double"
    assert stage_of(functools.partial(functools.partial(double), 1)) == "double"
    assert stage_of(lambda x: x) == "-lambda-"
    assert stage_of(Callable()) == "Callable"
    double_dots = type("../up/..", (Callable,), {})()
    assert stage_of(double_dots) == "---up---"


def test_a_name_says_the_module() -> None:
    assert name_of(double) == f"{__name__}:double"
    assert name_of(functools.partial(double, 1)) == f"{__name__}:double"
    assert name_of(Callable()) == f"{__name__}:Callable"


def test_each_ingredient_of_a_key_counts_and_none_runs_into_the_next() -> None:
    a, b = digest("a"), digest("b")
    keys = [
        call_key("s", "c", []), call_key("s", "c", [a]), call_key("s", "c", [b]), call_key("s", "c", [a, b]),
        call_key("s", "c", [b, a]), call_key("t", "c", [a]), call_key("s", "d", [a]), call_key("sc", "", [a]),
        group_key("s", "c", a), group_key("s", "c", b), group_key("t", "c", a), group_key("s", "d", a),
        row_key(a, b""), row_key(b, b""), row_key(a, b"0" * 32), row_key(a, b"0" * 64),
    ]  # fmt: skip
    assert len(set(keys)) == len(keys)
    assert {len(key) for key in keys} == {16}


def test_golden_keys_hold() -> None:
    """A key that moves makes every store there is miss: only a deliberate change may do that."""
    assert call_key("double", "00" * 16, [digest(21)]).hex() == "1ba94271d2c71eb04d94b3028af06eaf"
    assert group_key("double", "00" * 16, digest({})).hex() == "f07a9b862b9961b9751579834ddd4185"
    assert row_key(digest(21), b"").hex() == "a86bc7a5100d063d7e679ee31c417d6f"
    assert Keys().arguments((1,), {"k": 2})[1].hex() == "7d1dff7d43ae2cc5b12d12f09a6da341"


CALLS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((), {}), ((1,), {}), ((1, 2), {}), (((1, 2),), {}), (([1, 2],), {}), ((1,), {"k": 2}),
    ((1, {"k": 2}), {}), ((), {"k": 2}), (({"k": 2},), {}), (({},), {}), ((1,), {"k": {"k": 2}}),
    ((), {"x": 1, "k": 2}), ((2, 1), {}),
    ((True,), {}), ((None,), {}), ((), {"k": None}), ((), {"j": None}),
]  # fmt: skip


def test_different_arguments_never_share_digests() -> None:
    keys = Keys()
    for one, two in itertools.combinations(CALLS, 2):
        assert keys.arguments(*one) != keys.arguments(*two), (one, two)


def test_keyword_arguments_count_in_any_order() -> None:
    keys = Keys()
    assert keys.arguments((), {"a": 1, "b": 2}) == keys.arguments((), {"b": 2, "a": 1})
    assert keys.arguments((), {"a": 1})[0] == keywords({"a": keys.value(1)})


def test_a_function_inside_an_argument_counts_by_its_code() -> None:
    keys = Keys()
    assert keys.value([double]) != keys.value([triple])
    assert keys.value([double]) == Keys().value([double])
    with pytest.raises(Unencodable):
        keys.value([object()])


@dataclass(frozen=True)
class Point:
    x: int


class Side(Enum):
    LEFT = 1


class Pair(NamedTuple):
    x: int


class Named:
    def __memo__(self) -> str:
        return "named"


VALUES = [Point(1), Side.LEFT, Pair(1), Named()]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_the_class_of_a_value_counts_by_its_code(value: object) -> None:
    """Its methods are reached through the argument, which no walk of the function can see."""
    classes: list[object] = []

    def code(kind: object) -> bytes:
        classes.append(kind)
        return b"code of the class"

    assert digest([{"a": value}], code) not in (digest([{"a": value}]), digest([{"a": value}], lambda _: b""))
    assert classes == [type(value)]


def test_plain_values_have_the_digests_that_they_have_without_code() -> None:
    values = [1, "a", (1, [2.0, None]), {"k": b"x"}, np.arange(3), Path(__file__)]
    assert [Keys().value(value) for value in values] == [digest(value) for value in values]


def test_the_state_of_a_callable_counts_each_time() -> None:
    keys, adder = Keys(), Adder(1)
    first = [keys.code(adder).digest, keys.code(adder.add).digest, keys.value([adder])]
    adder.k = 2
    second = [keys.code(adder).digest, keys.code(adder.add).digest, keys.value([adder])]
    assert all(one != two for one, two in zip(first, second, strict=True))


class Adder:
    def __init__(self, k: int) -> None:
        self.k = k

    def add(self, x: int) -> int:
        return x + self.k

    __call__ = add


def test_a_dependency_is_a_function_by_its_code_or_a_constant_by_its_value() -> None:
    keys = Keys()
    assert keys.dependency(double) == (f"{__name__}:double", keys.code(double).digest)
    assert keys.dependency(double)[1] != keys.dependency(triple)[1]
    assert keys.dependency(7) == ("constant", digest(7).hex())
