"""Functions of functions, and choices."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Function = Callable[..., Any]


def after(outer: Function, inner: Function) -> Function:
    return lambda *given: outer(inner(*given))


def with_last(function: Function, *fixed: Any) -> Function:
    """A function whose last arguments are fixed."""

    def bound(*given: Any) -> Any:
        return function(*given, *fixed)

    return bound


def combined(join: Function, one: Function, other: Function) -> Function:
    return lambda x: join(one(x), other(x))


def repeated(function: Function, times: int) -> Function:
    def many(x: Any) -> Any:
        for _ in range(times):
            x = function(x)
        return x

    return many


def until_still(function: Function, grid: np.ndarray) -> np.ndarray:
    """A grid that a function leaves as it is, reached by applying it; endless where it goes round."""
    while not np.array_equal(grid, changed := function(grid.copy())):
        grid = changed
    return grid


def on_each(function: Function, items: Sequence[Any]) -> list[Any]:
    return [function(item) for item in items]


def best(items: Sequence[Any], measure: Callable[[Any], float]) -> Any:
    return max(items, key=measure)


def nth(items: Sequence[Any], number: int) -> Any:
    return items[number]


def chosen(condition: bool, yes: Any, no: Any) -> Any:
    return yes if condition else no


def equal(a: Any, b: Any) -> bool:
    return bool(np.array_equal(a, b))


def plus(a: int, b: int) -> int:
    return a + b


def ratio(a: int, b: int) -> int:
    return a // b
