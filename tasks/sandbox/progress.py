"""Where a child is: a page of shared memory that still says so after the kernel has ended it.

The child writes the form and the sample before it runs them, and its state when it stops by
itself. Reading is not atomic over several cells: trust it once the child has ended.
"""

from __future__ import annotations

import mmap
from enum import IntEnum

FORM, SAMPLE, STATE, WRITTEN = range(4)
NOT_BEGUN = -1


class State(IntEnum):
    """How far a child came; one that was ended from outside, or crashed, is still `WORKING`."""

    WORKING = 0
    DONE = 1
    TIMED_OUT = 2
    OUT_OF_MEMORY = 3
    FAILED = 4  # the sandbox's own code raised; its text is the last result


class Progress:
    """The shared cells, by index: FORM and SAMPLE count within the request, STATE is a State,
    WRITTEN counts the bytes of whole results.

    `cells` is open to the evaluating loop, which sets it twice for every program and sample.
    """

    def __init__(self, file: int) -> None:
        """`file` is a descriptor of at least one page, which it may outlive."""
        self.cells = memoryview(mmap.mmap(file, mmap.PAGESIZE)).cast("q")

    def clear(self) -> None:
        """Ready for the next child."""
        self.cells[FORM] = self.cells[SAMPLE] = NOT_BEGUN
        self.cells[STATE] = State.WORKING
        self.cells[WRITTEN] = 0

    @property
    def place(self) -> tuple[int, int]:
        """The form and the sample that were begun last."""
        return self.cells[FORM], self.cells[SAMPLE]

    @property
    def state(self) -> State:
        """What the child has said of itself."""
        return State(self.cells[STATE])

    @property
    def written(self) -> int:
        """The bytes of the results so far; none of them is cut short."""
        return self.cells[WRITTEN]
