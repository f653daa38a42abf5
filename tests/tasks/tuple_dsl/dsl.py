"""A small DSL of tuples and frozensets, as people write them who search for ARC programs.

Written for the tests, and plain Python: it knows nothing of the project. Some of it is careless on
purpose: `rolled` and `settled` need not end, `ragged` and `averaged` return no grids.
"""

from collections import Counter
from collections.abc import Callable, Container, Hashable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from constants import *
from geometry import backdrop, bounds, neighbours, segment

Integer = int
Boolean = bool
Cell = tuple[int, int]
Grid = tuple[tuple[int, ...], ...]
Object = frozenset[tuple[int, tuple[int, int]]]
Objects = frozenset[Object]
Indices = frozenset[Cell]
Patch = Object | Indices
Element = Object | Grid
Numerical = Integer | Cell


class NotOne(ValueError):
    """A choice where there is none, or more than one."""


# numbers, pairs and truths


def identity(x: Any) -> Any:
    return x


def add(a: Numerical, b: Numerical) -> Numerical:
    return _by_part(lambda x, y: x + y, a, b)


def minus(a: Numerical, b: Numerical) -> Numerical:
    return _by_part(lambda x, y: x - y, a, b)


def times(a: Numerical, b: Numerical) -> Numerical:
    return _by_part(lambda x, y: x * y, a, b)


