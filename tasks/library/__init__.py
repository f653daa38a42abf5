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

__all__ = ["ORIGIN", "library_files", "programs", "programs_in"]

ORIGIN = "library"


def programs() -> tuple[Program, ...]:
    """Every program of the library, by file and then in the order of the file."""
    return programs_in(library_files())


def library_files() -> tuple[Path, ...]:
    """The files that hold the library's programs."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return tuple(file for file in files if file.name != "__init__.py")


def programs_in(files: tuple[Path, ...]) -> tuple[Program, ...]:
    """The programs of some files. Raises `Refused`, naming the file, where one holds anything else."""
    return tuple(program for file in files for program in _programs_of(file))


def _programs_of(file: Path) -> Iterator[Program]:
    try:
        for name, source, _ in functions_in(file.read_text(encoding="utf-8")):
            yield Program(name, source, ORIGIN)
    except Refused as refused:
        raise Refused(str(file), refused.line, refused.reason) from None
