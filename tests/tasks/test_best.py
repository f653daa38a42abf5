from __future__ import annotations

import random

import numpy as np

from tasks.best import Best, best
from tasks.filter import Filtered, Unique
from tasks.form import Form
from tasks.outcome import Invalid, Outcome, Raised, Returned
from tasks.program import parse
from tasks.score import score
from tasks.validate import Verdict, stacked

NAMES = frozenset({f"f{number}" for number in range(50)})
Row = tuple[str, Verdict]


def form(expression: str) -> Form:
    return parse(f"def p(I):\n    return {expression}\n", NAMES)


def verdict(exact: tuple[bool, ...], cells: tuple[int, ...], *outcomes: Outcome) -> Verdict:
    """A verdict on train samples and one question, all returned unless said otherwise."""
    grids = stacked([np.zeros((1, 1), np.uint8)] * (len(exact) + 1))
    return Verdict(outcomes or (Returned(),) * len(grids), exact, cells, grids, cpu_s=0.1)


def judged(*rows: Row) -> tuple[Filtered, list[Form], list[Verdict]]:
    """Candidates called by their expressions."""
    unique = tuple(Unique(expression, "library", "") for expression, _ in rows)
    return Filtered(unique, (), ()), [form(each) for each, _ in rows], [each for _, each in rows]


def names(found: tuple[Best, ...]) -> list[str]:
    return [program.name for program in found]


def many() -> list[Row]:
    """40 programs with many ties."""
    return [(f"f{n}(I)", verdict((n % 2 == 0, False), (n % 3, n % 4))) for n in range(40)]


def test_the_order_is_that_of_the_score() -> None:
    found = judged(*many())
    assert names(best(*found, 8)) == [each.name for each in score(*found).contenders[:8]]


def test_the_order_does_not_depend_on_the_order_of_arrival() -> None:
    rows = many()
    expected = best(*judged(*rows), 40)
    random.Random(1).shuffle(rows)
    assert best(*judged(*rows), 40) == expected
    assert len(expected) == 40


def test_fewer_are_the_first_of_more() -> None:
    found = judged(*many())
    assert best(*found, 5) == best(*found, 40)[:5]


def test_equal_forms_are_one_program_called_by_the_first_name() -> None:
    same = verdict((True,), (1000,))
    unique = (Unique("a", "library", "1"), Unique("b", "composition", "2"))
    (kept,) = best(Filtered(unique, (), ()), [form("f1(I)"), form("f1(I)")], [same, same], 32)
    assert (kept.name, kept.origin, kept.form) == ("a", "library", form("f1(I)"))


def test_a_program_needs_a_grid_on_some_train_sample() -> None:
    bad, raised, fine = Invalid("no grid"), Raised("no"), Returned()
    found = best(
        *judged(
            ("f1(I)", verdict((False, False), (0, 0), raised, bad, fine)),
            ("f2(I)", verdict((False, False), (0, 0), raised, fine, raised)),
            ("f3(I)", verdict((False, False), (0, 0), raised, raised, raised)),
        ),
        32,
    )
    assert names(found) == ["f2(I)"]


def test_what_a_program_did_on_the_train_samples_is_kept() -> None:
    (kept,) = best(*judged(("f1(I)", verdict((True, False, False), (1000, 499, 0)))), 1)
    assert (kept.exact, kept.cells, kept.cpu_s) == ((True, False, False), (1000, 499, 0), 0.1)
    assert kept.score == 499
    assert not kept.solves_train


def test_a_program_that_is_exact_everywhere_solves_train() -> None:
    (kept,) = best(*judged(("f1(I)", verdict((True, True), (1000, 1000)))), 1)
    assert kept.solves_train
    assert kept.score == 1000
