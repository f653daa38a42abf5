"""The hand-written programs: each is exact on every sample of the training puzzle that its name
gives.

Owns: reading them as text. The files are importable Python, so that editors and type checkers help
whoever writes programs, but a program is data here: it is parsed and run like any candidate, on
every puzzle.
"""

from __future__ import annotations

from pathlib import Path

from tasks.program import Program
from tasks.programs import programs_in

__all__ = ["ORIGIN", "library_files", "programs"]

ORIGIN = "library"


def programs() -> tuple[Program, ...]:
    """Every program of the library, by file and then in the order of the file."""
    return programs_in(library_files(), ORIGIN)


def library_files() -> tuple[Path, ...]:
    """The files that hold the library's programs."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return tuple(file for file in files if file.name != "__init__.py")
