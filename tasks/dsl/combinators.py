"""Functions made of functions.

Owns what builds a function from primitives, since a program has no lambda. A name of a primitive
is a value; `bind` fixes its later arguments, the others join functions of one argument. The
functions that come back are pure if those that went in are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Concatenate, TypeVar

import numpy as np

from tasks.errors import Impossible
from tasks.grid import Grid

__all__ = [
    "apply_n",
    "bind",
    "both",
    "branch",
    "chain",
    "choose",
    "compose",
    "either",
    "first_possible",
    "fork",
    "negate",
    "repeat_until_stable",
    "turn_and_return",
]

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")

_MOST_ROUNDS = 100
"""More rounds than the cells of a side can need; what changes still will not settle."""


def bind(function: Callable[Concatenate[A, ...], B], *arguments: object) -> Callable[[A], B]:
    """The function of its first argument alone, with these as the arguments that follow."""
    return lambda value: function(value, *arguments)


def compose(first: Callable[[A], B], second: Callable[[B], C]) -> Callable[[A], C]:
    """The first function, then the second one on its result."""
    return lambda value: second(first(value))


def chain(*functions: Callable[[Grid], Grid]) -> Callable[[Grid], Grid]:
    """Any number of functions one after the other, the first one first."""
    return lambda grid: reduce(lambda value, function: function(value), functions, grid)


def fork(join: Callable[[B, C], D], left: Callable[[A], B], right: Callable[[A], C]) -> Callable[[A], D]:
    """Two functions on the same value, joined: `join(left(value), right(value))`."""
    return lambda value: join(left(value), right(value))


def apply_n(function: Callable[[Grid], Grid], n: int, grid: Grid) -> Grid:
    """The function applied `n` times. Raises Impossible unless `n` is 0 to 100."""
    if not 0 <= n <= _MOST_ROUNDS:
        raise Impossible("apply_n", f"{n} rounds are not 0 to {_MOST_ROUNDS}")
    for _ in range(n):
        grid = function(grid)
    return grid


def repeat_until_stable(function: Callable[[Grid], Grid], grid: Grid) -> Grid:
    """The function applied until it changes nothing. Raises Impossible after 100 rounds."""
    for _ in range(_MOST_ROUNDS):
        before, grid = grid, function(grid)
        if np.array_equal(before, grid):
            return grid
    raise Impossible("repeat_until_stable", f"it still changes after {_MOST_ROUNDS} rounds")


def turn_and_return(function: Callable[[Grid], Grid], quarters: int, grid: Grid) -> Grid:
    """The function applied to the grid turned clockwise by quarters, and the result turned back."""
    return np.rot90(function(np.rot90(grid, -quarters)), quarters)


def choose(condition: bool, then: A, otherwise: A) -> A:
    """One of two values, both computed already."""
    return then if condition else otherwise


def branch(
    condition: Callable[[A], bool], then: Callable[[A], B], otherwise: Callable[[A], B]
) -> Callable[[A], B]:
    """The one function where the condition holds for the value, and the other elsewhere."""
    return lambda value: then(value) if condition(value) else otherwise(value)


def first_possible(first: Callable[[A], B], second: Callable[[A], B]) -> Callable[[A], B]:
    """The first function, or the second one where the first raises Impossible."""

    def attempt(value: A) -> B:
        try:
            return first(value)
        except Impossible:
            return second(value)

    return attempt


def both(first: Callable[[A], bool], second: Callable[[A], bool]) -> Callable[[A], bool]:
    """Whether both conditions hold."""
    return lambda value: first(value) and second(value)


def either(first: Callable[[A], bool], second: Callable[[A], bool]) -> Callable[[A], bool]:
    """Whether one of the conditions holds, or both."""
    return lambda value: first(value) or second(value)


def negate(condition: Callable[[A], bool]) -> Callable[[A], bool]:
    """Whether the condition does not hold."""
    return lambda value: not condition(value)
