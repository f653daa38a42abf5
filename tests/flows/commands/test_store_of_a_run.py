"""A store that a run of puzzles filled: as a packed layer it answers for a whole run, and `gc
--unreachable` takes what edited code no longer reaches."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import AS_NOBODY, read_json, run_apart, run_here, write_puzzles

from flows.commands.store_care import current_code


@pytest.fixture(scope="module")
def arc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store after a run of two puzzles, packed; the puzzles lie beside."""
    root = tmp_path_factory.mktemp("arc")
    write_puzzles(root / "puzzles", 2)
    options = ["--dataset", root / "puzzles", "--workers", 0, "--store", root / "store"]
    assert run_here("run", "arc", *options).code == 0
    assert run_here("store", "pack", root / "packed", "--store", root / "store").code == 0
    return root


@pytest.mark.parametrize("workers", [0, 1])
def test_a_packed_layer_answers_for_a_whole_run(arc: Path, tmp_path: Path, workers: int) -> None:
    said = run_here(
        "run", "arc", "--dataset", arc / "puzzles", "--limit", 2, "--workers", workers,
        "--layer", arc / "packed", "--store", tmp_path / "new", "--json", tmp_path / "run.json",
    )  # fmt: skip
    assert said.code == 0
    counts = read_json(tmp_path / "run.json")
    for kind in ("nodes", "rows"):
        assert {stage: each["executed"] for stage, each in counts[kind].items() if each["executed"]} == {}
    assert counts["rows"]["validate"]["hit"] > 0


def test_workers_read_packed_layers(arc: Path, tmp_path: Path) -> None:
    """A third puzzle makes workers start, and its programs' forms lie in the packed layer."""
    puzzles = shutil.copytree(arc / "puzzles", tmp_path / "puzzles")
    write_puzzles(tmp_path / "more", 3)
    shutil.copy(tmp_path / "more" / "mirror2.json", puzzles)
    said = run_here(
        "run", "arc", "--dataset", puzzles, "--workers", 1, "--layer", arc / "packed",
        "--store", tmp_path / "new", "--json", tmp_path / "run.json",
    )  # fmt: skip
    assert said.code == 0
    counts = read_json(tmp_path / "run.json")
    assert counts["nodes"]["propose"] == {"executed": 1, "hit": 2}
    assert counts["store"]["corrupt"] == counts["store"]["write_errors"] == 0


def test_a_layer_in_a_place_without_write_permission_answers_for_a_whole_run(
    arc: Path, open_folder: Path
) -> None:
    mount, new = open_folder / "mount", open_folder / "new"
    shutil.copytree(arc / "puzzles", mount / "puzzles")
    shutil.copy(arc / "packed", mount / "packed")
    (mount / "packed").chmod(0o444)
    mount.chmod(0o555)
    new.mkdir()
    new.chmod(0o777)
    said = run_apart(
        ["-c", AS_NOBODY], "run", "arc", "--dataset", mount / "puzzles", "--limit", 2, "--workers", 0,
        "--layer", mount / "packed", "--store", new / "store", "--json", new / "run.json",
    )  # fmt: skip
    assert (said.code, said.err) == (0, "")
    counts = read_json(new / "run.json")
    assert sum(each["executed"] for each in counts["rows"].values()) == 0
    assert sum(each["executed"] for each in counts["nodes"].values()) == 0
    assert sorted(path.name for path in mount.iterdir()) == ["packed", "puzzles"]


def test_unreachable_goes_by_the_code_of_the_flow(arc: Path, tmp_path: Path) -> None:
    store = shutil.copytree(arc / "store", tmp_path / "store")
    assert set(current_code()) == {
        f"tasks.{name}" for name in
        ("propose:propose", "filter:filter", "inline:inline", "validate:validate", "score:score",
         "differ:differ", "differ:differs_in", "rank:rank", "trust:trust", "observe:observe", "best:best",
         "programs:programs_in")
    }  # fmt: skip
    words = ["store", "gc", "--store", store, "--unreachable", "--dry-run", "--json", tmp_path / "gc.json"]
    said = run_here(*words)
    assert said.code == 0
    assert read_json(tmp_path / "gc.json")["groups"] == []
    edited = Path(shutil.copytree(Path(__file__).parents[3] / "tasks", tmp_path / "edited" / "tasks"))
    module = edited / "rank.py"
    module.write_text(
        module.read_text() + "\n\n_rank = rank\n\n\ndef rank(*args):\n    return _rank(*args)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", *words],
        env={**os.environ, "PYTHONPATH": f"{tmp_path / 'edited'}:{Path(__file__).parents[3]}"},
        check=True, stdout=subprocess.PIPE, cwd=tmp_path,
    )  # fmt: skip
    assert b"unreachable" in done.stdout
    groups = {(each["kind"], each["stage"]) for each in read_json(tmp_path / "gc.json")["groups"]}
    assert groups == {("entries", "rank"), ("entries", "target")}
