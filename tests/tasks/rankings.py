"""Candidates with made-up verdicts, for the tests of what is made of verdicts."""

from __future__ import annotations

import numpy as np

from tasks.filter import Filtered, Unique
from tasks.form import Form
from tasks.grid import EMPTY, Grid
from tasks.outcome import Outcome, Raised, Returned
from tasks.program import parse
from tasks.score import Scores, score
from tasks.validate import Verdict, stacked

NAMES = frozenset({f"f{number}" for number in range(50)})
ONE = np.array([[1]], np.uint8)
TWO = np.array([[2]], np.uint8)
WIDE = np.array([[1, 2]], np.uint8)


def form(expression: str) -> Form:
    return parse(f"def p(I):\n    return {expression}\n", NAMES)


def verdict(
    exact: tuple[bool, ...], cells: tuple[int, ...], *answers: Grid, outputs: tuple[Grid | None, ...] = ()
) -> Verdict:
    """A verdict on train samples, which give `outputs` (1 x 1 grids), and a question per answer."""
    grids = [*(outputs or [ONE] * len(exact)), *answers]
    stack = stacked([ONE if grid is None else grid for grid in grids])
    stack[[grid is None for grid in grids]] = EMPTY
    outcomes = tuple(Raised("no") if grid is None else Returned() for grid in grids)
    return Verdict(outcomes, exact, cells, stack, cpu_s=0.1)


def failed(*outcomes: Outcome) -> Verdict:
    """A verdict on one train sample and one question."""
    return Verdict(outcomes, (False,), (0,), None, cpu_s=0.1)


def scores(*rows: tuple[str, Verdict]) -> Scores:
    """The scores of candidates called by their expressions."""
    unique = tuple(Unique(expression, "library", "") for expression, _ in rows)
    return score(Filtered(unique, (), ()), [form(e) for e, _ in rows], [v for _, v in rows])


def cell(colour: int) -> Grid:
    return np.array([[colour]], np.uint8)
