"""Connected components: which cells of a grid hang together, as objects.

Owns the labelling. Neighbours are the 4 beside a cell, or with `diagonal` all 8 around it.
Objects come in reading order of their first cells. SciPy is imported by the functions that call
it, because most runs never need it; `PRELOAD` names what a long-lived process may import early.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from tasks.dsl.object import Object, Objects, reading_order, tight_object
from tasks.errors import Impossible
from tasks.grid import Colour, Grid, Mask

__all__ = [
    "all_components",
    "background_components",
    "component_at",
    "components_of_colour",
    "components_of_mask",
    "connected_components",
    "count_components",
    "enclosed_components",
    "flood_fill",
    "foreground_object",
    "is_connected",
    "multicolour_objects_4",
    "multicolour_objects_8",
    "objects_4",
    "objects_8",
]

PRELOAD = ("scipy.ndimage",)

Labels: TypeAlias = NDArray[np.int32]
_Slices: TypeAlias = tuple[slice, ...]


@lru_cache(maxsize=16)
def _neighbours(axes: int, diagonal: bool) -> NDArray[np.bool_]:
    """The structuring element that joins cells of one plane and never two planes."""
    element = np.zeros((3,) * axes, dtype=np.bool_)
    cross = [[diagonal, True, diagonal], [True, True, True], [diagonal, True, diagonal]]
    element[(1,) * (axes - 2)] = cross
    return element


def label_regions(mask: Mask, diagonal: bool) -> Labels:
    """Number the connected regions of a mask [..., h, w] from 1, with 0 outside.

    Planes along leading axes stay apart, and numbers are not used twice among them.
    """
    from scipy import ndimage

    labels, _ = ndimage.label(mask, _neighbours(mask.ndim, diagonal))
    return cast(Labels, labels)


def _boxes(labels: Labels) -> list[_Slices]:
    """The box of each label, in order of their numbers."""
    from scipy import ndimage

    return ndimage.find_objects(labels)


def _objects_of(grid: Grid, planes: Mask, diagonal: bool) -> Objects:
    """The connected regions of each plane [k, h, w] as objects, in reading order."""
    # Cost: 20 to 200 times touching the grid. SciPy labels a mask for each colour, and each object is
    # two arrays of its own (2 to 3 us); a grid of 30 x 30 may have two hundred.
    labels = label_regions(planes, diagonal)
    found = []
    for number, (plane, rows, columns) in enumerate(_boxes(labels), start=1):
        mask = labels[plane.start, rows, columns] == number
        patch = grid[rows, columns] * mask
        found.append(Object(patch, mask, rows.start, columns.start))
    return tuple(sorted(found, key=reading_order))


def _colour_planes(grid: Grid) -> Mask:
    """One mask [h, w] for each colour present, stacked in order of colour."""
    present = np.bincount(grid.ravel()).nonzero()[0]
    planes: Mask = grid == present[:, None, None]
    return planes


def connected_components(grid: Grid, background: Colour, diagonal: bool, one_colour: bool) -> Objects:
    """The components of all cells [h, w] that are not `background`.

    With `one_colour` a component ends where the colour changes.
    """
    foreground = grid != background
    planes = _colour_planes(grid) & foreground if one_colour else foreground[None]
    return _objects_of(grid, planes, diagonal)


def objects_4(grid: Grid) -> Objects:
    """The components of one colour other than 0, by 4 neighbours."""
    return connected_components(grid, 0, False, True)


def objects_8(grid: Grid) -> Objects:
    """The components of one colour other than 0, by 8 neighbours."""
    return connected_components(grid, 0, True, True)


def multicolour_objects_4(grid: Grid) -> Objects:
    """The components of the cells other than 0, whatever their colours, by 4 neighbours."""
    return connected_components(grid, 0, False, False)


def multicolour_objects_8(grid: Grid) -> Objects:
    """The components of the cells other than 0, whatever their colours, by 8 neighbours."""
    return connected_components(grid, 0, True, False)


def all_components(grid: Grid) -> Objects:
    """The components of every colour, 0 included, by 4 neighbours: they cover the grid."""
    return _objects_of(grid, _colour_planes(grid), False)


def components_of_colour(grid: Grid, colour: Colour, diagonal: bool) -> Objects:
    """The components of one colour, which may be 0."""
    return _objects_of(grid, (grid == colour)[None], diagonal)


def components_of_mask(grid: Grid, mask: Mask, diagonal: bool) -> Objects:
    """The components of a mask [h, w], with the colours of the grid [h, w].

    Raises Impossible when the shapes differ.
    """
    if mask.shape != grid.shape:
        raise Impossible("components_of_mask", "the shapes of grid and mask differ")
    return _objects_of(grid, mask[None], diagonal)


def background_components(grid: Grid) -> Objects:
    """The components of colour 0, by 4 neighbours."""
    return components_of_colour(grid, 0, False)


def enclosed_components(grid: Grid) -> Objects:
    """The components of colour 0 by 4 neighbours that do not reach the border of the grid."""
    last_row, last_column = grid.shape[0] - 1, grid.shape[1] - 1
    return tuple(
        item
        for item in background_components(grid)
        if item.row > 0 and item.column > 0 and item.bottom < last_row and item.right < last_column
    )


def foreground_object(grid: Grid) -> Object:
    """All cells other than 0 as one object, connected or not. Raises Impossible without any."""
    return tight_object(grid, grid != 0)


def _region_at(primitive: str, grid: Grid, row: int, column: int) -> Mask:
    if not (0 <= row < grid.shape[0] and 0 <= column < grid.shape[1]):
        raise Impossible(primitive, f"row {row} column {column} lies outside the grid")
    labels = label_regions(grid == grid[row, column], diagonal=False)
    region: Mask = labels == labels[row, column]
    return region


def component_at(grid: Grid, row: int, column: int) -> Object:
    """The component of one colour by 4 neighbours that holds a cell.

    Raises Impossible when the cell lies outside the grid.
    """
    return tight_object(grid, _region_at("component_at", grid, row, column))


def flood_fill(grid: Grid, row: int, column: int, colour: Colour) -> Grid:
    """The grid [h, w] with the component that holds a cell, by 4 neighbours, in a new colour.

    Raises Impossible when the cell lies outside the grid.
    """
    return np.where(_region_at("flood_fill", grid, row, column), np.uint8(colour), grid)


def count_components(mask: Mask, diagonal: bool) -> int:
    """The number of connected regions of a mask [h, w]."""
    return int(label_regions(mask, diagonal).max())


def is_connected(mask: Mask, diagonal: bool) -> bool:
    """Whether the cells of a mask [h, w] form exactly one region."""
    return count_components(mask, diagonal) == 1
