"""Programs: straight-line Python text over the primitives of a DSL.

Owns `Program`, the entrance to the parser, and the cutting of a file into programs. The grammar is
in `tasks.parser`, the canonical form in `tasks.form`. Nothing here runs a program.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO

from tasks import parser
from tasks.errors import Refused
from tasks.form import Form, Operand, Step
from tasks.parser import Reading, is_text, refuse, tree

__all__ = ["Form", "Operand", "Parent", "Program", "Step", "functions_in", "name_set", "parse", "read"]


@dataclass(frozen=True)
class Program:
    """A candidate: its text, unread, and where it comes from ("library", "composition", ...)."""

    name: str
    source: str
    origin: str

    def _repr_html_(self) -> str:
        from tasks.notebook import program_html

        return program_html(self)


@dataclass(frozen=True)
class Parent:
    """A program that others are made from: its text, how often it is drawn beside the others (at
    least 1), and its name."""

    source: str
    weight: int
    name: str


def parse(source: str, names: frozenset[str], program: str = "?") -> Form:
    """The canonical form of a program over a DSL of these names.

    Raises Refused with `program`, the line within `source`, and the reason.
    """
    return read(source, names, program).form


def read(source: str, names: frozenset[str], program: str = "?") -> Reading:
    """What a program's text says. Its `body` is the text without what names, layout, annotations
    and docstring add: the function is called `program`, its locals x1, x2, ... in the order of
    assignment. A body parses to the same form. Raises Refused as `parse` does.
    """
    try:
        return _reading(source, names)
    except Refused as refused:
        raise Refused(program, refused.line, refused.reason) from None


@lru_cache(maxsize=8192)
def _reading(source: str, names: frozenset[str]) -> Reading:
    return parser.read(source, names)


@lru_cache(maxsize=16)
def name_set(names: tuple[str, ...]) -> frozenset[str]:
    """The names as a set: the same object for the same names, so that `parse` finds its cache."""
    return frozenset(names)


def functions_in(text: str) -> list[tuple[str, str, int]]:
    """The functions of a file with many programs: (name, source, line of the file), in order.

    The file may also hold a docstring and imports; they are ignored. Raises Refused for other
    code, for a name defined twice and where Python cannot parse the file. Whether a function is a
    program is for `parse` to say.
    """
    lines = StringIO(text, newline=None).readlines()  # ends lines where Python's parser does
    found: dict[str, tuple[str, str, int]] = {}
    for position, statement in enumerate(tree(text).body):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        if position == 0 and is_text(statement):
            continue
        if not isinstance(statement, ast.FunctionDef):
            refuse(statement.lineno, "a file of programs holds only functions and imports")
        if statement.name in found:
            earlier = found[statement.name][2]
            refuse(statement.lineno, f"{statement.name!r} is defined on line {earlier} already")
        first = min([statement.lineno, *(node.lineno for node in statement.decorator_list)])
        source = "".join(lines[first - 1 : statement.end_lineno])
        found[statement.name] = statement.name, source, first
    return list(found.values())
