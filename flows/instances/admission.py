"""Admission: which target a run works on next, where other runs on the same store work on some.

Owns: the leases of targets. Before a run works on a target it takes the target's lease, and keeps
it until the target is finished and its record in the store. What another run holds is put aside,
and asked for again when nothing else is left: then it is finished and hits, or its holder died and
it is taken over.

Does not promise: that a target is computed by one run only. Leases of targets spare runs each
other's company; that each result is computed once is up to the leases of calls.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable

from flows.node import Node
from flows.state.frontier import Frontier
from store.lease import Leases

__all__ = ["Admission"]


class Admission:
    """Targets on their way into a frontier. `lease_of` names the lease of each by its index; without,
    none is taken."""

    def __init__(
        self,
        targets: Iterable[Node],
        frontier: Frontier,
        leases: Leases,
        lease_of: Callable[[int], str] | None,
    ) -> None:
        self._coming = enumerate(targets)
        self._frontier = frontier
        self._leases = leases
        self._lease_of = lease_of
        self._held: dict[int, Callable[[], None]] = {}
        self._aside: deque[tuple[int, Node]] = deque()
        self._more = True
        self._look_at = 0.0

    @property
    def left(self) -> bool:
        """Whether targets are left that were not admitted."""
        return self._more or bool(self._aside)

    @property
    def held_up(self) -> bool:
        """Whether all that is left is held by others."""
        return not self._more and bool(self._aside)

    def admit(self) -> bool:
        """Admit one more target; whether there was one that could be had now."""
        for index, node in self._coming:
            # Before the lease: a target that hits needs none.
            if self._frontier.answer(index, node) or self._begin(index, node):
                return True
            self._aside.append((index, node))
        self._more = False
        return self._admit_from_aside()

    def wait(self) -> None:
        """Sleep until it is worth asking again for what others hold: a second at most."""
        time.sleep(max(0.0, self._look_at - time.monotonic()))

    def finished(self, index: int) -> None:
        """Free the lease of a target that is finished."""
        free = self._held.pop(index, None)
        if free is not None:
            free()

    def close(self) -> None:
        """Free all leases: what is not finished is for others to take."""
        for index in list(self._held):
            self.finished(index)

    def _admit_from_aside(self) -> bool:
        if time.monotonic() < self._look_at:
            return False
        for _ in range(len(self._aside)):
            index, node = self._aside.popleft()
            if self._begin(index, node):
                return True
            self._aside.append((index, node))
        self._look_at = time.monotonic() + self._leases.look_seconds
        return False

    def _begin(self, index: int, node: Node) -> bool:
        if self._lease_of is None:
            self._frontier.begin(index, node)
            return True
        free = self._leases.take(self._lease_of(index))
        if free is None:
            return False
        self._held[index] = free
        # Who held it until now may have finished it.
        self._frontier.admit(index, node)
        return True
