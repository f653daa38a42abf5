"""Grids to grids, and what is measured of them."""

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache

import numpy as np

Grid = np.ndarray
Mask = np.ndarray


def mirrored(grid: Grid) -> Grid:
    return grid[:, ::-1]


def upside_down(grid: Grid) -> Grid:
    return grid[::-1]


def swapped_axes(grid: Grid) -> Grid:
    return grid.T


def rotated(grid: Grid, times: int = 1) -> Grid:
    """Quarter turns, anticlockwise."""
    return np.rot90(grid, times)


def beside(left: Grid, right: Grid) -> Grid:
    return np.hstack((left, right))


def stacked(top: Grid, bottom: Grid) -> Grid:
    return np.vstack((top, bottom))


def tiled(grid: Grid, down: int, right: int) -> Grid:
    return np.tile(grid, (down, right))


def blown_up(grid: Grid, factor: int) -> Grid:
    return grid.repeat(factor, 0).repeat(factor, 1)


def self_tiled(grid: Grid) -> Grid:
    """A copy of the grid wherever it has colour."""
    return np.kron(grid != 0, grid)


def thinned(grid: Grid, step: int) -> Grid:
    return grid[::step, ::step]


def part(grid: Grid, top: int, left: int, tall: int, wide: int) -> Grid:
    return grid[top : top + tall, left : left + wide]


def columns_of(grid: Grid, parts: int) -> list[Grid]:
    return np.split(grid, parts, axis=1)


def rows_of(grid: Grid, parts: int) -> list[Grid]:
    return np.split(grid, parts, axis=0)


def left_part(grid: Grid) -> Grid:
    return grid[:, : grid.shape[1] // 2]


def right_part(grid: Grid) -> Grid:
    return grid[:, -(grid.shape[1] // 2) :]


def top_part(grid: Grid) -> Grid:
    return grid[: grid.shape[0] // 2]


def bottom_part(grid: Grid) -> Grid:
    return grid[-(grid.shape[0] // 2) :]


def blank(tall: int, wide: int, colour: int = 0) -> Grid:
    return np.full((tall, wide), colour)


def shifted(grid: Grid, step: tuple[int, int], times: int = 1) -> Grid:
    """Moved, without what leaves the grid; what comes in is black."""
    moved = np.zeros_like(grid)
    down, right = step[0] * times, step[1] * times
    tall, wide = grid.shape
    source = grid[max(-down, 0) : tall - max(down, 0), max(-right, 0) : wide - max(right, 0)]
    moved[max(down, 0) : tall + min(down, 0), max(right, 0) : wide + min(right, 0)] = source
    return moved


def overlaid(below: Grid, above: Grid) -> Grid:
    return np.where(above != 0, above, below)


def exchanged(grid: Grid, one: int, other: int) -> Grid:
    return _exchange(one, other)[grid]


def recoloured(grid: Grid, old: int, new: int) -> Grid:
    """In place."""
    grid[grid == old] = new
    return grid


def stamped(grid: Grid, mask: Mask, colour: int) -> Grid:
    """In place."""
    grid[mask] = colour
    return grid


def placed(grid: Grid, pattern: Grid, top: int, left: int) -> Grid:
    """In place; the grid as it is where the pattern does not fit."""
    tall, wide = pattern.shape
    with suppress(ValueError):
        grid[top : top + tall, left : left + wide] = pattern
    return grid


def dropped(grid: Grid) -> Grid:
    """Coloured cells at the bottom of their columns; in place."""
    order = np.argsort(grid != 0, axis=0, kind="stable")
    grid[:] = np.take_along_axis(grid, order, 0)
    return grid


def framed(grid: Grid, colour: int) -> Grid:
    """In place."""
    grid[[0, -1]] = colour
    grid[:, [0, -1]] = colour
    return grid


def height(grid: Grid) -> int:
    return grid.shape[0]


def width(grid: Grid) -> int:
    return grid.shape[1]


def colours(grid: Grid) -> list[int]:
    return np.unique(grid).tolist()


def how_many_colours(grid: Grid) -> int:
    return len(colours(grid))


def main_colour(grid: Grid) -> int:
    return int(_counts(grid).argmax())


def odd_colour(grid: Grid) -> int:
    counts = _counts(grid)
    return int(np.where(counts > 0, counts, counts.max() + 1).argmin())


def only_colour(grid: Grid) -> int:
    """The one colour besides black; ValueError where there are more, or none."""
    (colour,) = np.unique(grid[grid != 0])
    return int(colour)


def brightness(grid: Grid) -> Grid:
    return grid.mean(axis=0, keepdims=True)


def flattened(grid: Grid) -> Grid:
    return grid.ravel()


def best_of(grids: Sequence[Grid]) -> Grid:
    """The grid with the most colours, the first of equals."""
    return max(grids, key=how_many_colours)


def _counts(grid: Grid) -> np.ndarray:
    return np.bincount(grid.ravel(), minlength=10)


@lru_cache(maxsize=128)
def _exchange(one: int, other: int) -> np.ndarray:
    table = np.arange(10)
    table[[one, other]] = other, one
    return table
