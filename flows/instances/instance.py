"""One of several instances of a run on one store, which together do the work once.

Owns: what `--instance I/N` means: where an instance begins, and how much it takes at once.

Does not promise: that there are others. An instance works with what the leases of its store tell,
so that any of the others may be missing, die, or come later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["Instance"]

_Name = TypeVar("_Name")
_Target = TypeVar("_Target")

_WORDS = re.compile(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})")
_A_WORKER = 2
"""Targets that an instance holds for each worker: one that it computes, and one that waits."""


@dataclass(frozen=True)
class Instance:
    """The `number`-th of `count` instances."""

    number: int
    count: int

    @staticmethod
    def of(text: str) -> Instance:
        """The instance that is called I/N. Raises ValueError, saying what it should be."""
        found = _WORDS.fullmatch(text)
        number, count = map(int, found.groups()) if found is not None else (1, 0)
        if number > count:
            raise ValueError(f"should be I/N, such as 2/8 for the second of eight, not {text!r}")
        return Instance(number, count)

    @property
    def alone(self) -> bool:
        return self.count == 1

    def order(self, targets: Mapping[_Name, _Target]) -> dict[_Name, _Target]:
        """All targets, from where this instance begins."""
        items = list(targets.items())
        first = len(items) * (self.number - 1) // self.count
        return dict(items[first:] + items[:first])

    def window(self, most: int, workers: int) -> int:
        """How many targets are in flight at once: beside others no more than keep the workers busy,
        since what waits in one's window is what others have nothing left to do for at the end."""
        return most if self.alone else min(most, _A_WORKER * max(1, workers))
