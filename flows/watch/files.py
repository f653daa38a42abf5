"""What tells one state of a file from another.

Owns: `Identity`, which changes with every save, also one that sets the time of modification back or
leaves the size as it was.

Does not promise: to tell two saves of one size apart that fall into one tick of the file system's clock.
Whoever looks again after `TICK_S` sees what both have left.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

__all__ = ["TICK_S", "Identity", "identity_of"]

TICK_S = 0.02
"""File systems stamp saves with a clock that may be so much behind."""


class Identity(NamedTuple):
    """A file's inode, its size, and when it was changed last, in ns."""

    inode: int
    size: int
    changed: int

    def is_since(self, moment: float) -> bool:
        """Whether it may have been changed at or after a moment."""
        return self.changed >= (moment - TICK_S) * 1e9


def identity_of(path: str | Path) -> Identity | None:
    """The identity of a file, or of what a link leads to; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116  # a thousand files, at every change
    except OSError:
        return None
    return Identity(found.st_ino, found.st_size, found.st_ctime_ns)
