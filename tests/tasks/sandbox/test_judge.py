"""Differs in the sandbox."""

from __future__ import annotations

import numpy as np
import pytest
from hostile_programs import BUDGET, GRIDS, HOSTILE, NAMES, PAIRS, evaluate

from tasks import differs
from tasks.form import Form
from tasks.outcome import Outcome, Raised
from tasks.program import parse
from tasks.sandbox import Judged, Sandbox


def differ(expression: str) -> Form:
    names = NAMES.union(differs.PRIMITIVES)
    return parse(f"def differ(S, I, C):\n    return {expression}", names)


def judge(sandbox: Sandbox, *expressions: str) -> list[tuple[Outcome, ...]]:
    """The outcomes of differs, where C is each grid, turned."""
    cases = [(grid, np.rot90(grid)) for grid in GRIDS]
    forms = [differ(expression) for expression in expressions]
    return [each.outcomes for each in sandbox.judge(forms, cases, PAIRS, BUDGET, own=True)]


def test_a_differ_reads_the_answer_to_each_input(sandbox: Sandbox) -> None:
    same = Judged(1000, "")
    found = judge(sandbox, "same_sides(sides(C), sides(I))", "same_cells(C, turn(I))", "same_cells(I, C)")
    assert found[0] == (Judged(444, "3 x 2, not 2 x 3"), same)
    assert found[1] == (same, same)
    assert found[2] == (Judged(125, "7 of 8 cells differ"), same)


@pytest.mark.parametrize("name", ["loop", "segfault", "take_all"])
def test_a_differ_that_fails_on_one_case_keeps_its_others(sandbox: Sandbox, name: str) -> None:
    (found,) = judge(sandbox, f"same_cells({name}_if_large(C), C)")
    assert found == (HOSTILE[name], Judged(1000, ""))


def test_differs_share_expressions_and_cannot_change_an_answer(sandbox: Sandbox) -> None:
    """One that writes to what it is given has a copy of its own, as programs have."""
    found = judge(sandbox, "same_cells(overwrite(C), turn(I))", "same_cells(C, turn(I))")
    assert found[0][0] == Judged(833, "1 of 6 cells differ")
    assert found[1] == (Judged(1000, ""), Judged(1000, ""))


def test_programs_have_no_primitives_of_differs(sandbox: Sandbox) -> None:
    (found,) = evaluate(sandbox, [differ("sides(I)")])
    assert found.outcomes[0] == Raised("LookupError: the DSL has no sides")


def test_built_in_differs_are_over_their_own_primitives_alone(sandbox: Sandbox) -> None:
    forms = [differ("same_cells(C, C)"), differ("same_cells(same(C), C)")]
    found = sandbox.judge(forms, [(GRIDS[0], GRIDS[0])], PAIRS, BUDGET, own=False)
    assert found[0].outcomes == (Judged(1000, ""),)
    assert found[1].outcomes == (Raised("LookupError: the DSL has no same"),)
