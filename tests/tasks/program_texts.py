"""Texts of programs over a DSL of few names."""

from __future__ import annotations

NAMES = frozenset({"f", "g", "rotate_90", "crop", "DOWN", "x7"})


def program(*lines: str, parameters: str = "I") -> str:
    return f"def p({parameters}):\n" + "".join(f"    {line}\n" for line in lines)
