"""The differs that every run has: each tells in one respect how C differs from what is wanted."""

from __future__ import annotations

from tasks.differs.measures import Pairs, boxes, colours, count, objects, sides, symmetries, wanted
from tasks.differs.nearness import Judgement, same_cells, same_count, same_items, same_rows, same_sides
from tasks.grid import Grid


def differ_shape(S: Pairs, I: Grid, C: Grid) -> Judgement:
    """Height and width."""
    return same_sides(sides(C), sides(wanted(S, I)))


def differ_palette(S: Pairs, I: Grid, C: Grid) -> Judgement:
    """The colours that occur."""
    return same_items(colours(C), colours(wanted(S, I)))


def differ_cells(S: Pairs, I: Grid, C: Grid) -> Judgement:
    """The cells, one by one."""
    return same_cells(C, wanted(S, I))


def differ_boxes(S: Pairs, I: Grid, C: Grid) -> Judgement:
    """Where the objects lie: the boxes that hold them."""
    found = objects(C)
    goal = objects(wanted(S, I))
    return same_rows(boxes(found), boxes(goal))


def differ_objects(S: Pairs, I: Grid, C: Grid) -> Judgement:
    """How many objects there are."""
    found = objects(C)
    goal = objects(wanted(S, I))
    return same_count(count(found), count(goal))


def differ_symmetry(S: Pairs, I: Grid, C: Grid) -> Judgement:
    """The reflections and turns that change nothing."""
    return same_items(symmetries(C), symmetries(wanted(S, I)))
