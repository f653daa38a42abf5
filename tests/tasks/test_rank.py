from __future__ import annotations

import random

import numpy as np
from rankings import ONE, TWO, WIDE, cell, failed, form, scores, verdict

from tasks.differ import Differences
from tasks.filter import Refusal
from tasks.outcome import Raised
from tasks.program import Parent
from tasks.rank import Ranked, Scored, rank
from tasks.score import Scores
from tasks.validate import Verdict


def found(*judged: int) -> Differences:
    """What as many differs found in a near miss."""
    return Differences(tuple((f"d{place}", each, "") for place, each in enumerate(judged)), False)


def ranked(of: Scores, *found: Differences) -> Scored:
    return rank(of, list(found))


def names(result: Scored) -> list[str]:
    return [place.name for place in result.ranking]


def near_miss(exact: int, cells: int, colour: int) -> Verdict:
    """A verdict on 3 train samples, of which at most 2 are exact."""
    outputs = (cell(colour),) * 3
    return verdict((exact > 0, exact > 1, False), (cells, 0, 0), cell(colour), outputs=outputs)


def test_exact_samples_count_before_differs_and_differs_before_cells() -> None:
    of = scores(
        ("f1(I)", near_miss(2, 10, 1)),
        ("f2(I)", near_miss(1, 900, 2)),
        ("f3(I)", near_miss(1, 800, 3)),
        ("f4(I)", near_miss(0, 1000, 4)),
    )
    result = ranked(of, found(0, 0), found(10, 20), found(30, 1), found(1000, 1000))
    assert names(result) == ["f1(I)", "f3(I)", "f2(I)", "f4(I)"]


def test_equal_differs_leave_the_order_by_cells_steps_and_text() -> None:
    of = scores(
        ("f3(I)", near_miss(0, 5, 3)),
        ("f2(f2(I))", near_miss(0, 5, 2)),
        ("f1(I)", near_miss(0, 5, 1)),
        ("f4(I)", near_miss(0, 6, 4)),
    )
    result = ranked(of, *[found(7)] * 4)
    assert names(result) == ["f4(I)", "f1(I)", "f3(I)", "f2(f2(I))"]


def test_a_near_miss_that_was_not_looked_into_comes_after_those_that_were() -> None:
    rows = [(f"f{n}(I)", near_miss(0, 99 - n, n % 10)) for n in range(5)]
    of = scores(("f9(I)", verdict((False,) * 3, (999, 0, 0), ONE, outputs=(None,) * 3)), *rows)
    result = ranked(of, *[found(n) for n in range(5)])
    assert names(result) == [*(f"f{n}(I)" for n in (4, 3, 2, 1, 0)), "f9(I)"]


def test_the_best_8_are_kept_with_what_the_differs_found() -> None:
    of = scores(*((f"f{n}(I)", near_miss(0, n, n)) for n in range(10)))
    result = ranked(of, *[found(n) for n in range(10)])
    assert names(result) == [f"f{n}(I)" for n in range(8)]
    assert result.ranking[0] == Ranked("f0(I)", "library", form("f0(I)").text, 0, 0, 1, (("d0", 9, ""),))


def test_programs_that_are_exact_on_all_samples_carry_no_differences() -> None:
    result = ranked(scores(("f1(I)", verdict((True,), (1000,), ONE))))
    assert result.ranking == (Ranked("f1(I)", "library", form("f1(I)").text, 1, 1000, 1),)
    assert result.solved_train
    assert result.slowest == (("f1(I)", 0.1),)


def test_attempts_are_the_first_two_different_grids_in_the_last_order() -> None:
    of = scores(
        ("f1(I)", verdict((False,), (9,), ONE, TWO, outputs=(cell(1),))),
        ("f2(I)", verdict((False,), (8,), ONE, WIDE, outputs=(cell(2),))),
        ("f3(I)", verdict((False,), (7,), WIDE, WIDE, outputs=(cell(3),))),
    )
    result = ranked(of, found(0), found(1), found(2))
    assert [[grid.tolist() for grid in grids] for grids in result.attempts] == [
        [[[1, 2]], [[1]]],
        [[[1, 2]], [[2]]],
    ]


