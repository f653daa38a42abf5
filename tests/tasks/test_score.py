from __future__ import annotations

import random

import numpy as np
import pytest

from tasks.filter import Filtered, Refusal, Unique
from tasks.form import Form
from tasks.grid import Grid
from tasks.outcome import Killed, Outcome, Raised, Returned, TimedOut
from tasks.program import Parent, parse
from tasks.score import Ranked, Scored, score
from tasks.validate import Verdict, stacked

NAMES = frozenset({f"f{number}" for number in range(50)})
ONE = np.array([[1]], np.uint8)
TWO = np.array([[2]], np.uint8)
WIDE = np.array([[1, 2]], np.uint8)


def form(expression: str) -> Form:
    return parse(f"def p(I):\n    return {expression}\n", NAMES)


def verdict(exact: tuple[bool, ...], cells: tuple[int, ...], *outputs: Grid) -> Verdict:
    """A verdict on the train samples and one question per output, all returned."""
    grids = [*([ONE] * len(exact)), *outputs]
    return Verdict((Returned(),) * len(grids), exact, cells, stacked(grids), cpu_s=0.1)


def failed(*outcomes: Outcome) -> Verdict:
    """A verdict on one train sample and one question."""
    return Verdict(outcomes, (False,), (0,), None, cpu_s=0.1)


def scored(*rows: tuple[str, Verdict]) -> Scored:
    """The score of candidates called by their expressions."""
    unique = tuple(Unique(expression, "library", "") for expression, _ in rows)
    return score(Filtered(unique, (), ()), [form(e) for e, _ in rows], [v for _, v in rows])


def names(result: Scored) -> list[str]:
    return [place.name for place in result.ranking]


def test_exact_samples_count_before_cells_cells_before_steps_steps_before_text() -> None:
    result = scored(
        ("f1(f0(I))", verdict((False, False), (900, 900), ONE)),
        ("f9(I)", verdict((False, False), (900, 900), ONE)),
        ("f8(I)", verdict((False, False), (900, 900), ONE)),
        ("f2(I)", verdict((False, False), (999, 999), ONE)),
        ("f3(f3(f3(I)))", verdict((False, True), (0, 1000), ONE)),
    )
    assert names(result) == ["f3(f3(f3(I)))", "f2(I)", "f8(I)", "f9(I)", "f1(f0(I))"]
    assert result.ranking[0] == Ranked("f3(f3(f3(I)))", "library", exact=1, cells=1000, steps=3)


def test_the_ranking_does_not_depend_on_the_order_of_arrival() -> None:
    rows = [(f"f{n}(I)", verdict((n % 2 == 0,), (n % 3,), (ONE, TWO, WIDE)[n % 3])) for n in range(40)]
    result = scored(*rows)
    random.Random(1).shuffle(rows)
    other = scored(*rows)
    assert result.ranking == other.ranking
    assert [[g.tolist() for g in a] for a in result.attempts] == [
        [g.tolist() for g in a] for a in other.attempts
    ]


def test_the_best_8_are_kept_and_all_are_counted() -> None:
    rows = [(f"f{n}(I)", verdict((False,), (n,), ONE)) for n in range(40)]
    result = scored(*rows)
    assert names(result) == [f"f{n}(I)" for n in range(39, 31, -1)]
    assert (result.unique, result.forms) == (40, 40)


def test_equal_forms_are_one_candidate_called_by_the_first_name() -> None:
    same = verdict((True,), (1000,), TWO)
    unique = (Unique("a", "library", "1"), Unique("b", "composition", "2"))
    result = score(Filtered(unique, (), ()), [form("f1(I)"), form("f1(I)")], [same, same])
    assert names(result) == ["a"]
    assert (result.unique, result.forms) == (2, 1)
    assert result.outcomes == (("returned", 1),)


