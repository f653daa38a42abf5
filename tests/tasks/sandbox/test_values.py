"""What programs in the sandbox are given, and what comes back of them."""

from __future__ import annotations

import numpy as np
from hostile_programs import BUDGET, GRIDS, evaluate, form, outcomes_of

from tasks.outcome import Raised
from tasks.program import parse
from tasks.sandbox import Sandbox


def test_grids_come_back_as_they_are(sandbox: Sandbox) -> None:
    found = evaluate(sandbox, [form("turn(I)"), form("I"), form("rows(I)"), form("nothing(I)")])
    for evaluation, wanted in zip(found, (np.rot90, np.asarray, np.asarray), strict=False):
        assert [grid.tolist() for grid in evaluation.grids] == [wanted(g).tolist() for g in GRIDS]
    assert found[3].grids == (None, None)
    assert found[3].outputs is None


def test_programs_read_the_train_samples(sandbox: Sandbox) -> None:
    (found,) = evaluate(sandbox, [form("shown(S)")])
    assert [grid.tolist() for grid in found.grids] == [[[7]], [[7]]]
    others = ((GRIDS[0], GRIDS[0]),)  # the same programs on another puzzle
    (found,) = sandbox.evaluate([form("shown(S)")], GRIDS, others, BUDGET)
    assert [grid.tolist() for grid in found.grids] == [GRIDS[0].tolist()] * 2


def test_a_parameter_without_a_value_is_the_programs_outcome(sandbox: Sandbox) -> None:
    outcome = Raised("LookupError: parameter C has no value here")
    assert outcomes_of(sandbox, "same(C)") == (outcome, outcome)


def test_a_name_that_the_dsl_lacks_is_the_programs_outcome(sandbox: Sandbox) -> None:
    stranger = parse("def program(I):\n    return stranger(I)", frozenset({"stranger"}))
    (found,) = evaluate(sandbox, [stranger])
    assert found.outcomes[0] == Raised("LookupError: the DSL has no stranger")


def test_constants_of_equal_value_and_other_type_stay_apart(sandbox: Sandbox) -> None:
    values = ["1", "True", "(1,)", "(True,)", "'1'", "None"]
    forms = [form(f"paint_type(I, {value})") for value in values]
    found = [evaluation.grids[1].item() for evaluation in evaluate(sandbox, forms)]
    assert found == [len(name) for name in ("int", "bool", "tuple", "tuple", "str", "NoneType")]
    nested = [form("paint(I, 1)"), form("same((1, 0))"), form("same((True, False))")]
    assert [len({*e.outcomes}) for e in evaluate(sandbox, nested)] == [1, 1, 1]


def test_constants_may_be_of_64_bits(sandbox: Sandbox) -> None:
    (found,) = evaluate(sandbox, [form(f"paint_size(I, {2**63 - 1})")])
    assert found.grids[1].item() == 63 % 10
