"""Several instances of a run on one store, which together do the work once.

Owns: what `--instance I/N` means: where an instance begins, how much it takes at once, and what of
its results the others computed meanwhile.

Does not promise: anything about who the others are. An instance works with what the store's leases
tell, so that any of them may be missing, die, or come later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from flows.frontier import Finished
from flows.target import kept_targets
from store import Store

__all__ = ["Instance", "Others"]

_K = TypeVar("_K")
_V = TypeVar("_V")

_WORDS = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,5})")
_A_WORKER = 2
"""Puzzles that an instance holds for each worker: one that is computed, and one that waits."""


@dataclass(frozen=True)
class Instance:
    """The `number`-th of `count` instances."""

    number: int
    count: int

    @staticmethod
    def of(text: str) -> Instance:
        """The instance that is called I/N. Raises ValueError, saying what it should be."""
        found = _WORDS.fullmatch(text)
        instance = Instance(*map(int, found.groups())) if found is not None else Instance(1, 0)
        if instance.number > instance.count:
            raise ValueError(f"should be I/N, such as 2/8 for the second of eight, not {text!r}")
        return instance

    @property
    def alone(self) -> bool:
        """Whether there are no others."""
        return self.count == 1

    def order(self, targets: Mapping[_K, _V]) -> dict[_K, _V]:
        """All targets, from where this instance begins."""
        items = list(targets.items())
        first = len(items) * (self.number - 1) // self.count
        return dict(items[first:] + items[:first])

    def window(self, most: int, workers: int) -> int:
        """How many targets are in flight at once. Beside others no more than keep the workers busy:
        what waits in one instance's window is what others have nothing left to do for at the end."""
        return most if self.alone else min(most, _A_WORKER * max(1, workers))


class Others:
    """What the other instances computed since this one began: where there are others, the targets
    that it finds finished and that were not so then."""

    def __init__(self, instance: Instance, store: Store) -> None:
        self.instance = instance
        self.targets = 0
        self.rows = 0
        self._before = frozenset() if instance.alone else kept_targets(store)

    def count(self, finished: Finished) -> None:
        """Take a target that is finished."""
        if finished.recorded and finished.members[-1].recipe not in self._before:
            self.targets += 1
            self.rows += sum(member.rows or 0 for member in finished.members)
