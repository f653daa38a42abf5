"""Several grids at once, mostly the parts of one: pick one of them, or merge them all.

Owns what takes a tuple of grids. Of equal ones the first is picked. The merges need parts of one
shape. Everything raises Impossible when there is no part.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from tasks.errors import Impossible
from tasks.grid import Grid, Mask

__all__ = [
    "count_parts",
    "distinct_parts",
    "foreground_vote",
    "keep_unanimous",
    "majority_vote",
    "most_common_part",
    "nonempty_parts",
    "odd_part_out",
    "overlay_all",
    "part_with_fewest_cells",
    "part_with_fewest_colours",
    "part_with_most_cells",
    "part_with_most_colours",
    "sort_parts_by_cells",
    "the_asymmetric_part",
    "the_symmetric_part",
]


def _stacked(primitive: str, parts: tuple[Grid, ...]) -> NDArray[np.uint8]:
    if len({part.shape for part in parts}) != 1:
        raise Impossible(primitive, "the parts need one shape, and there must be one")
    return np.stack(parts)


def _some(primitive: str, parts: tuple[Grid, ...]) -> tuple[Grid, ...]:
    if not parts:
        raise Impossible(primitive, "there is no part")
    return parts


def _looks(parts: tuple[Grid, ...]) -> list[tuple[tuple[int, ...], bytes]]:
    return [(part.shape, part.tobytes()) for part in parts]


def _colours(part: Grid) -> int:
    return int(np.count_nonzero(np.bincount(part.ravel())))


def count_parts(parts: tuple[Grid, ...]) -> int:
    """How many parts there are; 0 is no error."""
    return len(parts)


def distinct_parts(parts: tuple[Grid, ...]) -> tuple[Grid, ...]:
    """The first of all parts that are equal, in the order given."""
    first: dict[tuple[tuple[int, ...], bytes], Grid] = {}
    for look, part in zip(_looks(_some("distinct_parts", parts)), parts, strict=True):
        first.setdefault(look, part)
    return tuple(first.values())


def nonempty_parts(parts: tuple[Grid, ...]) -> tuple[Grid, ...]:
    """The parts with a cell other than 0. Raises Impossible when there is none."""
    return _some("nonempty_parts", tuple(part for part in parts if part.any()))


def sort_parts_by_cells(parts: tuple[Grid, ...]) -> tuple[Grid, ...]:
    """The parts by decreasing number of cells other than 0."""
    given = _some("sort_parts_by_cells", parts)
    return tuple(sorted(given, key=lambda part: -np.count_nonzero(part)))


def part_with_most_cells(parts: tuple[Grid, ...]) -> Grid:
    """The part with the most cells other than 0."""
    return max(_some("part_with_most_cells", parts), key=np.count_nonzero)


def part_with_fewest_cells(parts: tuple[Grid, ...]) -> Grid:
    """The part with the fewest cells other than 0."""
    return min(_some("part_with_fewest_cells", parts), key=np.count_nonzero)


def part_with_most_colours(parts: tuple[Grid, ...]) -> Grid:
    """The part with the most colours."""
    return max(_some("part_with_most_colours", parts), key=_colours)


def part_with_fewest_colours(parts: tuple[Grid, ...]) -> Grid:
    """The part with the fewest colours."""
    return min(_some("part_with_fewest_colours", parts), key=_colours)


def most_common_part(parts: tuple[Grid, ...]) -> Grid:
    """The part that occurs most often."""
    looks = _looks(_some("most_common_part", parts))
    counts = Counter(looks)
    return parts[max(range(len(parts)), key=lambda number: counts[looks[number]])]


def _only(primitive: str, parts: tuple[Grid, ...], what: str) -> Grid:
    if len(parts) != 1:
        raise Impossible(primitive, f"{len(parts)} parts are {what}, not 1")
    return parts[0]


def odd_part_out(parts: tuple[Grid, ...]) -> Grid:
    """The only part that no other equals. Raises Impossible unless there is exactly one."""
    looks = _looks(parts)
    counts = Counter(looks)
    odd = tuple(part for part, look in zip(parts, looks, strict=True) if counts[look] == 1)
    return _only("odd_part_out", odd, "unlike the others")


def _is_symmetric(part: Grid) -> bool:
    return np.array_equal(part, part[::-1]) or np.array_equal(part, part[:, ::-1])


def the_symmetric_part(parts: tuple[Grid, ...]) -> Grid:
    """The only part that equals its mirror image left-right or up-down.

    Raises Impossible unless there is exactly one.
    """
    symmetric = tuple(part for part in parts if _is_symmetric(part))
    return _only("the_symmetric_part", symmetric, "symmetric")


def the_asymmetric_part(parts: tuple[Grid, ...]) -> Grid:
    """The only part that equals no mirror image left-right or up-down.

    Raises Impossible unless there is exactly one.
    """
    asymmetric = tuple(part for part in parts if not _is_symmetric(part))
    return _only("the_asymmetric_part", asymmetric, "asymmetric")


def overlay_all(parts: tuple[Grid, ...]) -> Grid:
    """In each cell [h, w] the last colour other than 0 among the parts."""
    stack = _stacked("overlay_all", parts)
    merged: Grid = stack[0]
    for part in stack[1:]:
        merged = np.where(part == 0, merged, part)
    return merged


def keep_unanimous(parts: tuple[Grid, ...]) -> Grid:
    """The cells [h, w] in which all parts agree, and 0 elsewhere."""
    stack = _stacked("keep_unanimous", parts)
    first: Grid = stack[0]
    agreed: Mask = (stack == first).all(axis=0)
    return first * agreed


def _most_voted(stack: NDArray[np.uint8], colours: NDArray[np.uint8]) -> Grid:
    # Cost: some 20 times touching a part: each colour is counted in every part.
    votes = np.stack([(stack == colour).sum(axis=0) for colour in colours])
    winners: Grid = colours[votes.argmax(axis=0)]
    return winners


def majority_vote(parts: tuple[Grid, ...]) -> Grid:
    """In each cell [h, w] the most common colour among the parts; ties go to the lowest."""
    stack = _stacked("majority_vote", parts)
    return _most_voted(stack, np.unique(stack))


def foreground_vote(parts: tuple[Grid, ...]) -> Grid:
    """In each cell [h, w] the most common colour other than 0; 0 only where all parts have 0."""
    stack = _stacked("foreground_vote", parts)
    set_somewhere = stack.any(axis=0)
    if not set_somewhere.any():
        return np.zeros_like(parts[0])
    return _most_voted(stack, np.unique(stack[stack != 0])) * set_somewhere
