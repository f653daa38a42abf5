"""The sandbox over a DSL whose grids are tuples: what programs get, give, and share."""

from __future__ import annotations

from collections.abc import Iterator

import hostile_tuple_dsl
import numpy as np
import pytest

from tasks.form import Form
from tasks.outcome import Budget, Invalid, Outcome, Returned
from tasks.program import parse
from tasks.sandbox import Evaluation, Sandbox

NAMES = frozenset(name for name in vars(hostile_tuple_dsl) if not name.startswith("_"))
GRID = np.array([[1, 2, 3], [4, 5, 6]], np.uint8)
BUDGET = Budget(cpu_s=2.0)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox("hostile_tuple_dsl", "tuple")
    yield sandbox
    sandbox.close()


def form(expression: str) -> Form:
    return parse(f"def program(S, I):\n    return {expression}\n", NAMES)


def evaluate(sandbox: Sandbox, expressions: list[str]) -> list[Evaluation]:
    return sandbox.evaluate([form(each) for each in expressions], [GRID], ((GRID, GRID),), BUDGET)


def grids(sandbox: Sandbox, expressions: list[str]) -> list[object]:
    found = [evaluation.grids[0] for evaluation in evaluate(sandbox, expressions)]
    return [grid.tolist() if grid is not None else None for grid in found]


@pytest.mark.parametrize("given", ["I", "shown_input(S)"])
def test_programs_get_tuples_of_rows_of_ints(sandbox: Sandbox, given: str) -> None:
    assert grids(sandbox, [f"kind_of({given})", given]) == [[[1]], GRID.tolist()]


@pytest.mark.parametrize("given", ["as_lists(I)", "first(as_array(I))", "I"])
def test_any_guise_of_a_grid_is_compared_as_one(sandbox: Sandbox, given: str) -> None:
    assert grids(sandbox, [given]) == [GRID.tolist()]


def test_a_function_that_a_primitive_returns_can_be_called(sandbox: Sandbox) -> None:
    assert grids(sandbox, ["rotated(1)(I)", "rotated(4)(I)"]) == [np.rot90(GRID, -1).tolist(), GRID.tolist()]


@pytest.mark.parametrize(
    ("changes", "keeps"),
    [
        ("put_nine(as_lists(I))", "as_lists(I)"),
        ("put_nine(last(lists_inside(I)))", "last(lists_inside(I))"),
        ("put_nine(first(as_array(I)))", "first(as_array(I))"),
    ],
)
def test_no_program_can_write_to_what_another_reads(sandbox: Sandbox, changes: str, keeps: str) -> None:
    nine = [[9, 2, 3], [4, 5, 6]]
    assert grids(sandbox, [changes, keeps]) == [nine, GRID.tolist()]
    assert grids(sandbox, [keeps, changes, keeps]) == [GRID.tolist(), nine, GRID.tolist()]


def test_what_can_be_read_once_is_made_for_each_program(sandbox: Sandbox) -> None:
    first_row = [GRID[0].tolist()]
    expressions = [
        "taken(rows_of(I))",
        "first(lists_inside(taken(rows_of(I))))",
        "as_lists(taken(rows_of(I)))",
    ]
    found = grids(sandbox, expressions)
    assert (found[0], found[2]) == (first_row, first_row)


@pytest.mark.parametrize(
    ("expression", "outcome"),
    [
        ("truths(I)", Invalid("cells are integers, these are bool")),
        ("some_truth(I)", Invalid("cells are integers, these are bool")),
        ("ragged(I)", Invalid("the rows of a grid have one length, these differ")),
        ("large(I)", Invalid("cells are 0 to 9, row 0 column 0 holds 300")),
        ("tall(I)", Invalid("a grid has 1 to 30 cells a side, this is 80 x 3")),
        ("I", Returned()),
    ],
)
def test_what_is_no_grid_is_invalid_as_it_is_for_arrays(
    sandbox: Sandbox, expression: str, outcome: Outcome
) -> None:
    assert evaluate(sandbox, [expression])[0].outcomes == (outcome,)


def test_company_changes_no_outcome(sandbox: Sandbox) -> None:
    expressions = ["put_nine(as_lists(I))", "as_lists(I)", "taken(rows_of(I))", "rotated(1)(I)", "ragged(I)"]
    alone = [grids(sandbox, [each])[0] for each in expressions]
    assert grids(sandbox, expressions + expressions[::-1]) == alone + alone[::-1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("applied(holder(I), 1)", "applied(holder(I), 2)"),
        ("cell(applied(popper(I)))", "tall(cell(applied(popper(I))))"),
        ("cell(applied(stepper(I)))", "tall(cell(applied(stepper(I))))"),
        ("cell(applied(counter(I)))", "ragged(cell(applied(counter(I))))"),
    ],
)
def test_functions_that_keep_state_are_made_for_each_program(sandbox: Sandbox, one: str, other: str) -> None:
    alone = [facts(evaluate(sandbox, [each])[0]) for each in (one, other)]
    assert [facts(each) for each in evaluate(sandbox, [one, other])] == alone
    assert [facts(each) for each in evaluate(sandbox, [other, one])] == alone[::-1]


def facts(evaluation: Evaluation) -> tuple[object, object]:
    grid = evaluation.grids[0]
    return evaluation.outcomes, None if grid is None else grid.tolist()
