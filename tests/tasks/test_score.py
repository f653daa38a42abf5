from __future__ import annotations

import random
from dataclasses import replace

import pytest
from rankings import NAMES, ONE, TWO, WIDE, cell, failed, form, scores, verdict

from store.encode import digest
from tasks.filter import Filtered, Refusal, Unique, filter
from tasks.grid import Grid
from tasks.inline import inline
from tasks.outcome import Killed, Outcome, Raised, Returned, TimedOut
from tasks.program import Program
from tasks.score import Scores, score
from tasks.validate import Verdict


def names(result: Scores) -> list[str]:
    return [contender.name for contender in result.contenders]


def listed(grids: tuple[Grid | None, ...]) -> list[list[list[int]] | None]:
    return [None if grid is None else grid.tolist() for grid in grids]


def test_exact_samples_count_before_cells_cells_before_steps_steps_before_text() -> None:
    result = scores(
        ("f1(f0(I))", verdict((False, False), (900, 900), ONE)),
        ("f9(I)", verdict((False, False), (900, 900), ONE)),
        ("f8(I)", verdict((False, False), (900, 900), ONE)),
        ("f2(I)", verdict((False, False), (999, 999), ONE)),
        ("f3(f3(f3(I)))", verdict((False, True), (0, 1000), ONE)),
    )
    assert names(result) == ["f3(f3(f3(I)))", "f2(I)", "f8(I)", "f9(I)", "f1(f0(I))"]
    best = result.contenders[0]
    assert (best.origin, best.exact, best.cells, best.steps) == ("library", 1, 1000, 3)
    assert best.text == form("f3(f3(f3(I)))").text


def test_the_order_does_not_depend_on_the_order_of_arrival() -> None:
    rows = [(f"f{n}(I)", verdict((n % 2 == 0,), (n % 3,), (ONE, TWO, WIDE)[n % 3])) for n in range(40)]
    result = scores(*rows)
    random.Random(1).shuffle(rows)
    other = scores(*rows)
    assert names(result) == names(other)
    assert [*map(listed, result.attempts)] == [*map(listed, other.attempts)]
    assert [*map(listed, result.near_misses)] == [*map(listed, other.near_misses)]


def test_the_best_32_are_kept_and_all_are_counted() -> None:
    result = scores(*((f"f{n}(I)", verdict((False,), (n,), ONE)) for n in range(40)))
    assert names(result) == [f"f{n}(I)" for n in range(39, 7, -1)]
    assert (result.unique, result.forms) == (40, 40)


def test_the_slowest_are_named_and_make_no_result_another_one() -> None:
    cpu = {"f1(I)": 0.2, "f2(I)": 0.9, "f3(I)": 0.4, "f4(I)": 0.3}
    rows = [(text, verdict((False,), (0,), ONE)) for text in cpu]
    result = scores(*((text, replace(of, cpu_s=cpu[text])) for text, of in rows))
    assert result.slowest == (("f2(I)", 0.9), ("f3(I)", 0.4), ("f4(I)", 0.3))
    assert digest(result) == digest(scores(*rows))


def test_what_collapsed_is_told_by_what_hid_it() -> None:
    expressions = ("x1 = f1(I)", "x2 = f1(I)", "x1 = f1(I)\n    x3 = f2(I)", "x1 = f1(I)\n    x9 = x1")
    sources = [f"def p(I):\n    {each}\n    return {each[:2]}\n" for each in expressions]
    filtered = filter(tuple(Program(f"{n}", text, "given") for n, text in enumerate(sources)), tuple(NAMES))
    forms = inline(list(filtered.bodies), tuple(NAMES))
    result = score(filtered, forms, [verdict((True,), (1000,), TWO) for _ in forms])
    assert result.collapsed == (("renaming", 1), ("dead_code", 1), ("equal_graphs", 1))
    assert result.candidates == sum(dict(result.collapsed).values()) + result.forms


def test_equal_forms_are_one_candidate_called_by_the_first_name() -> None:
    same = verdict((True,), (1000,), TWO)
    unique = (Unique("a", "library", "1"), Unique("b", "composition", "2"))
    result = score(Filtered(unique, (), ()), [form("f1(I)"), form("f1(I)")], [same, same])
    assert names(result) == ["a"]
    assert (result.unique, result.forms) == (2, 1)
    assert result.outcomes == (("returned", 1),)


