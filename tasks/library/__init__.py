"""The hand-written programs: each is exact on every sample of the training puzzle that its name
gives.

Owns: reading them as text. The files are importable Python, so that editors and type checkers help
whoever writes programs, but a program is data here: it is parsed and run like any candidate, on
every puzzle.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tasks.errors import Refused
from tasks.program import Program, functions_in

__all__ = ["ORIGIN", "programs"]

ORIGIN = "library"


def programs() -> tuple[Program, ...]:
    """Every program of the library, by file and then in the order of the file.

    Raises `Refused`, naming the file, for one that is no file of programs.
    """
    files = sorted(Path(__file__).parent.glob("*.py"))
    return tuple(program for file in files if file.name != "__init__.py" for program in _programs_of(file))


def _programs_of(file: Path) -> Iterator[Program]:
    try:
        for name, source, _ in functions_in(file.read_text(encoding="utf-8")):
            yield Program(name, source, ORIGIN)
    except Refused as refused:
        raise Refused(str(file), refused.line, refused.reason) from None
