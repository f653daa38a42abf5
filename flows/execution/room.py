"""How much work is in memory at once: less of it where workers come near their limit.

Owns: the window of targets, and the most rows that one call may have. Every report tells the most
that its worker ever held. Calls of a stage at most double: from half of the limit, where that stops,
doubling cannot reach the limit. From there on each twentieth more halves window and calls.

Does not promise: a worker's life. One row that takes more than the limit ends it all the same.
"""

from __future__ import annotations

__all__ = ["CHUNK_SECONDS", "WINDOW", "Room"]

WINDOW = 32
"""Targets in flight at once: enough to fill jobs for some dozens of workers, few enough to hold."""

CHUNK_SECONDS = 1.0
"""Work in one chunk of rows: programs share what they have in common within a chunk, and a Dask task
costs 1 to 2 ms; short enough to spread."""

_AMPLE = 0.5
_STEP = 0.05


class Room:
    """What one run may have in memory: at most `window` targets, rows worth `chunk_seconds` in a call."""

    def __init__(self, window: int = WINDOW, chunk_seconds: float = CHUNK_SECONDS) -> None:
        self.chunk_seconds = chunk_seconds
        self._window = window
        self._halvings = 0
        self._largest: dict[str, int] = {}

    @property
    def window(self) -> int:
        """Targets that may be in flight now."""
        return max(1, self._window >> self._halvings)

    @property
    def short(self) -> bool:
        """Whether memory is short: then not more jobs are in flight than there may be targets."""
        return self._halvings > 0

    def heard(self, peak: int, limit: int) -> None:
        """Take the most bytes that a worker ever held, of those that it may; 0 means no limit."""
        above = peak / limit - _AMPLE if limit else 0.0
        if above > 0:
            self._halvings = max(self._halvings, 1 + int(above / _STEP))

    def saw(self, stage: str, rows: int) -> None:
        """A call of so many rows was made, and its worker lived."""
        if not self.short:
            self._largest[stage] = max(self._largest.get(stage, 0), rows)

    def most(self, stage: str, before: int = 0) -> int | None:
        """Rows that a call of a stage may have, where earlier runs had calls with `before`; None where
        nothing is known."""
        largest = self._largest.get(stage, before)
        if not largest:
            return None
        return max(1, largest >> self._halvings) if self.short else 2 * largest
