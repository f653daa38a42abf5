"""A run's submission is one that Kaggle takes, whatever form the puzzles come in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import kaggle
import pytest
from command_line import read_json, run_here

TWO_TESTS, THREE_TESTS, ONE_TEST = "25ff71a9", "27a28665", "67a3c6ac"
"""Small puzzles of both data sets, by their numbers of test inputs."""
COUNTS = {TWO_TESTS: 2, THREE_TESTS: 3, ONE_TEST: 1}

BLANK = [[0]]
GOOD = {"attempt_1": [[1, 2], [3, 4]], "attempt_2": [[5]]}


def mirrored(*tests: list[list[int]], answers: bool = True) -> dict[str, Any]:
    """A puzzle that asks for the mirror image of its inputs."""
    shown = ([[1, 2, 3]], [[4, 0], [5, 6]])
    return {
        "train": [{"input": grid, "output": [row[::-1] for row in grid]} for grid in shown],
        "test": [
            {"input": grid} | ({"output": [row[::-1] for row in grid]} if answers else {}) for grid in tests
        ],
    }


PUZZLES = {"one": mirrored([[7, 8]]), "two": mirrored([[0]], [[1] * 30] * 30)}


def write(file: Path, content: object) -> Path:
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def without_answers(puzzles: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: {**puzzle, "test": [{"input": sample["input"]} for sample in puzzle["test"]]}
        for name, puzzle in puzzles.items()
    }


def counts(puzzles: Mapping[str, Any]) -> dict[str, int]:
    return {name: len(puzzle["test"]) for name, puzzle in puzzles.items()}


def handed_in(folder: Path, *options: object) -> tuple[str, dict[str, Any]]:
    """The submission of a run, and its counts."""
    submission, said = folder / "submission.json", folder / "counts.json"
    places = ["--store", folder / "kept", "--submission", submission, "--json", said]
    done = run_here("run", "arc", *options, *places, "--workers", 0)
    assert done.code == 0, done.err
    return submission.read_text(encoding="utf-8"), read_json(said)


@pytest.mark.parametrize("dataset", ["arcagi", "arcagi2"])
def test_a_shipped_data_set_gives_a_submission_that_kaggle_takes(tmp_path: Path, dataset: str) -> None:
    chosen = [word for name in COUNTS for word in ("--puzzle", name)]
    text, said = handed_in(tmp_path, "--dataset", dataset, *chosen)
    assert kaggle.faults(text, COUNTS) == []
    assert said["puzzles"] == len(COUNTS)


def test_challenges_with_solutions_give_a_submission_that_kaggle_takes(tmp_path: Path) -> None:
    challenges = write(tmp_path / "arc-agi_test_challenges.json", without_answers(PUZZLES))
    answers = {n: [sample["output"] for sample in puzzle["test"]] for n, puzzle in PUZZLES.items()}
    write(tmp_path / "arc-agi_test_solutions.json", answers)
    text, said = handed_in(tmp_path, "--dataset", challenges)
    assert kaggle.faults(text, counts(PUZZLES)) == []
    assert said["solved_test"] == len(PUZZLES)
    handed = {name: [list(entry.values()) for entry in entries] for name, entries in json.loads(text).items()}
    assert answers["one"][0] in handed["one"][0]
    assert all(answer in pair for answer, pair in zip(answers["two"], handed["two"], strict=True))


def test_challenges_alone_give_the_same_submission_and_no_solved_tests(tmp_path: Path) -> None:
    """Whether the answers are known changes nothing of what is handed in."""
    known = write(tmp_path / "known" / "all.json", PUZZLES)
    unknown = write(tmp_path / "unknown" / "all.json", without_answers(PUZZLES))
    text, said = handed_in(unknown.parent, "--dataset", unknown)
    assert kaggle.faults(text, counts(PUZZLES)) == []
    assert (said["solved_train"], said["solved_test"]) == (2, 0)
    assert handed_in(known.parent, "--dataset", known)[0] == text


def test_a_folder_of_puzzle_files_gives_a_submission_that_kaggle_takes(tmp_path: Path) -> None:
    puzzles = PUZZLES | {"unknown": mirrored([[1]], [[2, 2]], answers=False)}
    half = mirrored([[1]], [[2, 2]])
    del half["test"][0]["output"]
    puzzles["half"] = half
    for name, puzzle in puzzles.items():
        write(tmp_path / "puzzles" / f"{name}.json", puzzle)
    text, said = handed_in(tmp_path, "--dataset", tmp_path / "puzzles")
    assert kaggle.faults(text, counts(puzzles)) == []
    assert (said["puzzles"], said["solved_train"], said["solved_test"]) == (4, 4, 2)


@pytest.mark.parametrize("answers", [True, False])
def test_one_puzzle_file_gives_a_submission_that_kaggle_takes(tmp_path: Path, answers: bool) -> None:
    file = write(tmp_path / "mine.json", mirrored([[0, 0], [0, 0]], [[9]], [[0]], answers=answers))
    text, said = handed_in(tmp_path, "--dataset", file)
    assert kaggle.faults(text, {"mine": 3}) == []
    assert said["solved_test"] == answers


def test_a_puzzle_that_no_candidate_solves_gives_a_submission_that_kaggle_takes(tmp_path: Path) -> None:
    """Its test inputs are the largest grid there can be, which many moves make larger, and the smallest."""
    odd = mirrored([[9] * 30] * 30, [[0]])
    odd["train"] = [{"input": [[0]], "output": [[1, 2, 3] * 10] * 30}]
    text, said = handed_in(tmp_path, "--dataset", write(tmp_path / "odd.json", odd))
    assert kaggle.faults(text, {"odd": 2}) == []
    assert said["solved_train"] == 0


def changed(**members: object) -> dict[str, object]:
    return {"p": [{**GOOD, **members}]}


@pytest.mark.parametrize(
    ("handed", "fault"),
    [
        ([], "a list, not an object of puzzles"),
        ({}, "p: missing"),
        ({"p": [GOOD], "q": [GOOD]}, "q: not asked for"),
        ({"p": []}, "p: not a list of 1 entries"),
        ({"p": [GOOD, GOOD]}, "p: not a list of 1 entries"),
        ({"p": GOOD}, "p: not a list of 1 entries"),
        ({"p": [[BLANK, BLANK]]}, "p, test 1: not an object of two attempts"),
        ({"p": [{"attempt_1": BLANK}]}, "p, test 1: not an object of two attempts"),
        (changed(attempt_3=BLANK), "p, test 1: not an object of two attempts"),
        (changed(attempt_1=[[5]]), "p, test 1: the attempts are equal"),
        (changed(attempt_1=[]), "p, test 1: attempt_1: not a list of 1 to 30 rows"),
        (changed(attempt_1=None), "p, test 1: attempt_1: not a list of 1 to 30 rows"),
        (changed(attempt_2=[[1]] * 31), "p, test 1: attempt_2: not a list of 1 to 30 rows"),
        (changed(attempt_2=[[]]), "p, test 1: attempt_2: a row that is not a list of 1 to 30 cells"),
        (changed(attempt_2=[[1] * 31]), "p, test 1: attempt_2: a row that is not a list of 1 to 30 cells"),
        (changed(attempt_2=[1]), "p, test 1: attempt_2: a row that is not a list of 1 to 30 cells"),
        (changed(attempt_2=[[1], [1, 2]]), "p, test 1: attempt_2: rows of different lengths"),
        *(
            (changed(attempt_1=[[cell]]), "p, test 1: attempt_1: a cell that is not an integer from 0 to 9")
            for cell in (10, -1, True, 1.0, "1", None, [1])
        ),
    ],
)
def test_the_validator_finds_each_fault(handed: object, fault: str) -> None:
    assert kaggle.faults(json.dumps(handed), {"p": 1}) == [fault]


@pytest.mark.parametrize("text", ["", "{", '{"p": [], "p": []}', '{"p": NaN}'])
def test_the_validator_takes_no_text_that_is_no_json(text: str) -> None:
    (fault,) = kaggle.faults(text, {"p": 1})
    assert fault.startswith("not JSON")


def test_the_validator_takes_what_is_right() -> None:
    largest = [[9] * 30] * 30
    right = {"p": [GOOD, {"attempt_2": BLANK, "attempt_1": largest}], "q": [GOOD]}
    assert kaggle.faults(json.dumps(right), {"p": 2, "q": 1}) == []
