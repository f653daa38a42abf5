"""What notebooks show of puzzles and programs.

Owns: their HTML. All text in it is escaped. No result depends on it, so that it counts in no fingerprint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasks.program import Program
    from tasks.puzzle import Puzzle

__all__ = ["program_html", "puzzle_html"]


def puzzle_html(puzzle: Puzzle) -> str:
    """A puzzle's picture."""
    from tasks.picture import picture, svg

    return svg(picture(puzzle))


def program_html(program: Program) -> str:
    """A program's name and origin above its text."""
    from html import escape  # the fingerprint loads this module, which shall cost a run nothing

    head = f"<b>{escape(program.name)}</b> ({escape(program.origin)})"
    return f"<div>{head}<pre>{escape(program.source)}</pre></div>"


# What is shown of a value is no part of any result: whoever edits it here makes nothing run again.
puzzle_html.__memo_version__ = "1"  # type: ignore[attr-defined]  # read by the fingerprint
program_html.__memo_version__ = "1"  # type: ignore[attr-defined]  # read by the fingerprint
