"""What other instances computed while this one ran.

Owns: the count of targets, and of their rows, that a run with `--instance` found finished and that
were not when it began.

Does not promise: the rows that others computed of a target that was finished here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flows.instances.instance import Instance
from flows.state.target import Finished, kept_targets
from store import Store

__all__ = ["Others"]


@dataclass
class Others:
    """The others of an instance; `before` are the recipes of what was finished when it began."""

    instance: Instance
    before: frozenset[bytes] = frozenset()
    targets: int = 0
    rows: int = 0

    @staticmethod
    def beside(instance: Instance, store: Store) -> Others:
        """The others of an instance that begins now."""
        return Others(instance, frozenset() if instance.alone else kept_targets(store))

    def count(self, finished: Finished) -> None:
        """Take a target that is finished."""
        if finished.recorded and finished.recipe not in self.before:
            self.targets += 1
            self.rows += sum(member.rows or 0 for member in finished.members)

    def as_json(self, executed: int, hit: int) -> dict[str, Any]:
        """Which part of all rows this instance did not compute, and what the others did meanwhile."""
        return {
            "number": self.instance.number,
            "count": self.instance.count,
            "hit_rate": hit / max(1, executed + hit),
            "by_others": {"puzzles": self.targets, "rows": self.rows},
        }
