"""The hand-written programs: each is exact on every sample of the training puzzle that its name
gives.

Owns: reading them as text. The files are importable Python, so that editors and type checkers help
whoever writes programs, but a program is data here: it is parsed and run like any candidate, on
every puzzle.
"""

from __future__ import annotations

from pathlib import Path

from tasks.program import Program, functions_in

__all__ = ["ORIGIN", "programs"]

ORIGIN = "library"


def programs() -> tuple[Program, ...]:
    """Every program of the library, by file and then in the order of the file."""
    folder = Path(__file__).parent
    return tuple(
        Program(name, source, ORIGIN)
        for path in sorted(folder.glob("*.py"))
        if path.name != "__init__.py"
        for name, source, _ in functions_in(path.read_text(encoding="utf-8"))
    )
