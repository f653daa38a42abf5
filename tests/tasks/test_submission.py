from __future__ import annotations

import json
import pickle
from typing import Any

import numpy as np
import pytest

from tasks.grid import Grid
from tasks.puzzle import Puzzle, Sample, load
from tasks.rank import Scored
from tasks.submission import (
    InvalidSubmission,
    Submission,
    check_submission,
    solved_test,
    submission,
    two_attempts,
)


def grid(*rows: list[int]) -> Grid:
    return np.array(rows, np.uint8)


def puzzle(*questions: Grid, answers: tuple[Grid | None, ...] = ()) -> Puzzle:
    outputs = answers or (None,) * len(questions)
    test = tuple(Sample(i, o) for i, o in zip(questions, outputs, strict=True))
    return Puzzle("p", (Sample(grid([1]), grid([2])),), test)


def scored(*attempts: tuple[Grid, ...]) -> Scored:
    return Scored((), attempts, 1, 1, 1, collapsed=(), outcomes=(), solved_train=False, refused=())


def entry(first: object, second: object) -> dict[str, Any]:
    return {"attempt_1": first, "attempt_2": second}


def test_two_attempts_of_the_candidates_are_handed_in_as_they_are() -> None:
    handed = submission({"p": scored((grid([1]), grid([2, 3])))}, {"p": puzzle(grid([5]))})
    assert handed == {"p": [entry([[1]], [[2, 3]])]}
    assert json.loads(json.dumps(handed)) == handed


@pytest.mark.parametrize(
    ("question", "attempts", "expected"),
    [
        (grid([5]), (), ([[5]], [[0]])),
        (grid([0]), (), ([[0]], [[1]])),
        (grid([5]), (grid([7]),), ([[7]], [[5]])),
        (grid([5, 6]), (grid([5, 6]),), ([[5, 6]], [[0, 0]])),
        (grid([0]), (grid([0]),), ([[0]], [[1]])),
    ],
)
def test_missing_attempts_are_filled_with_the_input_and_then_blanks(
    question: Grid, attempts: tuple[Grid, ...], expected: tuple[object, object]
) -> None:
    handed = submission({"p": scored(attempts)}, {"p": puzzle(question)})
    assert handed == {"p": [entry(*expected)]}
    check_submission(handed, {"p": puzzle(question)})


def test_a_puzzle_that_was_not_scored_gets_an_entry_per_question() -> None:
    puzzles = {"a": puzzle(grid([5]), grid([0])), "b": puzzle(grid([3]))}
    handed = submission({"b": scored()}, puzzles)
    assert handed["a"] == [entry([[5]], [[0]]), entry([[0]], [[1]])]
    assert handed["b"] == [entry([[3]], [[0]])]
    check_submission(handed, puzzles)


def test_every_shipped_puzzle_gets_a_valid_fallback() -> None:
    puzzles = dict(load("arcagi", "training"))
    handed = submission({}, puzzles)
    check_submission(handed, puzzles)
    assert sum(map(len, handed.values())) == 416


@pytest.mark.parametrize(
    ("handed", "what"),
    [
        ({}, "no entry"),
        ({"p": [entry([[1]], [[2]])], "q": []}, "unknown puzzle"),
        ({"p": []}, "it has 1 test inputs"),
        ({"p": [entry([[1]], [[2]])] * 2}, "it has 1 test inputs"),
        ({"p": [{"attempt_1": [[1]]}]}, "test input 1 has ['attempt_1']"),
        ({"p": [entry([[1]], [[1]])]}, "test input 1 has the same attempt twice"),
        ({"p": [entry([[1]], [[10]])]}, "test input 1, attempt_2: cells are 0 to 9"),
        ({"p": [entry([[1], [1, 2]], [[1]])]}, "test input 1, attempt_1: the rows of a grid"),
        ({"p": [entry([[1]], [[1] * 31])]}, "attempt_2: a grid has 1 to 30 cells"),
    ],
)
def test_an_invalid_submission_is_refused_naming_the_puzzle(handed: Submission, what: str) -> None:
    with pytest.raises(InvalidSubmission) as caught:
        check_submission(handed, {"p": puzzle(grid([5]))})
    assert caught.value.puzzle in {"p", "q"}
    assert what in caught.value.what
    copy = pickle.loads(pickle.dumps(caught.value))
    assert str(copy) == str(caught.value)


def test_solved_needs_every_answer_among_its_attempts() -> None:
    known = puzzle(grid([5]), grid([6]), answers=(grid([1]), grid([2])))
    assert solved_test(known, ((grid([1]), grid([9])), (grid([9]), grid([2])))) is True
    assert solved_test(known, ((grid([1]), grid([9])), (grid([1]), grid([9])))) is False
    assert solved_test(known, ((grid([1]),), ())) is False
    assert solved_test(known, ()) is False


def test_solved_is_unknown_where_an_answer_is() -> None:
    half = puzzle(grid([5]), grid([6]), answers=(grid([1]), None))
    assert solved_test(half, ((grid([1]),), (grid([1]),))) is None


def test_solved_reads_what_is_handed_in() -> None:
    same = puzzle(grid([5]), answers=(grid([5]),))
    assert solved_test(same, two_attempts(same, None)) is True
