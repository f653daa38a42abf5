"""When a run must have ended: a deadline in seconds of its clock, which counts from the process's start.

Owns: how the time before it is shared out. New targets are admitted until a tenth of it is left (at
most a minute), as a grace for those in flight; the last twentieth (5 to 15 s) is kept for ending
workers and writing files.

Does not promise: to interrupt work in this process (`workers=0`), which ends the job it is at.
"""

from __future__ import annotations

from flows.clock import Clock

__all__ = ["Deadline"]

_MOST_GRACE = 60.0
_LEAST_CLOSING, _MOST_CLOSING = 5.0, 15.0  # Dask leaves workers that are at work 4 s to end


class Deadline:
    """A deadline of `seconds`; 0 means none."""

    def __init__(self, seconds: float, clock: Clock) -> None:
        self._clock = clock
        self._ends = seconds - min(max(seconds / 20, _LEAST_CLOSING), _MOST_CLOSING) if seconds else None
        self._grace = min(seconds / 10, _MOST_GRACE)

    def left(self) -> float | None:
        """Seconds that work in flight still has; None without a deadline."""
        return None if self._ends is None else max(0.0, self._ends - self._clock.total().wall_s)

    def passed(self) -> bool:
        """Whether work in flight must be given up."""
        return self.left() == 0.0

    def admits(self) -> bool:
        """Whether there is time for anything new."""
        left = self.left()
        return left is None or left > self._grace
