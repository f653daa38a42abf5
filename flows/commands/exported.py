"""A directory of exported programs: a file per puzzle that has some, and an index of them.

Owns: where a puzzle's file lies, below the directory whatever the puzzle is called; which files are
ours, by the mark that they begin with; and the index, which is made from what the files say.

Any number of processes may export into one directory. A file is written whole or not at all, and of
two exports of one puzzle the later one stays. Whoever writes the index reads all files first, under
a lock and after its own were written, so that when the last of several exports has ended, the index
tells of each file that lies there, also of those that a killed export left.

Does not promise: files without a mark are left alone, but one that is put in the place of ours at
the very moment of writing is lost. Where the file system has no locks, an index may lack what another
export wrote at the same time, until somebody exports again.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flows.errors import BadSettings
from flows.output import write_text
from store.local_lease import LocalClaims
from tasks.best import Best
from tasks.listing import MARK, listed, listing

__all__ = ["ExportFolder", "Fate"]

_INDEX = "index.json"
_INDEX_MARK = '{\n "memoflow_export": 1,'
_LOCK = ".memoflow.lock"
_MOST_CHARACTERS = 150
"""Of a file name that is made from a puzzle's id: longer ones end in a digest."""


class Fate(Enum):
    """What was done with a puzzle's file."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    REMOVED = "removed"


class ExportFolder:
    """The directory `folder`; `modules` says which module each name of the DSL is imported from."""

    def __init__(self, folder: Path, modules: Mapping[str, str]) -> None:
        self.folder = folder
        self._modules = modules

    def prepare(self, puzzles: Iterable[str]) -> None:
        """Make the directory if need be. Raises `BadSettings` where these puzzles' programs or the
        index could not be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            writable = os.access(self.folder, os.W_OK | os.X_OK)
        except OSError:
            writable = False
        if not writable:
            raise BadSettings(str(self.folder), "cannot be written; name a directory that you can write to")
        _held(self.folder / _INDEX, _INDEX_MARK)
        for puzzle in puzzles:
            _held(self._file(puzzle), MARK)

    def put(self, puzzle: str, programs: Sequence[Best]) -> Fate | None:
        """Bring a puzzle's file up to date; without programs it has none. None where it had none
        before.

        Raises `BadSettings` where another file lies there, OSError where it cannot be written.
        """
        file = self._file(puzzle)
        held = _held(file, MARK)
        if programs:
            return _bring(file, held, listing(puzzle, programs, self._modules))
        if held is None:
            return None
        file.unlink(missing_ok=True)
        return Fate.REMOVED

    def write_index(self) -> None:
        """Bring the index up to date with all files. Raises as `put` does."""
        index = self.folder / _INDEX
        with LocalClaims(self.folder / _LOCK).claim(_INDEX, math.inf):
            puzzles = ",\n".join(f"  {json.dumps(name)}: {entry}" for name, entry in self._entries())
            text = f'{_INDEX_MARK}\n "puzzles": {{\n{puzzles}\n }}\n}}\n'
            _bring(index, _held(index, _INDEX_MARK), text)

    def _entries(self) -> list[tuple[str, str]]:
        """What the files say, by puzzle and in that order; what is not as it was exported is left
        out."""
        entries: list[tuple[str, str]] = []
        for file in self.folder.glob("*.py"):
            found = listed(_text(file) or "")
            if found is not None and file == self._file(found[0]):
                entries.append((found[0], _entry(file.name, found[1])))
        return sorted(entries)

    def _file(self, puzzle: str) -> Path:
        """Where a puzzle's programs lie: a name of its own for each id, without a path's special
        characters, neither empty nor hidden."""
        name = quote(puzzle, safe="", errors="surrogatepass").replace(".", "%2E") or "%"
        if len(name) > _MOST_CHARACTERS:
            # In lower case, as what `quote` writes after % never is.
            digest = hashlib.sha256(name.encode()).hexdigest()
            name = f"{name[:_MOST_CHARACTERS]}%{digest}"
        return self.folder / f"{name}.py"


def _entry(file: str, programs: list[dict[str, Any]]) -> str:
    """What the index holds of a puzzle, a line per program."""
    solved = any(program["exact"] == program["samples"] for program in programs)
    head = json.dumps({"file": file, "solved_train": solved})
    lines = ",\n".join(f"   {json.dumps(program)}" for program in programs)
    return f'{head[:-1]}, "programs": [\n{lines}]}}'


def _bring(file: Path, held: str | None, text: str) -> Fate:
    """Write a file unless it holds the text already."""
    if held == text:
        return Fate.UNCHANGED
    write_text(file, text)
    return Fate.WRITTEN


def _held(file: Path, mark: str) -> str | None:
    """The text of a file of ours; None where there is no file.

    Raises `BadSettings` where something else lies there.
    """
    text = _text(file)
    if text is None and not os.path.lexists(file):
        return None
    if text is None or not text.startswith(mark):
        raise BadSettings(str(file), "was not exported; move it away, or name another directory")
    return text


def _text(file: Path) -> str | None:
    """The text of a plain file; None for anything else, a link too: that may lead elsewhere."""
    if file.is_symlink() or not file.is_file():
        return None
    try:
        return file.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return None
