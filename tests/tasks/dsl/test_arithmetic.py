"""Arithmetic, comparison and logic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.dsl.arithmetic import (
    add,
    divide,
    equals,
    greater_than,
    is_even,
    less_than,
    logical_and,
    logical_not,
    logical_or,
    maximum,
    minimum,
    multiply,
    remainder,
    subtract,
)
from tasks.errors import Impossible

NUMBERS = st.integers(-50, 50)


def test_each_operation_on_two_numbers() -> None:
    operations = (add, subtract, multiply, divide, remainder, minimum, maximum)
    assert [operation(7, 2) for operation in operations] == [9, 5, 14, 3, 1, 2, 7]


def test_each_comparison_of_two_numbers() -> None:
    pairs = ((1, 2), (2, 2), (3, 2))
    assert [equals(*pair) for pair in pairs] == [False, True, False]
    assert [less_than(*pair) for pair in pairs] == [True, False, False]
    assert [greater_than(*pair) for pair in pairs] == [False, False, True]
    assert [is_even(number) for number in (-1, 0, 1, 2)] == [False, True, False, True]


def test_logic_has_its_truth_tables() -> None:
    pairs = ((False, False), (False, True), (True, False), (True, True))
    assert [logical_and(*pair) for pair in pairs] == [False, False, False, True]
    assert [logical_or(*pair) for pair in pairs] == [False, True, True, True]
    assert [logical_not(truth) for truth in (False, True)] == [True, False]


def test_nothing_is_divided_by_0() -> None:
    with pytest.raises(Impossible, match="divide"):
        divide(1, 0)
    with pytest.raises(Impossible, match="remainder"):
        remainder(1, 0)


@given(NUMBERS, NUMBERS.filter(bool))
def test_quotient_and_remainder_make_the_number(first: int, second: int) -> None:
    assert add(multiply(divide(first, second), second), remainder(first, second)) == first


@given(NUMBERS, NUMBERS)
def test_subtract_undoes_add(first: int, second: int) -> None:
    assert subtract(add(first, second), second) == first
    assert add(minimum(first, second), maximum(first, second)) == add(first, second)
