"""What a name that does not exist was probably meant to be.

Owns: the nearest of some names, and the nearest file beside one that is not there.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

__all__ = ["nearest", "nearest_file"]


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The one of some names that is most like another; None where none is."""
    return next(iter(difflib.get_close_matches(name, known, 1)), None)


def nearest_file(path: Path, suffixes: tuple[str, ...], folders: bool = True) -> str | None:
    """The file of such a kind, or the folder, that lies beside `path` and is called most like it, or the
    same with a suffix; None where there is none, or nobody may look."""
    try:
        beside = [
            each for each in path.parent.iterdir() if each.suffix in suffixes or (folders and each.is_dir())
        ]
    except OSError:
        return None
    names = [each.name for each in beside if each.name != path.name]
    with_suffix = (path.name + suffix for suffix in suffixes)
    name = next(filter(names.__contains__, with_suffix), None) or nearest(path.name, names)
    return str(path.with_name(name)) if name is not None else None
