"""What the tests know of programs, they know from Python: the caller of plain functions, and its DSLs."""

from __future__ import annotations

import ast
import json
from functools import cache
from pathlib import Path

import pytest
from direct import Job, Result, direct, functions_of

HERE = Path(__file__).parent
TRAIN = [([[1, 0], [0, 2]], [[2, 0], [0, 1]])]


@cache
def called(folder: str, module: str, bodies: tuple[str, ...], parameters: str = "I") -> list[Result]:
    """What each program makes of the train input, in one process; on the test input it makes the same."""
    texts = [f"def solve_{number}({parameters}):\n    {body}\n" for number, body in enumerate(bodies)]
    puzzles = {"p": (TRAIN, [TRAIN[0][0]])}
    grid = "array" if module == "array_dsl" else "tuple"
    found = direct(Job(str(HERE / folder), module, grid, texts, puzzles, 0.05))["p"].values()
    assert all(once == again for once, again in found)
    return [once for once, _ in found]


TUPLES: dict[str, Result] = {
    "return flip_rows(I)": ["returned", [[0, 2], [1, 0]]],
    "return power(turned, TWO)(I)": ["returned", [[2, 0], [0, 1]]],
    "return paint(I, fused(objects(I, T, F, T)))": ["returned", [[1, 0], [0, 2]]],
    "return region(only(objects(I, T, F, T)), I)": ["raised", "NotOne"],
    "return first(split_columns(I, THREE))": ["raised", "ValueError"],
    "return nothing(I)": ["raised", "NameError"],
    "return rolled(I, THREE)": ["timed_out"],
    "return ragged(I)": ["invalid"],
    "return averaged(I)": ["invalid"],
    "return objects(I, T, F, T)": ["invalid"],
    "return cellwise(same, I, I)": ["invalid"],
    "return changed(I, ONE, TEN)": ["invalid"],
    "return cut(I, ORIGIN, ORIGIN)": ["invalid"],
    "return enlarged(I, 16)": ["invalid"],
    "return None": ["invalid"],
    "return printed(I)": ["returned", [[1, 0], [0, 2]]],
    "return marked(as_lists(I), ORIGIN, FIVE)": ["returned", [[5, 0], [0, 2]]],
    "return rows_once(I)": ["invalid"],
}


@pytest.mark.parametrize("body", TUPLES)
def test_a_program_of_tuples_is_a_python_function(body: str) -> None:
    found = dict(zip(TUPLES, called("tuple_dsl", "dsl", tuple(TUPLES)), strict=True))
    assert found[body] == TUPLES[body]


ARRAYS: dict[str, Result] = {
    "return after(mirrored, rotated)(I)": ["returned", [[2, 0], [0, 1]]],
    "return stamped(I, coloured(I), RED)": ["returned", [[2, 0], [0, 2]]],
    "return cropped(I, where(I, GREEN))": ["raised", "IndexError"],
    "return until_still(mirrored, I)": ["timed_out"],
    "return coloured(I)": ["invalid"],
    "return brightness(I)": ["invalid"],
    "return exchanged(recoloured(CHECKER, 1, 2), 0, 1)": ["returned", [[2, 1], [1, 2]]],
    "return flattened(I)": ["invalid"],
    "return on_each(flattened, rows_of(I, 1))": ["returned", [[1, 0, 0, 2]]],
}


@pytest.mark.parametrize("body", ARRAYS)
def test_a_program_of_arrays_is_a_python_function(body: str) -> None:
    found = dict(zip(ARRAYS, called(".", "array_dsl", tuple(ARRAYS)), strict=True))
    assert found[body] == ARRAYS[body]


def test_what_a_primitive_changes_in_place_is_changed_for_the_rest_of_the_program() -> None:
    body = "return beside(framed(I, BLUE), I)"
    assert called(".", "array_dsl", (body,)) == [["returned", [[1, 1, 1, 1], [1, 1, 1, 1]]]]


def test_parameters_are_given_by_name() -> None:
    body = "return branch(same(C, None), final(first(S)), I)"
    assert called("tuple_dsl", "dsl", (body,), "S, I, C") == [["returned", TRAIN[0][1]]]


def texts(style: str) -> str:
    """The programs of a style as one text."""
    if style == "tuple_dsl":
        return (HERE / style / "programs.py").read_text(encoding="utf-8")
    lines = (HERE / style / "programs.jsonl").read_text(encoding="utf-8").splitlines()
    return "\n".join(json.loads(line)["source"] for line in lines)


@pytest.mark.parametrize("style", ["tuple_dsl", "array_dsl"])
def test_a_style_has_its_40_primitives_and_60_programs_of_different_names(style: str) -> None:
    modules = [file for file in (HERE / style).glob("*.py") if file.name != "programs.py"]
    primitives = {
        each.name
        for file in modules
        for each in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(each, ast.FunctionDef) and not each.name.startswith("_")
    }
    programs = functions_of(texts(style))
    assert len(primitives) >= 40
    assert len(set(programs)) == len(programs) >= 60
