"""The bodies of programs that are written plainly, without Python's parser.

Owns what plain is: a header, assignments of calls and a return, each on one line of names, integers
and brackets. It has no grammar of its own: `tasks.parser` reads the shape of an expression, which is
the expression with `_` for each name, and expressions of that shape are filled in. Nor does it refuse:
of what is not plain, or might be refused, it gives nothing, and the parser reads it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from keyword import kwlist
from typing import NamedTuple

from tasks import parser
from tasks.errors import Refused
from tasks.form import PARAMETERS
from tasks.parser import MAX_STATEMENTS, is_reserved

__all__ = ["plain_body"]

MAX_LENGTH = 3 * MAX_STATEMENTS
"""Characters of a text and of its body. A call takes three at least, so the form is surely not too long."""

_NAME = rf"\b(?!(?:{'|'.join([*PARAMETERS, *kwlist])})\b)[A-Za-z_]\w*"
_EXPRESSION = r"[\w (),-]+"
_NAMES = re.compile(f"({_NAME})", re.ASCII)
_ASSIGNMENT = re.compile(f"    ({_NAME}) = ({_EXPRESSION})\n", re.ASCII)
_PROGRAM = re.compile(
    rf"def {_NAME}(\([\w:, ]*\)(?: -> \w+)?:)\n"
    r'(?:    """[ !#-\[\]-~]*"""\n)?'  # printable, no quote and no backslash
    rf"((?:    {_NAME} = {_EXPRESSION}\n)*)    return ({_EXPRESSION})\n?",
    re.ASCII,
)


class _Shape(NamedTuple):
    """What the parser says of expressions that differ only in their names."""

    text: str
    """Normalised, with `%s` for each name."""
    is_call: bool
    """Only then is a value given a name: other values, where they are called, might be refused."""
    parameters: frozenset[str]


@lru_cache(maxsize=8192)
def plain_body(source: str, names: frozenset[str]) -> str | None:
    """The body that `tasks.parser.read` gives a program over these names, where it is written plainly
    and all that it computes is needed; else None."""
    match = _PROGRAM.fullmatch(source) if len(source) <= MAX_LENGTH else None
    header = match and _header(match[1])
    if match is None or header is None:
        return None
    primitives, declared = _primitives(names), _parameters(header)
    known, lines, unused = dict(primitives), [header], set[str]()
    for target, written in [*_ASSIGNMENT.findall(match[2]), ("", match[3])]:
        shape, called = _expression(written)
        if shape is None or not shape.parameters <= declared or target in primitives:
            return None
        given = tuple([known.get(name, "") for name in called])  # "" for one that is not known
        if "" in given or (target and not shape.is_call):
            return None
        unused.difference_update(given)
        text = shape.text % given
        if target:
            fresh = known[target] = f"x{len(lines)}"
            unused.add(fresh)
            lines.append(f"    {fresh} = {text}")
    body = "\n".join([*lines, f"    return {text}\n"])
    return None if unused or len(body) > MAX_LENGTH else body


@lru_cache(maxsize=16)
def _primitives(names: frozenset[str]) -> dict[str, str]:
    """The names that a program may read and not assign, each with its text."""
    return {name: name for name in names if not is_reserved(name)}


@lru_cache(maxsize=64)
def _header(parameters: str) -> str | None:
    """A program's first line, normalised; None where the parser refuses it."""
    try:
        reading = parser.read(f"def program{parameters}\n    return 0\n", frozenset())
    except Refused:
        return None
    return reading.body.partition("\n")[0]


@lru_cache(maxsize=16384)
def _expression(written: str) -> tuple[_Shape | None, tuple[str, ...]]:
    """The shape of an expression, and its names in their order."""
    parts = _NAMES.split(written)
    return _shape("_".join(parts[::2])), tuple(parts[1::2])


@lru_cache(maxsize=4096)
def _shape(written: str) -> _Shape | None:
    """The shape written so; None where the parser refuses it."""
    try:
        reading = parser.read(f"def program(S, I, C):\n    return {written}\n", frozenset("_"))
    except Refused:
        return None
    text = reading.body.rpartition("return ")[2].rstrip()
    return _Shape(text.replace("_", "%s"), text.startswith("_("), _parameters(text))


def _parameters(text: str) -> frozenset[str]:
    """The parameters that stand in a header or an expression without names."""
    return frozenset(PARAMETERS).intersection(text)
