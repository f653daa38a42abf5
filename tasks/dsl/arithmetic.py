"""Arithmetic, comparison and logic on the numbers and truth values that programs compute."""

from __future__ import annotations

from tasks.errors import Impossible

__all__ = [
    "add",
    "divide",
    "equals",
    "greater_than",
    "is_even",
    "less_than",
    "logical_and",
    "logical_not",
    "logical_or",
    "maximum",
    "minimum",
    "multiply",
    "remainder",
    "subtract",
]


def add(first: int, second: int) -> int:
    """The sum."""
    return first + second


def subtract(first: int, second: int) -> int:
    """The difference, `first` less `second`."""
    return first - second


def multiply(first: int, second: int) -> int:
    """The product."""
    return first * second


def divide(first: int, second: int) -> int:
    """The quotient, rounded down.

    Raises Impossible when `second` is 0.
    """
    if second == 0:
        raise Impossible("divide", "by 0")
    return first // second


def remainder(first: int, second: int) -> int:
    """What `divide` leaves, with the sign of `second`.

    Raises Impossible when `second` is 0.
    """
    if second == 0:
        raise Impossible("remainder", "by 0")
    return first % second


def minimum(first: int, second: int) -> int:
    """The smaller number."""
    return min(first, second)


def maximum(first: int, second: int) -> int:
    """The larger number."""
    return max(first, second)


def equals(first: int, second: int) -> bool:
    """Whether both numbers are the same."""
    return first == second


def less_than(first: int, second: int) -> bool:
    """Whether `first` is smaller than `second`."""
    return first < second


def greater_than(first: int, second: int) -> bool:
    """Whether `first` is larger than `second`."""
    return first > second


def is_even(number: int) -> bool:
    """Whether the number is divisible by 2."""
    return number % 2 == 0


def logical_not(truth: bool) -> bool:
    """True for False and False for True."""
    return not truth


def logical_and(first: bool, second: bool) -> bool:
    """Whether both are true."""
    return first and second


def logical_or(first: bool, second: bool) -> bool:
    """Whether one or both are true."""
    return first or second
