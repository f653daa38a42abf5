"""Differs in the flow: users' own beside the built-in ones, and what reruns when one is edited."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import ROOT, read_json, run_here, write_puzzles

from flows.arc import puzzle_nodes
from flows.flow import Flow
from flows.puzzles import chosen_puzzles
from flows.settings import Settings
from store import Store
from store.key import Keys
from tasks.rank import Scored
from tasks.validate import validate

COUNT = 2
BUILT_IN = ["shape", "palette", "cells", "boxes", "objects", "symmetry"]
MINE = '''
def differ_turned(S, I, C):
    """The cells, seen upside down: primitives of the DSL and of differs."""
    found = rotate_180(C)
    return same_cells(found, rotate_180(wanted(S, I)))
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Puzzles, a file with a differ, and a store with a run without it."""
    folder = tmp_path_factory.mktemp("differs")
    write_puzzles(folder / "puzzles", COUNT)
    (folder / "mine.py").write_text(MINE, encoding="utf-8")
    arc(folder, "run")
    return folder


def arc(folder: Path, verb: str, *options: object) -> dict[str, Any]:
    """A command line in this process; the JSON that it writes."""
    places = ["--dataset", folder / "puzzles", "--store", folder / "store", "--json", folder / "said.json"]
    said = run_here(verb, "arc", *places, "--workers", 0, *options)
    assert (said.code, said.err) == (0, "")
    content: dict[str, Any] = read_json(folder / "said.json")
    return content


def scored(folder: Path, **settings: Any) -> dict[str, Scored]:
    """What a run comes to, by puzzle."""
    wanted = Settings(dataset=str(folder / "puzzles"), store=str(folder / "store"), **settings)
    puzzles = chosen_puzzles(wanted)
    flow = Flow(Store(wanted.store))
    nodes = list(puzzle_nodes(flow, puzzles, wanted))
    return dict(zip(puzzles, flow.run(nodes, workers=0).value, strict=True))


def stages_executed(said: dict[str, Any]) -> set[str]:
    return {stage for stage, counts in said["nodes"].items() if counts["executed"]}


def test_a_differ_of_ones_own_runs_beside_the_built_in_ones(folder: Path) -> None:
    said = arc(folder, "run", "--differs", folder / "mine.py")
    assert stages_executed(said) == {"differ", "rank"}
    assert said["rows"]["differ"]["executed"] > COUNT
    found = scored(folder, differs=(str(folder / "mine.py"),))
    for each in found.values():
        near_misses = [ranked for ranked in each.ranking if ranked.differences]
        assert near_misses
        for ranked in near_misses:
            assert [name for name, _, _ in ranked.differences] == [*BUILT_IN, "turned"]
            judged = {name: (score, detail) for name, score, detail in ranked.differences}
            assert judged["turned"][0] <= 2000
            if judged["shape"] == (2000, ""):
                assert judged["turned"] == judged["cells"]


