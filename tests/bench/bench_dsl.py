"""What each primitive costs per grid, at 10x10 and at 30x30, beside touching that grid once.

    python tests/bench/bench_dsl.py [GRIDS]

Grids are inputs of training puzzles of just that size; other arguments are made from them beforehand.
Touching a grid is `(grid == 0).sum()`: every cell is read once, and NumPy is called twice. A copy is
no fair measure, as at these sizes it is a hundred bytes and what NumPy takes to be called is all
that counts. Times are CPU, the least of three each, medians over grids and values of arguments; a
call that raises `Impossible` counts only where every one does. Primitives above 20 times are named.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tasks.dsl import MODULE_OF, PRIMITIVES
from tasks.errors import Impossible
from tasks.grid import Grid
from tasks.puzzle import load

sys.path.insert(0, str(Path(__file__).parents[1] / "tasks"))
from primitive_calls import Values, calls, is_covered, values

SIDES = (10, 30)
MOST = 20.0
"""Times touching a grid, above which a primitive should say why."""

LEAST_S = 0.0003
"""CPU of one measurement: many calls where they are short."""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    grids = {side: grids_of(side, count) for side in SIDES}
    touch = {side: statistics.median(cost(touched, (grid,)) for grid in grids[side]) for side in SIDES}
    made = {side: [values(grid) for grid in grids[side]] for side in SIDES}
    measured = sorted(name for name, primitive in PRIMITIVES.items() if is_covered(primitive))
    table = {name: [per_grid(PRIMITIVES[name], made[side]) for side in SIDES] for name in measured}
    ratios = {
        name: max(s / touch[side] for s, side in zip(table[name], SIDES, strict=True)) for name in measured
    }
    print(f"touching a grid: {touch[10] * 1e6:.2f} us at 10x10, {touch[30] * 1e6:.2f} us at 30x30")
    print(f"{'primitive':<32}{'10x10 us':>10}{'30x30 us':>10}{'at most x':>11}")
    for name in sorted(measured, key=lambda each: -ratios[each]):
        small, large = (seconds * 1e6 for seconds in table[name])
        print(f"{name:<32}{small:>10.2f}{large:>10.2f}{ratios[name]:>11.1f}")
    slow = [name for name in measured if ratios[name] > MOST]
    print(f"{len(slow)} of {len(measured)} above {MOST:.0f} times:")
    for module in sorted({MODULE_OF[name] for name in slow}):
        print(f"  {module}: {', '.join(name for name in slow if MODULE_OF[name] == module)}")
    functions = {name for name, primitive in PRIMITIVES.items() if callable(primitive)}
    print(f"not measured, as they take functions or any number of values: {len(functions - set(measured))}")


def grids_of(side: int, count: int) -> list[Grid]:
    """The first inputs of that height and width, one of a puzzle."""
    firsts = (puzzle.train[0].input for puzzle in load("arcagi", "training").values())
    return [grid for grid in firsts if grid.shape == (side, side)][:count]


def touched(grid: Grid) -> np.int64:
    return (grid == 0).sum()


def per_grid(primitive: Any, made: list[Values]) -> float:
    """Median CPU seconds of a call; of those that return, where any does."""
    given, refused = [], []
    for of in made:
        for arguments in calls(primitive, of):
            try:
                primitive(*arguments)
            except Impossible:
                refused.append(cost(primitive, arguments))
            else:
                given.append(cost(primitive, arguments))
    return statistics.median(given or refused)


def cost(primitive: Callable[..., Any], arguments: tuple[Any, ...]) -> float:
    """CPU seconds of one call: the least of three measurements."""
    turns = 1
    while timed(primitive, arguments, turns) < LEAST_S:
        turns *= 4
    return min(timed(primitive, arguments, turns) for _ in range(3)) / turns


def timed(primitive: Callable[..., Any], arguments: tuple[Any, ...], turns: int) -> float:
    started = time.process_time()
    for _ in range(turns):
        with contextlib.suppress(Impossible):
            primitive(*arguments)
    return time.process_time() - started


if __name__ == "__main__":
    main()
