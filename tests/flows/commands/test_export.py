"""Exports by the command line: files that load back as what they were, and only what changed is
written."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import (
    ROOT,
    environment,
    read_json,
    run_apart,
    run_here,
    small_files,
    write_puzzle,
    write_puzzles,
)
from exported_programs import BEST, Exported, exported

from tasks.program import functions_in
from tasks.validate import grid_of

COMMAND = ["-c", "from flows.cli import main; main()"]


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """An export of two puzzles into an empty store; tests copy it where they change something."""
    folder = tmp_path_factory.mktemp("cold")
    write_puzzles(folder / "puzzles", 2)
    return exported(folder)


@pytest.fixture
def copy(cold: Exported, tmp_path: Path) -> Exported:
    shutil.copytree(cold.folder, tmp_path / "copy")
    return replace(cold, folder=tmp_path / "copy")


def test_an_export_says_what_it_wrote(cold: Exported) -> None:
    assert (cold.said.code, cold.said.err) == (0, "")
    assert f"{2 * BEST} programs of 2 puzzles in {cold.out}; files: 2 written, 0 unchanged, 0 removed" in (
        cold.said.out
    )
    assert {file.name for file in cold.out.iterdir()} == {
        "mirror0.py",
        "mirror1.py",
        "index.json",
        ".memoflow.lock",
    }


def test_programs_load_back_as_they_were_exported(cold: Exported) -> None:
    for puzzle, programs in cold.best().items():
        assert len(programs) == len({program.form for program in programs}) == BEST
        assert cold.forms(puzzle) == [program.form for program in programs]


def test_the_verdicts_of_loaded_programs_are_hits(cold: Exported) -> None:
    for puzzle, programs in cold.best().items():
        verdicts, executed = cold.verdicts(puzzle)
        assert executed == 0
        assert [(each.exact, each.cells) for each in verdicts] == [(p.exact, p.cells) for p in programs]


def test_a_run_after_an_export_finds_all_but_the_ranking(copy: Exported, tmp_path: Path) -> None:
    options = ["--dataset", copy.folder / "puzzles", "--store", copy.folder / "store", "--workers", 0]
    said = run_here("run", "arc", *options, "--json", tmp_path / "run.json")
    assert said.code == 0
    executed = {stage: each["executed"] for stage, each in read_json(tmp_path / "run.json")["nodes"].items()}
    assert executed == {
        "propose": 0,
        "filter": 0,
        "inline": 0,
        "validate": 0,
        "score": 2,
        "differ": 2,
        "rank": 2,
    }


def test_a_run_of_exported_programs_has_all_their_verdicts(copy: Exported, tmp_path: Path) -> None:
    options = ["--dataset", copy.folder / "puzzles", "--store", copy.folder / "store", "--workers", 0]
    for own, rows in ((["--own"], 2 * BEST), ([], None)):
        said = run_here("run", "arc", *options, "--programs", copy.out, *own, "--json", tmp_path / "run.json")
        assert said.code == 0
        told = read_json(tmp_path / "run.json")
        assert told["rows"]["validate"]["executed"] == 0
        assert rows in (None, told["rows"]["validate"]["hit"])
        assert told["solved_train"] == 2


def test_the_index_agrees_with_the_store(cold: Exported) -> None:
    index = read_json(cold.out / "index.json")["puzzles"]
    best = cold.best()
    assert list(index) == sorted(best)
    for puzzle, programs in best.items():
        assert index[puzzle]["file"] == f"{puzzle}.py"
        assert index[puzzle]["solved_train"] is any(program.solves_train for program in programs) is True
        assert [
            (each["name"], each["origin"], each["exact"], each["score"]) for each in index[puzzle]["programs"]
        ] == [(program.name, program.origin, sum(program.exact), program.score) for program in programs]
        assert [each["program"] for each in index[puzzle]["programs"]] == [
            name for name, _, _ in functions_in((cold.out / f"{puzzle}.py").read_text("utf-8"))
        ]


IMPORTED = """
import importlib.util, json, sys
import numpy as np