def test_a_near_miss_gave_a_grid_on_a_train_sample_and_is_not_exact_on_all() -> None:
    result = scores(
        ("f1(I)", verdict((True, True), (1000, 1000), ONE, outputs=(cell(1), cell(1)))),
        ("f2(I)", verdict((True, False), (1000, 0), ONE, outputs=(cell(1), cell(2)))),
        ("f3(I)", verdict((False, False), (10, 0), ONE, outputs=(cell(3), None))),
        ("f4(I)", verdict((False, False), (0, 0), ONE, outputs=(None, None))),
    )
    assert [contender.near_miss for contender in result.contenders] == [None, 0, 1, None]
    assert [*map(listed, result.near_misses)] == [[[[1]], [[2]]], [[[3]], None]]


def test_candidates_that_give_the_same_on_the_train_samples_are_one_near_miss() -> None:
    result = scores(
        ("f1(I)", verdict((False,), (5,), ONE, outputs=(cell(1),))),
        ("f2(I)", verdict((False,), (4,), ONE, outputs=(cell(2),))),
        ("f3(f3(I))", verdict((False,), (5,), TWO, outputs=(cell(1),))),
    )
    assert [contender.near_miss for contender in result.contenders] == [0, 0, 1]
    assert [*map(listed, result.near_misses)] == [[[[1]]], [[[2]]]]


def test_the_best_16_near_misses_are_looked_into() -> None:
    rows = [
        (f"f{n}(I)", verdict((False, False), (99 - n, 0), ONE, outputs=(cell(n % 10), cell(n // 10))))
        for n in range(32)
    ]
    result = scores(*rows)
    assert [contender.near_miss for contender in result.contenders] == [*range(16), *[None] * 16]
    assert len(result.near_misses) == 16


def test_answers_are_those_of_the_contenders_and_attempts_those_of_the_others() -> None:
    best = [(f"f{n}(I)", verdict((False,), (n,), ONE, cell(n % 10))) for n in range(2, 34)]
    others = [
        ("f1(I)", verdict((False,), (1,), ONE, TWO)),
        ("f0(I)", verdict((False,), (0,), TWO, TWO)),
        ("f0(f0(I))", verdict((False,), (0,), WIDE, WIDE)),
    ]
    result = scores(*best, *others)
    assert [listed(contender.answers)[1] for contender in result.contenders] == [
        [[n % 10]] for n in range(33, 1, -1)
    ]
    assert [*map(listed, result.attempts)] == [[[[1]], [[2]]], [[[2]], [[1, 2]]]]


def test_a_question_without_a_grid_has_no_answer() -> None:
    result = scores(
        ("f1(I)", verdict((False,), (5,), outputs=(ONE, None))), ("f2(I)", failed(*[Raised("a")] * 2))
    )
    assert [listed(contender.answers) for contender in result.contenders] == [[None], [None]]
    assert result.attempts == ((),)


def test_no_candidates_have_no_questions() -> None:
    assert (scores().attempts, scores().near_misses, scores().solved_train) == ((), (), False)


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
    assert scores(("f1(I)", failed(*outcomes))).outcomes == ((kind, 1),)


def test_solved_train_needs_one_program_exact_on_every_train_sample() -> None:
    halves: list[tuple[str, Verdict]] = [
        ("f1(I)", verdict((True, False), (1000, 0), ONE)),
        ("f2(I)", verdict((False, True), (0, 1000), ONE)),
    ]
    assert not scores(*halves).solved_train
    assert scores(*halves, ("f3(I)", verdict((True, True), (1000, 1000), ONE))).solved_train


def test_forms_and_verdicts_that_do_not_go_together_are_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        score(Filtered((Unique("a", "library", ""),), (), ()), [form("f1(I)")], [])


def test_what_filter_dropped_is_counted_and_refusals_are_kept() -> None:
    refusal = Refusal("b", 2, "an import")
    filtered = Filtered((Unique("a", "library", ""),), (("c", "a"), ("d", "a")), (refusal,))
    result = score(filtered, [form("f1(I)")], [verdict((True,), (1000,), ONE)])
    assert (result.candidates, result.unique, result.forms) == (4, 1, 1)
    assert result.refused == (refusal,)
