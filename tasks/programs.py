"""Programs that people bring: files of functions, JSON lines, folders of both.

Owns: which files a path names, and cutting them into programs as text. Whether a text is a program,
and over which DSL, is found out by `filter`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from tasks.errors import Refused, UnknownName
from tasks.nearest import nearest_file
from tasks.program import Program, functions_in

__all__ = ["GIVEN", "own", "program_files", "programs_in"]

GIVEN = "given"
"""The origin of programs that a user brings."""

_LINES = (".jsonl", ".ndjson")
_UNFIT = re.compile(r"\W")


def program_files(paths: Iterable[str]) -> tuple[Path, ...]:
    """The files that paths name: a file itself, of a folder the `.py` and `.jsonl` files in it, by
    name. Raises `UnknownName` for a path without any."""
    files: dict[Path, None] = {}
    for name in paths:
        path = Path(name)
        if path.is_dir():
            found = [file for file in sorted(path.iterdir()) if file.suffix in (".py", *_LINES)]
            found = [file for file in found if file.name != "__init__.py" and file.is_file()]
        else:
            found = [path] if path.is_file() else []
        if not found:
            raise UnknownName("file of programs", name, nearest_file(path, (".py", *_LINES)))
        files.update(dict.fromkeys(found))
    return tuple(files)


def programs_in(files: tuple[Path, ...], origin: str) -> tuple[Program, ...]:
    """The programs of some files, by file and then in its order. Raises `Refused`, naming file and
    line, where one holds anything else."""
    return tuple(program for file in files for program in _programs_of(file, origin))


def own(programs: tuple[Program, ...], puzzle: str) -> tuple[Program, ...]:
    """The programs whose name is `solve_<puzzle>`, or that with a number behind."""
    named = re.compile(f"solve_{_UNFIT.sub('_', puzzle)}(_[0-9]+)?")
    return tuple(program for program in programs if named.fullmatch(program.name))


def _programs_of(file: Path, origin: str) -> Iterator[Program]:
    read = _lines_in if file.suffix in _LINES else functions_in
    try:
        for name, source, _ in read(file.read_text(encoding="utf-8-sig")):
            yield Program(name, source, origin)
    except Refused as refused:
        raise Refused(str(file), refused.line, refused.reason) from None
    except UnicodeDecodeError as error:
        raise Refused(str(file), 1, f"not UTF-8: {error.reason}") from None
    except OSError as error:
        raise Refused(str(file), 1, f"cannot be read: {error.strerror}") from None


def _lines_in(text: str) -> Iterator[tuple[str, str, int]]:
    """The programs of JSON lines, each an object with a name and a source: (name, source, line)."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        refused = partial(Refused, "?", number)
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise refused(f"not JSON: {error}") from None
        name, source = (found.get("name"), found.get("source")) if isinstance(found, dict) else ("", "")
        if not isinstance(name, str) or not isinstance(source, str) or not name:
            raise refused("a line is an object with the texts name and source")
        yield name, source, number