def test_a_folder_of_differs_may_be_named_and_a_config_may_name_it(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "mine.py", tmp_path / "mine.py")
    (tmp_path / "config.toml").write_text(f"differs = [{json.dumps(str(tmp_path))}]\n", encoding="utf-8")
    arc(folder, "run", "--differs", folder / "mine.py")
    assert stages_executed(arc(folder, "run", "--config", tmp_path / "config.toml")) == set()


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("absent.py", None, "unknown file of programs"),
        ("bad.py", "def differ_a(C):\n    return same(C, C)\n", "unknown primitive 'same'"),
        ("blind.py", "def differ_a(I):\n    return same_cells(I, I)\n", "looks at C"),
        ("twice.py", "def differ_shape(C):\n    return same_cells(C, C)\n", "2 differs 'shape'; rename one"),
    ],
)
def test_differs_that_cannot_be_used_are_bad_use(
    folder: Path, tmp_path: Path, name: str, text: str | None, complaint: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    options = ["--dataset", folder / "puzzles", "--store", folder / "store", "--differs", tmp_path / name]
    said = run_here("run", "arc", "--workers", 0, *options)
    assert said.code == 2
    assert complaint in said.complaint()


def test_what_differs_are_made_of_is_no_part_of_a_verdict() -> None:
    """So that an edit of it reruns nothing but differs."""
    parts = {part.name for part in Keys().code(validate).parts}
    assert "tasks.sandbox.zygote:main" in parts
    assert not [part for part in parts if part.startswith("tasks.differs")]


@pytest.fixture
def edited(folder: Path, tmp_path: Path) -> Callable[..., Any]:
    """A copy of the project and of the store: `edited(file, old, new)` changes it, and gives what plan
    and run then say."""
    for package in ("store", "flows", "tasks"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, tmp_path / "code" / package, ignore=ignored)
    shutil.copytree(folder / "store", tmp_path / "store")

    def say(verb: str) -> Any:
        code, file = tmp_path / "code", tmp_path / "said.json"
        words = [verb, "arc", "--dataset", folder / "puzzles", "--store", tmp_path / "store"]
        words += ["--json", file, "--workers", 0]
        done = subprocess.run(
            [sys.executable, "-c", "from flows.cli import main; main()", *map(str, words)],
            cwd=code,
            env={**os.environ, "PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return read_json(file)

    def edit(name: str, old: str, new: str) -> tuple[Any, Any]:
        file = tmp_path / "code" / name
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), encoding="utf-8")
        return say("plan"), say("run")

    return edit


@pytest.mark.parametrize(
    ("file", "old", "new", "function"),
    [
        ("tasks/differs/nearness.py", "if right == cells:", "if cells == right:", "same_cells"),
        (
            "tasks/differs/nearness.py",
            "return _ALL * some // whole",
            "return _ALL * some // (whole + 0)",
            "_part",
        ),
        ("tasks/differs/measures.py", "_NEIGHBOURS[1] = True", "_NEIGHBOURS[1, 1] = True", "constant"),
    ],
)
def test_editing_a_primitive_of_differs_reruns_them_and_nothing_else(
    edited: Callable[..., Any], file: str, old: str, new: str, function: str
) -> None:
    planned, ran = edited(file, old, new)
    rows = planned["rows"]["differ"]["run"]
    assert rows > COUNT
    assert {stage for stage, counts in planned["rows"].items() if counts["run"]} == {"differ"}
    (reason,) = planned["reasons"]["differ"]
    assert function in reason
    assert ran["rows"]["differ"] == {"executed": rows, "hit": 0}
    assert stages_executed(ran) <= {"differ", "rank"}


def test_a_comment_in_a_built_in_differ_reruns_nothing(edited: Callable[..., Any]) -> None:
    _, ran = edited("tasks/differs/built_in.py", '"""Height and width."""', '"""Width and height."""  # so')
    assert stages_executed(ran) == set()


def test_another_built_in_differ_reruns_differ_and_rank(edited: Callable[..., Any]) -> None:
    _, ran = edited(
        "tasks/differs/built_in.py",
        "same_items(colours(C), colours(wanted(S, I)))",
        "same_count(count(objects(C)), 3)",
    )
    assert stages_executed(ran) == {"differ", "rank"}


@pytest.mark.parametrize("store", ["empty", "filled"])
@pytest.mark.parametrize("known", [True, False], ids=["shuffled", "unknown"])
def test_test_outputs_move_neither_ranking_nor_attempts(
    folder: Path, tmp_path: Path, store: str, known: bool
) -> None:
    shutil.copytree(folder / "puzzles", tmp_path / "puzzles")
    if store == "filled":
        shutil.copytree(folder / "store", tmp_path / "store")
    files = sorted((tmp_path / "puzzles").iterdir())
    contents = [read_json(file) for file in files]
    outputs = [content["test"][0].pop("output") for content in contents]
    for file, content, other in zip(files, contents, outputs[1:] + outputs[:1], strict=True):
        if known:
            content["test"][0]["output"] = other
        file.write_text(json.dumps(content), encoding="utf-8")
    said = arc(tmp_path, "run")
    assert said["solved_test"] == 0
    assert (stages_executed(said) == set()) == (store == "filled")
    before = scored(folder)
    for name, after in scored(tmp_path).items():
        assert after.ranking == before[name].ranking
        assert after.lineage == before[name].lineage
        assert listed(after) == listed(before[name])


def listed(scored: Scored) -> list[list[list[list[int]]]]:
    """The attempts as plain lists."""
    return [[grid.tolist() for grid in grids] for grids in scored.attempts]
