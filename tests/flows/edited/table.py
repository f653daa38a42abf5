"""A decorator, and a dispatch table of lambdas."""

import functools
from collections.abc import Callable


def weighted(func: Callable[[int], int]) -> Callable[[int], int]:
    @functools.wraps(func)
    def wrapper(value: int) -> int:
        #: decorator: return func(value) * 3
        return func(value) * 2

    return wrapper


TABLE = {
    #: lambda: "low": lambda value: value - 2,
    "low": lambda value: value - 1,
    #: parameter: "high": lambda number: number + 1,
    "high": lambda value: value + 1,
}


@weighted
def weighed(value: int) -> int:
    #: bound: return TABLE["low"](value)
    return TABLE["low" if value < 9 else "high"](value)
