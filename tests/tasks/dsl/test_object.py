"""Objects: tight boxes, places, and the order of reading."""

from __future__ import annotations

import pytest

from tasks.dsl.object import Object, reading_order, some, tight_object
from tasks.errors import Impossible
from tasks.grid import as_grid

HOOK = as_grid([[0] * 6, [0, 0, 0, 3, 0, 0], [0, 3, 3, 3, 0, 0], [0] * 6, [0] * 6])


def test_an_object_has_a_tight_box_and_zero_outside_its_mask() -> None:
    item = tight_object(HOOK + 1, HOOK != 0, 10, 20)
    assert item.patch.tolist() == [[0, 0, 4], [4, 4, 4]]
    assert (item.row, item.column, item.bottom, item.right) == (11, 21, 12, 23)
    assert (item.size, item.height, item.width) == (4, 2, 3)


def test_an_empty_mask_makes_no_object() -> None:
    with pytest.raises(Impossible):
        tight_object(HOOK, HOOK > 9)


def test_the_first_cell_of_an_object_may_lie_right_of_its_corner() -> None:
    assert reading_order(tight_object(HOOK, HOOK != 0)) == (1, 3)


def test_objects_are_themselves_and_not_their_values() -> None:
    item = tight_object(HOOK, HOOK != 0)
    same = Object(item.patch, item.mask, item.row, item.column)
    assert item != same


def test_no_object_at_all_is_impossible_in_the_name_of_the_primitive() -> None:
    item = tight_object(HOOK, HOOK != 0)
    assert some("pick", (item,)) == (item,)
    with pytest.raises(Impossible, match="pick: there is no object"):
        some("pick", ())
