"""Differs: programs of S, I and C that say how far C, a candidate's output on the train input I, is from
what is wanted.

Owns the primitives that differs have beside those of the DSL, whatever that is, and the files with the
built-in differs. Those are programs like any other: importable Python that is read as text, parsed, and
run in the sandbox.
"""

from __future__ import annotations

from pathlib import Path

from tasks.differs import measures, nearness

__all__ = ["PRIMITIVES", "PURE", "differ_files", "measures", "nearness"]

PURE = True
"""As in `tasks.dsl`."""

PRIMITIVES: dict[str, object] = {
    name: getattr(module, name) for module in (measures, nearness) for name in module.__all__
}
"""Where a DSL has one of these names too, a user's differ means that of the DSL."""


def differ_files() -> tuple[Path, ...]:
    """The files that hold the built-in differs."""
    return (Path(__file__).with_name("built_in.py"),)
