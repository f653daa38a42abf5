"""Boxes and lines of cells, for `dsl`."""

from functools import lru_cache

from constants import AROUND, SIDES

Cell = tuple[int, int]
Indices = frozenset[Cell]


def bounds(cells: Indices) -> tuple[int, int, int, int]:
    """Top, left, bottom and right of the box around some cells; ValueError where there are none."""
    downs, rights = [cell[0] for cell in cells], [cell[1] for cell in cells]
    return min(downs), min(rights), max(downs), max(rights)


def box(cells: Indices) -> Indices:
    """The outermost cells of the box around some cells."""
    if not cells:
        return frozenset()
    top, left, bottom, right = bounds(cells)
    return frozenset(
        (i, j)
        for i in _span(top, bottom)
        for j in _span(left, right)
        if i in (top, bottom) or j in (left, right)
    )


def backdrop(cells: Indices) -> Indices:
    """All cells of the box around some cells."""
    if not cells:
        return frozenset()
    top, left, bottom, right = bounds(cells)
    return frozenset((i, j) for i in _span(top, bottom) for j in _span(left, right))


def segment(start: Cell, end: Cell) -> Indices:
    """The cells from one to another, straight or along a diagonal; none where neither leads there."""
    down, right = end[0] - start[0], end[1] - start[1]
    if down and right and abs(down) != abs(right):
        return frozenset()
    steps = max(abs(down), abs(right))
    step = _sign(down), _sign(right)
    return frozenset((start[0] + n * step[0], start[1] + n * step[1]) for n in range(steps + 1))


@lru_cache(maxsize=4096)
def neighbours(cell: Cell, diagonal: bool) -> Indices:
    """The cells around one, whether they lie in a grid or not."""
    return frozenset((cell[0] + i, cell[1] + j) for i, j in (AROUND if diagonal else SIDES))


def _span(first: int, last: int) -> range:
    return range(first, last + 1)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
