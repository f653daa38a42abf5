from __future__ import annotations

import ast
from collections.abc import Sequence

import pytest

from tasks.best import Best
from tasks.form import Form
from tasks.listing import MARK, listed, listing
from tasks.program import functions_in, parse

MODULES = {"turn": "b.moves", "crop": "b.moves", "RED": "a.colours", "paint": "c", "solve_own": "c"}
NAMES = frozenset(MODULES)


def form(expression: str) -> Form:
    return parse(f"def p(S, I, C):\n    return {expression}\n", NAMES)


def program(expression: str, name: str = "n", origin: str = "library") -> Best:
    return Best(form(expression), name, origin, (True, False), (1000, 20), 0.00123456)


def forms_in(text: str) -> list[tuple[str, Form]]:
    """The programs of a file as `functions_in` and the parser see them."""
    return [(name, parse(source, NAMES, name)) for name, source, _ in functions_in(text)]


def imports_of(text: str) -> list[str]:
    return [ast.unparse(node) for node in ast.parse(text).body if isinstance(node, ast.ImportFrom)]


def test_programs_come_back_as_they_were() -> None:
    expressions = ["turn(I)", "paint(crop(I), RED)", "paint(S, C, how=crop('é \\n', (1, (2,)))(I))", "I", "3"]
    text = listing("a1", [program(each) for each in expressions], MODULES)
    assert [form for _, form in forms_in(text)] == [form(each) for each in expressions]
    assert [name for name, _ in forms_in(text)] == ["solve_a1", *(f"solve_a1_{n}" for n in range(2, 6))]


def test_what_is_needed_is_imported_from_its_module_and_nothing_else() -> None:
    text = listing("a1", [program("turn(crop(I))"), program("turn(RED)")], MODULES)
    assert imports_of(text) == ["from a.colours import RED", "from b.moves import crop, turn"]


def test_many_names_of_a_module_stand_in_a_column() -> None:
    names = {f"primitive_number_{n}": "moves" for n in range(9)}
    chain = "I"
    for name in names:
        chain = f"{name}({chain})"
    found = parse(f"def p(I):\n    return {chain}\n", frozenset(names))
    text = listing("a1", [Best(found, "n", "library", (True,), (1000,), 0.0)], names)
    assert max(map(len, text.splitlines())) < 100
    assert imports_of(text) == [f"from moves import {', '.join(names)}"]


def test_a_file_says_what_each_program_came_to() -> None:
    text = listing("a1", [program("turn(I)", "first"), program("turn(crop(I))", "second", "mutant")], MODULES)
    known = {"score": 510, "exact": 1, "samples": 2, "cells": [1000, 20], "cpu_ms": 1.23}
    assert listed(text) == (
        "a1",
        [
            {"program": "solve_a1", "steps": 1, "origin": "library", "name": "first", **known},
            {"program": "solve_a1_2", "steps": 2, "origin": "mutant", "name": "second", **known},
        ],
    )
    assert "# exact: 1\n# samples: 2\n" in text


HOSTILE = [
    'x"""\nimport os',
    "x\n# puzzle: 1",
    "\r",
    "\x0c",
    "\u2028",
    "\ud800",
    "\0",
    "",
    "coding: latin-1",
    "../x",
    "#",
    "{}",
    "é",
]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_no_name_can_be_code_or_end_a_line(text: str) -> None:
    programs = [program("turn(I)", text, text), program("crop(I)", text)]
    file = listing(text, programs, MODULES)
    assert file.isascii()
    assert len(forms_in(file)) == 2
    found = listed(file)
    assert found is not None
    assert found[0] == text
    assert [each["name"] for each in found[1]] == [text, text]
    nodes = ast.parse(file.encode()).body
    assert [type(node).__name__ for node in nodes] == ["Expr", "ImportFrom", "FunctionDef", "FunctionDef"]


def test_a_program_is_not_called_as_the_dsl_calls_something() -> None:
    text = listing("own", [program("solve_own(I)"), program("turn(solve_own(I))")], MODULES)
    assert [name for name, _ in forms_in(text)] == ["solve_own_", "solve_own_2"]
    assert imports_of(text) == ["from b.moves import turn", "from c import solve_own"]


def edited(text: str) -> Sequence[str]:
    return [
        text.replace(MARK, '"""'),
        text.replace("# exact: 1\n", ""),
        text.replace("# exact: 1\n", "# exact: one\n"),
        text.replace("# exact: 1\n", f"# exact: {'[' * 100_000}\n"),
        text.replace("# score", "# note: 1\n# score"),
        text.replace('# puzzle: "a1"', "# puzzle: a1"),
        text.replace('# puzzle: "a1"', "# puzzle: 1"),
        text.replace('# puzzle: "a1"\n', ""),
        "",
    ]


@pytest.mark.parametrize("number", range(9))
def test_what_was_edited_or_is_something_else_is_no_listing(number: int) -> None:
    text = listing("a1", [program("turn(I)")], MODULES)
    assert listed(text) is not None
    assert listed(edited(text)[number]) is None
