"""The bound on what a primitive builds."""

from __future__ import annotations

import pytest

from tasks.dsl.size import MAX_WORKING_SIDE, require_size
from tasks.errors import Impossible


def test_sides_at_the_bounds_pass() -> None:
    require_size("tile", 1, MAX_WORKING_SIDE)
    require_size("tile", MAX_WORKING_SIDE, 1)


@pytest.mark.parametrize("side", [0, -1, MAX_WORKING_SIDE + 1])
def test_sides_beyond_the_bounds_are_impossible(side: int) -> None:
    with pytest.raises(Impossible, match="tile: a result of"):
        require_size("tile", side, 1)
    with pytest.raises(Impossible, match="tile: a result of"):
        require_size("tile", 1, side)
