"""All source files below a folder: what counts where code imports modules by names that it computes.

Owns: which files these are. Folders that are hidden, hold installed packages or are virtual
environments are left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import ModuleType

from store.fingerprint import origin

__all__ = ["files_below", "folders_of"]

_SKIPPED = {"__pycache__", "site-packages", "dist-packages", "node_modules"}


def files_below(folder: str) -> Iterator[str]:
    """The Python source files below a folder, in an order that holds everywhere."""
    for place, folders, files in os.walk(folder):
        if "pyvenv.cfg" in files:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        yield from (os.path.join(place, name) for name in sorted(files) if name.endswith(".py"))  # noqa: PTH118  # os.walk


def folders_of(module: ModuleType) -> list[str]:
    """The folders of a package, or that in which a module's top-level package lies."""
    if "__path__" in vars(module):
        return [str(place) for place in module.__path__]
    file = origin.file_of(module)
    return [origin.root_of(module.__name__, file)] if file else []
