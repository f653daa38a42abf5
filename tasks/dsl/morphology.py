"""The shape of a mask: its outline, interior, holes, and what grows or shrinks it.

Owns morphology over masks [..., h, w], each plane alone. With `diagonal` a cell has 8 neighbours,
otherwise 4. What lies outside the grid belongs to no mask.
"""

from __future__ import annotations

import numpy as np

from tasks.dsl.components import label_regions
from tasks.grid import Mask

__all__ = [
    "dilate",
    "erode",
    "fill_holes",
    "holes",
    "interior",
    "isolated_cells",
    "outline",
    "remove_specks",
    "surround",
]


def _framed(mask: Mask) -> Mask:
    """The mask with one empty cell around each plane."""
    framed = np.zeros((*mask.shape[:-2], mask.shape[-2] + 2, mask.shape[-1] + 2), dtype=np.bool_)
    framed[..., 1:-1, 1:-1] = mask
    return framed


def dilate(mask: Mask, diagonal: bool) -> Mask:
    """The mask [..., h, w] with the neighbours of its cells."""
    framed = _framed(mask)
    rows = framed[..., :-2, :] | framed[..., 1:-1, :] | framed[..., 2:, :]
    if diagonal:
        return rows[..., :-2] | rows[..., 1:-1] | rows[..., 2:]
    return rows[..., 1:-1] | framed[..., 1:-1, :-2] | framed[..., 1:-1, 2:]


def erode(mask: Mask, diagonal: bool) -> Mask:
    """The cells [..., h, w] whose neighbours are all in the mask; none on the grid's border is."""
    framed = _framed(mask)
    rows = framed[..., :-2, :] & framed[..., 1:-1, :] & framed[..., 2:, :]
    if diagonal:
        return rows[..., :-2] & rows[..., 1:-1] & rows[..., 2:]
    return rows[..., 1:-1] & framed[..., 1:-1, :-2] & framed[..., 1:-1, 2:]


def interior(mask: Mask) -> Mask:
    """The cells [..., h, w] with all 8 neighbours in the mask."""
    return erode(mask, True)


def outline(mask: Mask) -> Mask:
    """The cells [..., h, w] of the mask that are not interior."""
    return mask & ~erode(mask, True)


def surround(mask: Mask, diagonal: bool) -> Mask:
    """The neighbours [..., h, w] of the mask's cells that are not in it."""
    return dilate(mask, diagonal) & ~mask


def holes(mask: Mask) -> Mask:
    """The cells [..., h, w] outside the mask from which no path by 4 neighbours leaves the grid."""
    outside = ~_framed(mask)
    labels = label_regions(outside, diagonal=False)
    enclosed: Mask = outside & (labels != labels[..., :1, :1])
    return enclosed[..., 1:-1, 1:-1]


def fill_holes(mask: Mask) -> Mask:
    """The mask [..., h, w] with its holes."""
    return mask | holes(mask)


def isolated_cells(mask: Mask) -> Mask:
    """The cells [..., h, w] of the mask with no other cell among their 8 neighbours."""
    beside = np.zeros_like(mask)
    framed = _framed(mask)
    height, width = mask.shape[-2:]
    for row, column in ((0, 0), (0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1), (2, 2)):
        beside |= framed[..., row : row + height, column : column + width]
    return mask & ~beside


def remove_specks(mask: Mask) -> Mask:
    """The mask [..., h, w] without its isolated cells."""
    return mask & ~isolated_cells(mask)
