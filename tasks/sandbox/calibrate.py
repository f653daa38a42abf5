"""How fast this machine is, so that CPU budgets can be given in reference seconds.

A fixed mix of Python and NumPy work, of the kind that primitives do, is measured in CPU time; the
best of several counts, since noise only ever adds. One number cannot be right for all code: a
primitive that does only one kind of work may find its budget some tens of percent off.
"""

from __future__ import annotations

from time import process_time

import numpy as np

REFERENCE_S = 0.0025
"""What the mix takes on the reference machine: one idle core of an Intel Xeon of the Sapphire
Rapids generation at 2 GHz, in a virtual machine, under Python 3.11 and NumPy 2.4."""

LEAST_FACTOR = 0.25
"""A machine that seems more than four times as fast is not believed."""

_ROUNDS = 6


def speed_factor() -> float:
    """Seconds of this machine that make one reference second."""
    return max(min(_measured() for _ in range(_ROUNDS)) / REFERENCE_S, LEAST_FACTOR)


def _measured() -> float:
    started = process_time()
    _mix()
    return process_time() - started


def _mix() -> None:
    grid = np.arange(400, dtype=np.uint8).reshape(20, 20) % 10
    counts: dict[tuple[int, int], int] = {}
    for turn in range(100):
        grid = np.rot90(np.where(grid == turn % 10, grid.T, grid))
        rows = np.flatnonzero(grid.any(axis=1)).tolist()
        for row in rows:
            place = row % 7, turn % 5
            counts[place] = counts.get(place, 0) + row