def divided(a: Numerical, b: Numerical) -> Numerical:
    return _by_part(lambda x, y: x // y, a, b)


def negative(flag: Boolean) -> Boolean:
    return not flag


def both(a: Boolean, b: Boolean) -> Boolean:
    return a and b


def either(a: Boolean, b: Boolean) -> Boolean:
    return a or b


def same(a: Any, b: Any) -> Boolean:
    return a == b


def bigger(a: Integer, b: Integer) -> Boolean:
    return a > b


def member(value: Any, container: Container[Any]) -> Boolean:
    return value in container


def branch(condition: Boolean, yes: Any, no: Any) -> Any:
    return yes if condition else no


def pair(a: Any, b: Any) -> tuple[Any, Any]:
    return (a, b)


# containers


def single(x: Hashable) -> frozenset[Any]:
    return frozenset({x})


def tally(container: Any) -> Integer:
    return len(container)


def first(container: Iterable[Any]) -> Any:
    return next(iter(container))


def final(container: Iterable[Any]) -> Any:
    return max(enumerate(container))[1]


def only(container: Any) -> Any:
    """The one thing in a container; NotOne where it holds another number of things."""
    if len(container) != 1:
        raise NotOne(f"{len(container)} things, not one")
    return first(container)


def united(a: Any, b: Any) -> Any:
    return type(a)((*a, *b))


def common(a: frozenset[Any], b: frozenset[Any]) -> frozenset[Any]:
    return a & b


def without(a: frozenset[Any], b: frozenset[Any]) -> frozenset[Any]:
    return a - b


def fused(containers: Any) -> Any:
    return type(containers)(item for container in containers for item in container)


def largest(container: Any, key: Callable[[Any], Any]) -> Any:
    return max(ordered(container, key), key=key)


def smallest(container: Any, key: Callable[[Any], Any]) -> Any:
    return min(ordered(container, key), key=key)


def ordered(container: Any, key: Callable[[Any], Any]) -> tuple[Any, ...]:
    return tuple(sorted(container, key=lambda item: (key(item), _rank(item))))


def kept(container: Any, condition: Callable[[Any], Boolean]) -> Any:
    return type(container)(item for item in container if condition(item))


def mapped(function: Callable[[Any], Any], container: Any) -> Any:
    return type(container)(function(item) for item in container)


def mapped_fused(function: Callable[[Any], Any], container: Any) -> Any:
    return fused(mapped(function, container))


def matched(function: Callable[[Any, Any], Any], a: Any, b: Any) -> tuple[Any, ...]:
    return tuple(function(x, y) for x, y in zip(a, b, strict=True))


# functions of functions


def compose(outer: Callable[[Any], Any], inner: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: outer(inner(x))


def chain(h: Callable[[Any], Any], g: Callable[[Any], Any], f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return compose(h, compose(g, f))


def matcher(function: Callable[[Any], Any], target: Any) -> Callable[[Any], Boolean]:
    return lambda x: function(x) == target


def rbind(function: Callable[..., Any], fixed: Any) -> Callable[..., Any]:
    """A function whose last argument is fixed."""
    return lambda *given: function(*given, fixed)


def lbind(function: Callable[..., Any], fixed: Any) -> Callable[..., Any]:
    """A function whose first argument is fixed."""

    def bound(*given: Any) -> Any:
        return function(fixed, *given)

    return bound


def power(function: Callable[[Any], Any], times: Integer) -> Callable[[Any], Any]:
    return function if times == 1 else compose(function, power(function, times - 1))


def fork(
    outer: Callable[[Any, Any], Any], a: Callable[[Any], Any], b: Callable[[Any], Any]
) -> Callable[[Any], Any]:
    return lambda x: outer(a(x), b(x))


def settled(function: Callable[[Any], Any], value: Any) -> Any:
    """A value that a function leaves as it is, reached by applying it; endless where it goes round."""
    while (after := function(value)) != value:
        value = after
    return value


# grids


def height(piece: Element) -> Integer:
    return _size(piece)[0]


def width(piece: Element) -> Integer:
    return _size(piece)[1]


def shape(piece: Element) -> Cell:
    return _size(piece)


def palette(element: Element) -> frozenset[int]:
    return frozenset(_colours(element))


def colour_count(element: Element, colour: Integer) -> Integer:
    return _colours(element).count(colour)


def commonest(element: Element) -> Integer:
    return _by_frequency(element)[-1]


def rarest(element: Element) -> Integer:
    return _by_frequency(element)[0]


def colour_at(grid: Grid, cell: Cell) -> Integer:
    return grid[cell[0]][cell[1]]


def canvas(colour: Integer, size: Cell) -> Grid:
    return ((colour,) * size[1],) * size[0]


def flip_rows(grid: Grid) -> Grid:
    return grid[::-1]


def flip_columns(grid: Grid) -> Grid:
    return tuple(row[::-1] for row in grid)


def transposed(grid: Grid) -> Grid:
    return tuple(zip(*grid, strict=True))


def turned(grid: Grid) -> Grid:
    """A quarter turn, clockwise."""
    return transposed(flip_rows(grid))


def beside(a: Grid, b: Grid) -> Grid:
    return tuple(left + right for left, right in zip(a, b, strict=True))


def above(a: Grid, b: Grid) -> Grid:
    return a + b


def enlarged(grid: Grid, factor: Integer) -> Grid:
    rows = (tuple(cell for cell in row for _ in range(factor)) for row in grid)
    return tuple(row for row in rows for _ in range(factor))


def shrunk(grid: Grid, factor: Integer) -> Grid:
    return tuple(row[::factor] for row in grid[::factor])


def cut(grid: Grid, start: Cell, size: Cell) -> Grid:
    rows = grid[start[0] : start[0] + size[0]]
    return tuple(row[start[1] : start[1] + size[1]] for row in rows)


def top_half(grid: Grid) -> Grid:
    return grid[: len(grid) // 2]


def bottom_half(grid: Grid) -> Grid:
    return flip_rows(top_half(flip_rows(grid)))


def left_half(grid: Grid) -> Grid:
    return transposed(top_half(transposed(grid)))


def right_half(grid: Grid) -> Grid:
    return transposed(bottom_half(transposed(grid)))


def split_columns(grid: Grid, parts: Integer) -> tuple[Grid, ...]:
    """As many parts, side by side; ValueError where they would differ in width."""
    wide, rest = divmod(width(grid), parts)
    if rest:
        raise ValueError(f"{width(grid)} columns are not {parts} equal parts")
    return tuple(cut(grid, (ZERO, n * wide), (height(grid), wide)) for n in range(parts))


def changed(grid: Grid, old: Integer, new: Integer) -> Grid:
    return tuple(tuple(new if cell == old else cell for cell in row) for row in grid)


def swapped(grid: Grid, a: Integer, b: Integer) -> Grid:
    other = {a: b, b: a}
    return tuple(tuple(other.get(cell, cell) for cell in row) for row in grid)


def cellwise(function: Callable[[int, int], int], a: Grid, b: Grid) -> Grid:
    return matched(lambda above, below: matched(function, above, below), a, b)


def rolled(grid: Grid, least: Integer) -> Grid:
    """Rows rolled until the first has so many colours; endless where none has."""
    while len(set(grid[0])) < least:
        grid = grid[1:] + grid[:1]
    return grid


def fallen(grid: Grid) -> Grid:
    """Coloured cells at the bottom of their columns."""
    return transposed(tuple(tuple(sorted(column, key=bool)) for column in transposed(grid)))


def ragged(grid: Grid) -> tuple[tuple[int, ...], ...]:
    return tuple(row[: number + 1] for number, row in enumerate(grid))


def averaged(grid: Grid) -> tuple[tuple[float, ...], ...]:
    return tuple((sum(row) / len(row),) for row in grid)


def as_lists(grid: Grid) -> list[list[int]]:
    return [list(row) for row in grid]


def marked(rows: list[list[int]], cell: Cell, colour: Integer) -> list[list[int]]:
    """In place."""
    rows[cell[0]][cell[1]] = colour
    return rows


def rows_once(grid: Grid) -> Iterator[tuple[int, ...]]:
    return (row for row in grid)


def printed(x: Any) -> Any:
    print("a value:", x)
    return x


# objects and patches


def as_object(grid: Grid) -> Object:
    return frozenset((cell, (i, j)) for i, row in enumerate(grid) for j, cell in enumerate(row))


def objects(grid: Grid, one_colour: Boolean, diagonal: Boolean, on_background: Boolean) -> Objects:
    """Connected cells; those of the commonest colour count as background, if there is to be one."""
    background = commonest(grid) if on_background else None
    left = {cell: colour for colour, cell in as_object(grid) if colour != background}
    found = set()
    while left:
        start = min(left)
        found.add(_flood(left, start, one_colour, diagonal))
    return frozenset(found)


def cells_of(patch: Patch) -> Indices:
    return frozenset(_cells(patch))


def cells_coloured(grid: Grid, colour: Integer) -> Indices:
    return frozenset(cell for found, cell in as_object(grid) if found == colour)


def recoloured(colour: Integer, patch: Patch) -> Object:
    return frozenset((colour, cell) for cell in _cells(patch))


def moved(patch: Patch, offset: Cell) -> Patch:
    if all(isinstance(item[1], tuple) for item in patch):
        return frozenset((colour, add(cell, offset)) for colour, cell in patch)
    return frozenset(add(cell, offset) for cell in patch)


def corner(patch: Patch) -> Cell:
    """The top left corner of the box around a patch."""
    return bounds(cells_of(patch))[:2]


def at_origin(patch: Patch) -> Patch:
    return moved(patch, minus(ORIGIN, corner(patch)))


def region(patch: Patch, grid: Grid) -> Grid:
    return cut(grid, corner(patch), _size(patch))


def outline(patch: Patch) -> Indices:
    """The box around a patch."""
    from geometry import box

    return box(cells_of(patch))


def hull(patch: Patch) -> Indices:
    return backdrop(cells_of(patch))


def fringe(patch: Patch) -> Indices:
    """The cells right around a patch."""
    cells = cells_of(patch)
    return frozenset(cell for each in cells for cell in neighbours(each, True)) - cells


def paint(grid: Grid, thing: Object) -> Grid:
    rows = [list(row) for row in grid]
    for colour, (i, j) in thing:
        if 0 <= i < len(rows) and 0 <= j < len(rows[0]):
            rows[i][j] = colour
    return tuple(map(tuple, rows))


def fill(grid: Grid, colour: Integer, patch: Patch) -> Grid:
    return paint(grid, recoloured(colour, patch))


def underfill(grid: Grid, colour: Integer, patch: Patch) -> Grid:
    """As `fill`, but on background only."""
    return paint(grid, recoloured(colour, cells_of(patch) & cells_coloured(grid, commonest(grid))))


def line(start: Cell, end: Cell) -> Indices:
    return segment(start, end)


def joined(cells: Indices) -> Indices:
    """The straight lines between all pairs of cells of one row or column."""
    return frozenset(
        cell for a in cells for b in cells if a[0] == b[0] or a[1] == b[1] for cell in segment(a, b)
    )


def touches_border(patch: Patch, grid: Grid) -> Boolean:
    tall, wide = shape(grid)
    return any(i in (0, tall - 1) or j in (0, wide - 1) for i, j in _cells(patch))


# helpers


def _by_part(function: Callable[[int, int], int], a: Numerical, b: Numerical) -> Numerical:
    if isinstance(a, int) and isinstance(b, int):
        return function(a, b)
    x = (a, a) if isinstance(a, int) else a
    y = (b, b) if isinstance(b, int) else b
    return function(x[0], y[0]), function(x[1], y[1])


def _size(piece: Element) -> Cell:
    if isinstance(piece, tuple):
        return len(piece), len(piece[0])
    top, left, bottom, right = bounds(cells_of(piece))
    return bottom - top + 1, right - left + 1


def _colours(element: Element) -> tuple[int, ...]:
    if isinstance(element, tuple):
        return tuple(cell for row in element for cell in row)
    return tuple(colour for colour, _ in element)


@lru_cache(maxsize=256)
def _by_frequency(element: Element) -> tuple[int, ...]:
    """Colours, the rarest first; of equal ones the greater first."""
    counts = Counter(_colours(element))
    return tuple(sorted(counts, key=lambda colour: (counts[colour], -colour)))


def _cells(patch: Patch) -> Iterable[Cell]:
    return (item[1] if isinstance(item[1], tuple) else item for item in patch)


def _rank(item: Any) -> Any:
    """What puts equal keys in order, whatever the order of the set that they come from."""
    return sorted(item) if isinstance(item, frozenset) else item


def _flood(left: dict[Cell, int], start: Cell, one_colour: bool, diagonal: bool) -> Object:
    """The object around a cell, taken out of the cells that are left."""
    colour = left[start]
    found, edge = {(left.pop(start), start)}, [start]
    while edge:
        for cell in neighbours(edge.pop(), diagonal):
            if cell in left and (not one_colour or left[cell] == colour):
                found.add((left.pop(cell), cell))
                edge.append(cell)
    return frozenset(found)