def test_attempts_go_on_with_candidates_that_are_no_contenders() -> None:
    rows = [(f"f{n}(I)", verdict((True,), (1000,), ONE)) for n in range(10, 42)]
    of = scores(*rows, ("f0(I)", verdict((False,), (3,), ONE)), ("f1(I)", verdict((False,), (2,), TWO)))
    assert [[grid.tolist() for grid in grids] for grids in ranked(of).attempts] == [[[[1]], [[2]]]]


def test_a_program_that_fails_on_a_question_gives_no_attempt_there() -> None:
    half = verdict((True,), (1000,), outputs=(ONE, None))
    of = scores(("f1(I)", half), ("f2(I)", verdict((False,), (3,), TWO, outputs=(TWO,))))
    assert [[grid.tolist() for grid in grids] for grids in ranked(of, found(1)).attempts] == [[[[2]]]]


def test_when_nothing_returns_each_question_has_no_attempt() -> None:
    assert ranked(scores(("f1(I)", failed(Raised("a"), Raised("a"))))).attempts == ((),)
    assert ranked(scores()).attempts == ()


def test_the_ranking_does_not_depend_on_the_order_of_arrival() -> None:
    rows = [(f"f{n}(I)", near_miss(n % 2, n % 3, n % 10)) for n in range(40)]
    results = []
    for _ in range(2):
        of = scores(*rows)
        # What differs find depends on the near miss alone.
        judged = [
            found(int(outputs[0][0, 0]) * 7 % 10) for outputs in of.near_misses if outputs[0] is not None
        ]
        results.append(ranked(of, *judged))
        random.Random(1).shuffle(rows)
    one, other = results
    assert one.ranking == other.ranking
    assert one.lineage == other.lineage
    assert [[g.tolist() for g in a] for a in one.attempts] == [
        [g.tolist() for g in a] for a in other.attempts
    ]


def test_parents_weigh_by_exact_samples_cells_and_differs() -> None:
    of = scores(
        ("f1(I)", verdict((True, True), (1000, 1000), ONE)),
        ("f2(I)", verdict((True, False), (1000, 500), ONE, outputs=(cell(1), cell(2)))),
        ("f3(I)", verdict((False, False), (0, 0), ONE, outputs=(cell(3), cell(4)))),
    )
    result = ranked(of, found(1800, 1000), found(0, 0))
    assert result.parents == (
        Parent("def program(I):\n    x1 = f1(I)\n    return x1\n", 1 + 100 + 100 + 299, "f1(I)"),
        Parent("def program(I):\n    x1 = f2(I)\n    return x1\n", 1 + 56 + 49 + 149, "f2(I)"),
        Parent("def program(I):\n    x1 = f3(I)\n    return x1\n", 1, "f3(I)"),
    )


def test_parents_return_on_every_sample_and_differ_in_what_they_give() -> None:
    of = scores(
        ("f1(I)", verdict((True, False), (1000, 900), ONE)),
        ("f2(f2(I))", verdict((True, False), (1000, 900), ONE)),
        ("f4(I)", verdict((True, True), (1000, 1000), TWO, outputs=(cell(1), None))),
        ("f3(I)", verdict((False, False), (500, 700), TWO)),
    )
    result = ranked(of, *[found(0)] * len(of.near_misses))
    assert [parent.name for parent in result.parents] == ["f1(I)", "f3(I)"]


def test_there_are_at_most_32_parents() -> None:
    rows = [(f"f{n}(I)", verdict((False,), (n,), np.array([[n % 9, n // 9]], np.uint8))) for n in range(40)]
    of = scores(*rows)
    result = ranked(of, *[found(0)] * len(of.near_misses))
    assert [parent.name for parent in result.parents] == [f"f{n}(I)" for n in range(39, 7, -1)]


def test_counts_are_those_of_the_scores() -> None:
    refusal = Refusal("b", 2, "an import")
    of = scores(("f1(I)", verdict((True,), (1000,), ONE)))
    result = rank(Scores(**{**vars(of), "candidates": 9, "unique": 7, "refused": (refusal,)}), [])
    assert (result.candidates, result.unique, result.forms) == (9, 7, 1)
    assert (result.outcomes, result.refused) == ((("returned", 1),), (refusal,))