spec = importlib.util.spec_from_file_location("exported", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
asked = json.load(sys.stdin)
grids = [np.array(grid, np.uint8) for grid in asked["grids"]]
pairs = tuple((np.array(i, np.uint8), np.array(o, np.uint8)) for i, o in asked["pairs"])
given = {"S": pairs}
answers = []
for name in asked["programs"]:
    solve = getattr(module, name)
    wanted = solve.__code__.co_varnames[: solve.__code__.co_argcount]
    answers.append([solve(**{key: {"S": pairs, "I": grid}[key] for key in wanted}) for grid in grids])
json.dump(answers, sys.stdout, default=np.ndarray.tolist)
"""


def test_a_fresh_interpreter_imports_them_and_they_return_what_the_sandbox_saw(cold: Exported) -> None:
    for name, puzzle in cold.puzzles.items():
        verdicts, _ = cold.verdicts(name)
        grids = [*(given for given, _ in puzzle.train_pairs), *puzzle.questions]
        asked = {
            "grids": [grid.tolist() for grid in grids],
            "pairs": [[given.tolist(), output.tolist()] for given, output in puzzle.train_pairs],
            "programs": [f"solve_{name}", *(f"solve_{name}_{number}" for number in range(2, BEST + 1))],
        }
        done = subprocess.run(
            [sys.executable, "-c", IMPORTED, cold.out / f"{name}.py"],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=environment(),
        )
        assert done.returncode == 0, done.stderr
        seen = [[grid_of(verdict.outputs, n) for n in range(len(grids))] for verdict in verdicts]
        assert json.loads(done.stdout) == [
            [grid.tolist() for grid in outputs if grid is not None] for outputs in seen
        ]


def test_a_repeat_executes_and_touches_nothing(copy: Exported) -> None:
    before = copy.files()
    copy.again()
    said = copy.again()
    assert said["files"] == {"written": 0, "unchanged": 2, "removed": 0}
    executed = [stage["executed"] for kind in ("nodes", "rows") for stage in said[kind].values()]
    assert sum(executed) == 0
    assert (said["puzzles"], said["programs"], said["solved_train"]) == (2, 2 * BEST, 2)
    assert copy.changed(before) == set()


def test_an_edit_of_a_puzzle_changes_its_file_and_the_index(copy: Exported) -> None:
    before = copy.files()
    write_puzzle(copy.folder / "puzzles" / "mirror1.json", 7)
    said = copy.again()
    assert said["files"] == {"written": 1, "unchanged": 1, "removed": 0}
    assert copy.changed(before) <= {"mirror1.py", "index.json"}
    assert "mirror1.py" in copy.changed(before)


def test_fewer_programs_are_the_first_of_more(copy: Exported) -> None:
    whole = {puzzle: copy.forms(puzzle) for puzzle in copy.puzzles}
    copy.again("--best", 2)
    assert {puzzle: copy.forms(puzzle) for puzzle in whole} == {
        puzzle: forms[:2] for puzzle, forms in whole.items()
    }
    index = read_json(copy.out / "index.json")["puzzles"]
    assert [len(each["programs"]) for each in index.values()] == [2, 2]


def test_exports_of_other_puzzles_stay(copy: Exported) -> None:
    before = copy.files()
    assert copy.again("--puzzle", "mirror0")["files"] == {"written": 0, "unchanged": 1, "removed": 0}
    assert copy.changed(before) == set()


def test_a_puzzle_for_which_nothing_returns_any_more_loses_its_file(
    copy: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = copy.folder / "broken.py"
    broken.write_text("def solve_a(I):\n    return 3\n")
    monkeypatch.setattr("flows.arc.library_files", lambda: (broken,))
    monkeypatch.setattr("tasks.propose._compositions", lambda: ())
    monkeypatch.setattr("tasks.propose.ABOUT_COLOUR", ())
    said = copy.again("--store", copy.folder / "another", "--puzzle", "mirror0")
    assert said["files"] == {"written": 0, "unchanged": 0, "removed": 1}
    assert list(read_json(copy.out / "index.json")["puzzles"]) == ["mirror1"]


def test_files_that_cannot_be_written_are_told_and_leave_nothing_behind(copy: Exported) -> None:
    for each in ("mirror0.py", "mirror1.py"):
        (copy.out / each).unlink()
    before = copy.files()
    with small_files(16):
        said = run_here("export", "arc", *copy.options)
    assert said.code == 1
    assert [line for line in said.err.splitlines() if "could not be written (File too large)" in line] == (
        said.err.splitlines()
    )
    assert ["mirror0" in said.err, "mirror1" in said.err, "the index" in said.err] == [True] * 3
    assert copy.changed(before) == set()
    copy.again()
    assert set(copy.files()) == set(before) | {"mirror0.py", "mirror1.py"}


def without_times(text: bytes) -> list[bytes]:
    """A file without what differs from run to run: the CPU that programs used."""
    return [line.partition(b"cpu_ms")[0] for line in text.splitlines()]


def test_test_outputs_move_nothing(copy: Exported) -> None:
    before = copy.files()
    first, second = (copy.folder / "puzzles" / f"mirror{number}.json" for number in range(2))
    shuffled = read_json(first), read_json(second)
    answers = [content["test"][0].pop("output") for content in shuffled]
    shuffled[0]["test"][0]["output"] = answers[1]  # the other's stays unknown
    for file, content in zip((first, second), shuffled, strict=True):
        file.write_text(json.dumps(content))
    assert copy.puzzles["mirror1"].test[0].output is None
    said = copy.again()
    assert sum(each["executed"] for each in said["nodes"].values()) == 0
    assert copy.changed(before) == set()
    fresh = copy.again("--store", copy.folder / "another")
    assert fresh["nodes"]["best"]["executed"] == 2
    assert {name: without_times(text) for name, (_, _, text) in copy.files().items()} == {
        name: without_times(text) for name, (_, _, text) in before.items()
    }


@pytest.mark.parametrize("split", [True, False], ids=["apart", "the same"])
def test_exports_at_the_same_time_all_end_up_in_the_directory(
    cold: Exported, tmp_path: Path, split: bool
) -> None:
    """Two processes with one store that is empty, of puzzles apart and of the same puzzles."""
    names = list(cold.puzzles)
    chosen = [[names[0]], [names[1]]] if split else [names, names]
    options = ["--dataset", cold.folder / "puzzles", "--store", tmp_path / "store", "--workers", 0]
    with ThreadPoolExecutor(2) as pool:
        said = list(
            pool.map(
                lambda each: run_apart(
                    COMMAND,
                    *("export", "arc", *options, "--best", BEST, "--out", tmp_path / "out"),
                    *(word for name in each for word in ("--puzzle", name)),
                ),
                chosen,
            )
        )
    assert [(each.code, each.err) for each in said] == [(0, "")] * 2
    together = Exported(tmp_path, said[0])
    assert {name: without_times(text) for name, (_, _, text) in together.files().items()} == {
        name: without_times(text) for name, (_, _, text) in cold.files().items()
    }
