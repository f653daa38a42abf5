"""The bound on what a primitive builds; exports no primitive."""

from __future__ import annotations

from tasks.errors import Impossible
from tasks.grid import MAX_SIDE

MAX_WORKING_SIDE = 4 * MAX_SIDE
"""Without a bound one fractal of a 30 x 30 grid makes every primitive after it 900 times dearer,
for a result that no puzzle can have."""


def require_size(primitive: str, height: int, width: int) -> None:
    """Raise Impossible unless both sides are 1..MAX_WORKING_SIDE."""
    if min(height, width) < 1 or max(height, width) > MAX_WORKING_SIDE:
        raise Impossible(primitive, f"a result of {height} x {width} cells")
