"""The library's programs: each solves the puzzle that its name gives, by a rule and not by heart."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from tasks.dsl import PRIMITIVES
from tasks.library import ORIGIN, programs
from tasks.outcome import Budget
from tasks.program import Program, parse
from tasks.puzzle import load
from tasks.sandbox import shared

NAMES = frozenset(PRIMITIVES)
PUZZLES = load("arcagi", "training")
LONGEST_CONSTANT = 4
"""Cells of the longest tuple that a program may hold: more would be part of an answer."""


@pytest.mark.parametrize("program", programs(), ids=lambda program: program.name)
def test_a_program_is_exact_on_every_sample_of_its_puzzle(program: Program) -> None:
    puzzle = PUZZLES[program.name.removeprefix("solve_")]
    samples = (*puzzle.train, *puzzle.test)
    form = parse(program.source, NAMES, program.name)
    inputs = [sample.input for sample in samples]
    (evaluation,) = shared().evaluate([form], inputs, puzzle.train_pairs, Budget())
    for grid, sample in zip(evaluation.grids, samples, strict=True):
        assert grid is not None
        np.testing.assert_array_equal(grid, sample.output)


def test_there_are_at_least_50_programs_and_their_names_differ() -> None:
    names = [program.name for program in programs()]
    assert len(set(names)) == len(names) >= 50
    assert {program.origin for program in programs()} == {ORIGIN}


def test_each_program_states_its_rule_in_a_docstring() -> None:
    silent = [program.name for program in programs() if not docstring(program)]
    assert silent == []


def test_no_program_holds_an_answer() -> None:
    for program in programs():
        tuples = [node for node in ast.walk(ast.parse(program.source)) if isinstance(node, ast.Tuple)]
        assert all(len(node.elts) <= LONGEST_CONSTANT for node in tuples), program.name


def docstring(program: Program) -> str | None:
    (function,) = ast.parse(program.source).body
    assert isinstance(function, ast.FunctionDef)
    return ast.get_docstring(function)
