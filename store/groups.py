"""The groups of rows that a store has in memory: those used last, as many as fit.

Owns: the bounds, by number and by bytes, so that neither many small groups nor some with large
values fill a process.

Does not promise: a bound on one group, which is in memory whole while it is used.
"""

from __future__ import annotations

from collections import OrderedDict

from store.layers import Layers
from store.segment import Group

__all__ = ["Groups"]

_MOST = 256
_MOST_BYTES = 128 << 20
"""What the rows of some 60 puzzles with 500 candidates take, stacks included."""


class Groups:
    """Groups by folder, the one that was used last at the end."""

    def __init__(self, layers: Layers) -> None:
        self._layers = layers
        self._groups: OrderedDict[str, Group] = OrderedDict()

    def find(self, folder: str) -> Group | None:
        """A group that is in memory."""
        group = self._groups.get(folder)
        if group is not None:
            self._groups.move_to_end(folder)
        return group

    def add(self, folder: str) -> Group:
        """A group that was not; others make room for it."""
        sizes = {each: group.size for each, group in self._groups.items()}
        held = sum(sizes.values())
        for each, size in sizes.items():
            if held <= _MOST_BYTES and len(self._groups) < _MOST:
                break
            del self._groups[each]
            held -= size
        group = self._groups[folder] = Group(folder, self._layers)
        return group

    def forget(self, folder: str) -> None:
        """Drop a group: its segments are read again when it is next used."""
        self._groups.pop(folder, None)