def test_attempts_are_the_first_two_different_grids_of_each_question() -> None:
    result = scored(
        ("f1(I)", verdict((True,), (1000,), ONE, TWO)),
        ("f2(I)", verdict((True,), (1000,), ONE, WIDE)),
        ("f3(I)", verdict((False,), (10,), WIDE, WIDE)),
        ("f4(I)", verdict((False,), (5,), TWO, ONE)),
    )
    assert [[grid.tolist() for grid in grids] for grids in result.attempts] == [
        [[[1]], [[1, 2]]],
        [[[2]], [[1, 2]]],
    ]


def test_a_program_that_fails_on_a_question_gives_no_attempt_there() -> None:
    grids = stacked([ONE, TWO])
    grids[1] = 255
    half = Verdict((Returned(), Raised("no")), (True,), (1000,), grids, cpu_s=0.1)
    result = scored(("f1(I)", half), ("f2(I)", verdict((False,), (3,), TWO)))
    assert [[grid.tolist() for grid in grids] for grids in result.attempts] == [[[[2]]]]


def test_when_nothing_returns_each_question_has_no_attempt() -> None:
    result = scored(("f1(I)", failed(Raised("a"), Raised("a"))))
    assert result.attempts == ((),)
    assert scored().attempts == ()


@pytest.mark.parametrize(
    ("outcomes", "kind"),
    [
        ((Returned(), Returned()), "returned"),
        ((Returned(), TimedOut()), "timed_out"),
        ((Raised("a"), TimedOut()), "raised"),
        ((Killed("wall"), Returned()), "killed"),
    ],
)
def test_a_form_counts_by_its_first_outcome_that_is_no_return(
    outcomes: tuple[Outcome, ...], kind: str
) -> None:
    assert scored(("f1(I)", failed(*outcomes))).outcomes == ((kind, 1),)


def test_solved_train_needs_one_program_exact_on_every_train_sample() -> None:
    halves = [
        ("f1(I)", verdict((True, False), (1000, 0), ONE)),
        ("f2(I)", verdict((False, True), (0, 1000), ONE)),
    ]
    assert not scored(*halves).solved_train
    assert scored(*halves, ("f3(I)", verdict((True, True), (1000, 1000), ONE))).solved_train
    assert not scored().solved_train


def test_forms_and_verdicts_that_do_not_go_together_are_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        score(Filtered((Unique("a", "library", ""),), (), ()), [form("f1(I)")], [])


def test_what_filter_dropped_is_counted_and_refusals_are_kept() -> None:
    refusal = Refusal("b", 2, "an import")
    filtered = Filtered((Unique("a", "library", ""),), (("c", "a"), ("d", "a")), (refusal,))
    result = score(filtered, [form("f1(I)")], [verdict((True,), (1000,), ONE)])
    assert (result.candidates, result.unique, result.forms) == (4, 1, 1)
    assert result.refused == (refusal,)


def test_parents_are_the_best_that_return_everywhere_with_different_outputs() -> None:
    found = scored(
        ("f3(I)", verdict((False, False), (500, 700), TWO)),
        ("f1(I)", verdict((True, False), (1000, 900), ONE)),
        ("f2(f2(I))", verdict((True, False), (1000, 900), ONE)),
        ("f4(I)", Verdict((Returned(), Raised("no")), (True,), (1000,), stacked([TWO, TWO]), cpu_s=0.1)),
        ("f5(I)", verdict((True, True), (1000, 1000), WIDE)),
    )
    assert found.parents == (
        Parent(form("f5(I)").text, 400, "f5(I)"),
        Parent(form("f1(I)").text, 240, "f1(I)"),
        Parent(form("f3(I)").text, 37, "f3(I)"),
    )


def test_there_are_at_most_32_parents() -> None:
    rows = [(f"f{n}(I)", verdict((False,), (n,), np.array([[n % 9, n // 9]], np.uint8))) for n in range(40)]
    assert [parent.name for parent in scored(*rows).parents] == [f"f{n}(I)" for n in range(39, 7, -1)]
