"""A DSL whose grids are tuples, with values that programs could change under each other's hands."""

from __future__ import annotations

import itertools
from collections import namedtuple
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

Grid = tuple[tuple[int, ...], ...]
Pair = namedtuple("Pair", "first second")


def as_lists(grid: Grid) -> list[list[int]]:
    return [list(row) for row in grid]


def lists_inside(grid: Grid) -> Pair:
    return Pair(frozenset(grid), [list(row) for row in grid])


def as_array(grid: Grid) -> tuple[np.ndarray, ...]:
    return (np.array(grid),)


def first(values: Pair) -> object:
    return values[0]


def last(values: Pair) -> object:
    return values[-1]


def put_nine(cells: list[list[int]]) -> list[list[int]]:
    cells[0][0] = 9
    return cells


def rows_of(grid: Grid) -> Iterator[tuple[int, ...]]:
    return iter(grid)


def taken(rows: Iterator[tuple[int, ...]]) -> Grid:
    return tuple(itertools.islice(rows, 1))


def kind_of(value: object) -> Grid:
    """1 for a tuple of tuples of ints, as `I` and `S` should give them, else 2."""
    plain = type(value) is tuple and all(type(row) is tuple for row in value)
    return ((1 if plain and all(type(cell) is int for row in value for cell in row) else 2,),)


def shown_input(samples: tuple[tuple[Grid, Grid], ...]) -> Grid:
    return samples[0][0]


def rotated(times: int) -> Callable[[Grid], Grid]:
    def rotate(grid: Grid) -> Grid:
        for _ in range(times):
            grid = tuple(zip(*grid[::-1], strict=True))
        return grid

    return rotate


def truths(grid: Grid) -> Grid:
    return tuple(tuple(True for _ in row) for row in grid)


def some_truth(grid: Grid) -> Grid:
    return ((True, *grid[0][1:]), *grid[1:])


def ragged(grid: Grid) -> Grid:
    return (*grid, grid[0][:-1])


def large(grid: Grid) -> Grid:
    return tuple((300,) * len(row) for row in grid)


def tall(grid: Grid) -> Grid:
    return grid * 40


def holder(grid: Grid) -> Callable[[int], Grid]:
    seen: list[int] = []
    return lambda number: (seen.append(number), ((len(seen),),))[1]


def popper(grid: Grid) -> Callable[[], int]:
    return [cell for row in grid for cell in row].pop


def stepper(grid: Grid) -> Callable[[], int]:
    return partial(next, iter(grid[0]))


def counter(grid: Grid) -> Callable[[], int]:
    def count() -> int:
        count.calls += 1  # type: ignore[attr-defined]  # an attribute of a function, as people set them
        return count.calls  # type: ignore[attr-defined, no-any-return]

    count.calls = 0  # type: ignore[attr-defined]
    return count


def applied(function: Callable[..., object], *arguments: object) -> object:
    return function(*arguments)


def cell(number: int) -> Grid:
    return ((number,),)
