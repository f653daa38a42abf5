"""Two grids of one shape, cell by cell.

Owns overlays and the logic of two grids, where a cell other than 0 counts as set. Everything
accepts leading axes [..., h, w] and raises Impossible when the shapes differ.
"""

from __future__ import annotations

import numpy as np

from tasks.dsl.masks import require_one_shape
from tasks.grid import Colour, Grid, Mask

__all__ = [
    "cells_in_both",
    "cells_in_either",
    "cells_in_exactly_one",
    "cells_in_neither",
    "cells_only_in_first",
    "differing_cells",
    "equal_cells",
    "is_same_grid",
    "keep_equal",
    "overlay",
]


def _marked(mask: Mask, colour: Colour) -> Grid:
    return np.uint8(colour) * mask


def overlay(below: Grid, above: Grid) -> Grid:
    """The grid above [..., h, w], and the grid below where the one above is 0."""
    require_one_shape("overlay", below, above)
    return np.where(above == 0, below, above)


def keep_equal(first: Grid, second: Grid) -> Grid:
    """The cells [..., h, w] on which the grids agree, and 0 elsewhere."""
    require_one_shape("keep_equal", first, second)
    agreed: Mask = first == second
    return first * agreed


def cells_in_both(first: Grid, second: Grid, colour: Colour) -> Grid:
    """A colour in the cells [..., h, w] set in both grids, 0 elsewhere (and)."""
    require_one_shape("cells_in_both", first, second)
    return _marked((first != 0) & (second != 0), colour)


def cells_in_either(first: Grid, second: Grid, colour: Colour) -> Grid:
    """A colour in the cells [..., h, w] set in a grid or both, 0 elsewhere (or)."""
    require_one_shape("cells_in_either", first, second)
    return _marked((first != 0) | (second != 0), colour)


def cells_in_exactly_one(first: Grid, second: Grid, colour: Colour) -> Grid:
    """A colour in the cells [..., h, w] set in one grid only, 0 elsewhere (xor)."""
    require_one_shape("cells_in_exactly_one", first, second)
    return _marked((first != 0) ^ (second != 0), colour)


def cells_in_neither(first: Grid, second: Grid, colour: Colour) -> Grid:
    """A colour in the cells [..., h, w] set in no grid, 0 elsewhere (nor)."""
    require_one_shape("cells_in_neither", first, second)
    return _marked((first == 0) & (second == 0), colour)


def cells_only_in_first(first: Grid, second: Grid, colour: Colour) -> Grid:
    """A colour in the cells [..., h, w] set in the first grid alone, 0 elsewhere."""
    require_one_shape("cells_only_in_first", first, second)
    return _marked((first != 0) & (second == 0), colour)


def equal_cells(first: Grid, second: Grid, colour: Colour) -> Grid:
    """A colour in the cells [..., h, w] on which the grids agree, 0 elsewhere."""
    require_one_shape("equal_cells", first, second)
    return _marked(first == second, colour)


def differing_cells(first: Grid, second: Grid, colour: Colour) -> Grid:
    """A colour in the cells [..., h, w] on which the grids differ, 0 elsewhere."""
    require_one_shape("differing_cells", first, second)
    return _marked(first != second, colour)


def is_same_grid(first: Grid, second: Grid) -> bool:
    """Whether shapes and all cells are equal; other shapes are no error here."""
    return np.array_equal(first, second)
