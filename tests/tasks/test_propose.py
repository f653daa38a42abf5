from __future__ import annotations

import subprocess
import sys
from itertools import islice
from typing import Any

import numpy as np

from tasks.alphabet import FIRST, MOVES, SECOND
from tasks.dsl import PRIMITIVES
from tasks.errors import Impossible
from tasks.filter import filter
from tasks.form import Form, Operand
from tasks.grid import Grid
from tasks.inline import inline
from tasks.program import Program, parse
from tasks.propose import propose
from tasks.puzzle import Puzzle, Sample, load

NAMES = tuple(sorted(PRIMITIVES))
TRAINING = load("arcagi", "training")
LIBRARY = tuple(
    Program(f"own_{n}", f"def own_{n}(I):\n    return crop(I, 0, 0, 1, {n})\n", "library")
    for n in range(1, 81)
)


def grid(*rows: list[int]) -> Grid:
    return np.array(rows, np.uint8)


def result(form: Form, puzzle: Puzzle) -> Any:
    """What a form gives on the first train input, evaluated in this process."""
    given: dict[str, object] = {"I": puzzle.train[0].input, "S": puzzle.train_pairs}
    steps: list[Any] = []

    def value(operand: Operand) -> Any:
        kind, content = operand
        sources: dict[str, Any] = {"step": steps, "param": given, "name": PRIMITIVES}
        return content if kind == "const" else sources[kind][content]

    for step in form.steps:
        kwargs = {name: value(operand) for name, operand in step.kwargs}
        steps.append(value(step.callee)(*map(value, step.args), **kwargs))
    return value(form.result)


def test_every_move_names_primitives_and_gives_a_grid_on_some_puzzle() -> None:
    known = frozenset(NAMES)
    moves = dict.fromkeys((*MOVES, *FIRST, *SECOND))
    forms = {m: parse(f"def p(S, I):\n    return {m.replace('{}', 'I')}\n", known) for m in moves}
    for puzzle in TRAINING.values():
        for move in tuple(forms):
            try:
                answer = result(forms[move], puzzle)
            except Impossible:
                continue
            assert isinstance(answer, np.ndarray), move
            assert (answer.ndim, answer.dtype) == (2, np.uint8), move
            del forms[move]
        if not forms:
            break
    assert list(forms) == []


def test_moves_are_different() -> None:
    for moves in (MOVES, FIRST, SECOND):
        assert len(set(moves)) == len(moves)


def test_every_puzzle_gets_200_to_370_distinct_programs_with_a_library_of_80() -> None:
    for puzzle in islice(TRAINING.values(), 0, None, 10):
        filtered = filter(propose(puzzle.train, LIBRARY, seed=0), NAMES)
        assert filtered.refused == ()
        assert 200 <= len(set(inline(list(filtered.bodies), NAMES))) <= 370


def test_the_sources_come_first_as_they_are() -> None:
    proposed = propose(TRAINING["007bbfb7"].train, LIBRARY, seed=0)
    assert proposed[: len(LIBRARY)] == LIBRARY
    assert "library" not in {program.origin for program in proposed[len(LIBRARY) :]}


def test_candidates_are_called_by_their_expressions_and_names_are_unique() -> None:
    proposed = propose(TRAINING["007bbfb7"].train, (), seed=0)
    names = [program.name for program in proposed]
    assert "fractal(I)" in names
    assert "fractal(crop_to_content(I))" in names
    assert len(set(names)) == len(names)


def test_proposals_depend_on_the_arguments_alone() -> None:
    train = TRAINING["007bbfb7"].train
    copy = tuple(Sample(s.input.copy(), None if s.output is None else s.output.copy()) for s in train)
    assert propose(train, LIBRARY, seed=0) == propose(copy, LIBRARY, seed=0)


def test_colours_of_all_inputs_are_kept_removed_cropped_to_and_replaced_by_new_ones() -> None:
    train = (
        Sample(grid([0, 1, 2]), grid([0, 3, 2])),
        Sample(grid([0, 1, 4]), grid([3, 3, 4])),
    )
    names = [p.name for p in propose(train, (), seed=0) if p.origin == "colours"]
    assert names == [
        "keep_colour(I, 1)",
        "remove_colour(I, 1)",
        "crop_to_colour(I, 1)",
        "replace(I, 1, 3)",
    ]


def test_proposing_does_not_import_the_dsl() -> None:
    code = "import sys, tasks.propose; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "tasks.propose" in loaded
    assert "tasks.dsl" not in loaded
