"""Masks: where a grid has what, and the shapes in them."""

import numpy as np
from scipy import ndimage

from .constants import PLUS, SQUARE
from .grids import Grid, Mask


def where(grid: Grid, colour: int) -> Mask:
    return grid == colour


def coloured(grid: Grid) -> Mask:
    return grid != 0


def inverted(mask: Mask) -> Mask:
    return ~mask


def also(a: Mask, b: Mask) -> Mask:
    return a & b


def without(a: Mask, b: Mask) -> Mask:
    return a & ~b


def empty_rows(grid: Grid) -> Mask:
    return ~grid.any(axis=1, keepdims=True)


def drawn(mask: Mask, colour: int) -> Grid:
    """A mask as a grid of one colour on black."""
    return np.where(mask, colour, 0)


def pieces(mask: Mask, diagonal: bool = True) -> list[Mask]:
    """Connected parts, in reading order."""
    labels, count = ndimage.label(mask, SQUARE if diagonal else PLUS)
    return [labels == number for number in range(1, count + 1)]


def cells(mask: Mask) -> int:
    return int(mask.sum())


def cropped(grid: Grid, mask: Mask) -> Grid:
    """The box around a mask; IndexError where that is empty."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return grid[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def grown(mask: Mask, diagonal: bool = True) -> Mask:
    return ndimage.binary_dilation(mask, SQUARE if diagonal else PLUS)


def holes(mask: Mask) -> Mask:
    """What a mask encloses."""
    return ndimage.binary_fill_holes(mask) & ~mask


def inside(mask: Mask) -> Mask:
    """A mask without its edge."""
    return ndimage.binary_erosion(mask, SQUARE)


def spanned(mask: Mask) -> Mask:
    """A mask with all that lies between two of its cells, in a row or a column."""
    return _between(mask) | _between(mask.T).T


def uniform_rows(grid: Grid) -> Mask:
    """The rows of one colour, whole."""
    return np.repeat((grid == grid[:, :1]).all(axis=1, keepdims=True), grid.shape[1], axis=1)


def _between(mask: Mask) -> Mask:
    before = np.maximum.accumulate(mask, axis=1)
    behind = np.maximum.accumulate(mask[:, ::-1], axis=1)[:, ::-1]
    return before & behind
