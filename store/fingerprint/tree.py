"""All source files below a folder, and what they import: what counts where code imports modules by
names that it computes.

Owns: which files these are. Nothing is imported for it. Folders that are hidden, hold installed
packages or are virtual environments are left out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import ModuleType

from store.errors import Unfingerprintable
from store.fingerprint import origin
from store.fingerprint.source import Sources

__all__ = ["Tree", "folders_of", "tree_below"]

_MOST_FILES = 5000
_SKIPPED = {"__pycache__", "site-packages", "dist-packages", "node_modules"}


@dataclass
class Tree:
    """Source files of the project, (place, digest of what an import does), and the names of modules
    outside it that they import."""

    files: list[tuple[str, str]] = field(default_factory=list)
    outside: set[str] = field(default_factory=set)


def folders_of(module: ModuleType) -> list[str]:
    """The folders of a package, or that in which a module's top-level package lies."""
    if "__path__" in vars(module):
        return [str(place) for place in module.__path__]
    file = origin.file_of(module)
    return [origin.root_of(module.__name__, file)] if file else []


def tree_below(folder: str, sources: Sources, importer: str) -> Tree:
    """The source files below a folder, in an order that holds everywhere, and what they import at
    any distance. Raises `Unfingerprintable`, naming `importer`, where they are too many."""
    tree, imports = Tree(), _Imports()
    pending = [(file, os.path.relpath(file, folder)) for file in _files_below(folder)]
    seen = {file for file, _ in pending}
    for file, place in pending:  # grows
        if len(pending) > _MOST_FILES:
            raise Unfingerprintable(
                importer,
                f"it imports modules by computed names, and {folder} holds more than {_MOST_FILES} source "
                f"files; name the modules in its __memo_imports__",
            )
        source = sources.file(file)
        tree.files.append((place, source.digest if source else "no Python"))
        for name in source.bindings.uses if source else ():
            found = imports.files(name, file)
            if not found and not name.startswith("."):
                tree.outside.add(name)
            for used in found:
                if used not in seen:
                    seen.add(used)
                    pending.append((used, f"{name} {os.path.basename(used)}"))  # noqa: PTH119  # a plain string
    return tree


def _files_below(folder: str) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        if "pyvenv.cfg" in files:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        yield from (f"{place}{os.sep}{name}" for name in sorted(files) if name.endswith(".py"))


class _Imports:
    """Where imports lead, each looked for once: many files import the same."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[str, ...]] = {}
        self._listed: dict[str, frozenset[str]] = {}

    def files(self, name: str, importer: str) -> tuple[str, ...]:
        """The project's files that an import of a name executes; what it names may be no module."""
        level = len(name) - len(name.lstrip("."))
        folder = importer if level else ""
        for _ in range(level):
            folder = os.path.dirname(folder)  # noqa: PTH120  # a plain string
        known = self._found.get((folder, name))
        if known is None:
            parts = [part for part in name[level:].split(".") if part]
            known = self._found[folder, name] = self._below([folder] if level else sys.path, parts)
        return known

    def _below(self, folders: Iterable[str], parts: list[str]) -> tuple[str, ...]:
        for folder in folders:
            found = []
            place = folder or os.curdir
            if not parts or self._names_in(place).isdisjoint((parts[0], f"{parts[0]}.py")):
                continue
            for part in parts:
                found += [f"{place}{os.sep}{part}.py", f"{place}{os.sep}{part}{os.sep}__init__.py"]
                place = f"{place}{os.sep}{part}"
            found = [file for file in found if os.path.isfile(file)]  # noqa: PTH113  # a plain string
            there = [file for file in found if origin.of_file(file) == origin.PROJECT]
            if there:
                return tuple(there)
        return ()

    def _names_in(self, folder: str) -> frozenset[str]:
        if folder not in self._listed:
            try:
                self._listed[folder] = frozenset(os.listdir(folder))  # noqa: PTH208  # a plain string
            except OSError:
                self._listed[folder] = frozenset()
        return self._listed[folder]
