"""The Kaggle notebook runs from its first cell to its last, from wheels and over a packed store."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import kaggle
import nbformat
import pytest
from command_line import ROOT, read_json, run_here, write_puzzles

NOTEBOOK = ROOT / "docs" / "kaggle.ipynb"
RUN = """
import sys
import nbformat
from nbclient import NotebookClient

notebook = nbformat.read(sys.argv[1], 4)
try:
    NotebookClient(notebook, timeout=100, kernel_name="python3").execute()
finally:
    nbformat.write(notebook, sys.argv[2])
"""
SHIPPED = ("configs", "flows", "store", "tasks", "pyproject.toml", "README.md", "LICENSE")


def python_without_memoflow(folder: Path) -> Path:
    """The Python of an environment that has everything that this one has, but memoflow."""
    venv.create(folder, with_pip=False)
    (site,) = folder.glob("lib/python*/site-packages")
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "memoflow" not in entry.name:
            (site / entry.name).symlink_to(entry)
    return folder / "bin" / "python"


def build_wheel(folder: Path) -> None:
    source = folder / "source"
    source.mkdir(parents=True)
    for name in SHIPPED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    words = [
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        folder / "wheels",
        source,
    ]
    subprocess.run([sys.executable, "-m", "pip", *map(str, words)], check=True)


def write_challenges(file: Path) -> Path:
    """Two puzzles as the competition gives them: without the outputs of their test samples."""
    puzzles = {}
    for each in write_puzzles(file.parent / "puzzles", 2).iterdir():
        puzzle = json.loads(each.read_text())
        puzzles[each.stem] = {**puzzle, "test": [{"input": sample["input"]} for sample in puzzle["test"]]}
    file.write_text(json.dumps(puzzles))
    return file


@pytest.mark.timeout(200)
def test_the_kaggle_notebook_runs_from_wheels_over_a_packed_store(tmp_path: Path) -> None:
    mine, working = tmp_path / "input", tmp_path / "working"
    working.mkdir()
    build_wheel(mine)
    challenges = write_challenges(tmp_path / "challenges.json")
    common = ["--config", "kaggle", "--dataset", challenges, "--workers", 0]
    assert run_here("run", "arc", *common, "--store", tmp_path / "warm").code == 0
    assert run_here("store", "pack", "--store", tmp_path / "warm", mine / "warm.memoflow").code == 0
    python = python_without_memoflow(tmp_path / "environment")
    done = subprocess.run(
        [python, "-c", RUN, NOTEBOOK, tmp_path / "done.ipynb"],
        cwd=working,
        env={
            **os.environ,
            "PATH": os.pathsep.join([str(python.parent), os.environ["PATH"]]),
            "MEMOFLOW_INPUT": str(mine),
            "ARC_CHALLENGES": str(challenges),
            "MEMOFLOW_WORKING": str(working),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    counts = read_json(working / "run.json")
    assert (counts["puzzles"], counts["solved_train"]) == (2, 2)
    assert sum(each["executed"] for each in counts["nodes"].values()) == 0
    submission = (working / "submission.json").read_text()
    assert kaggle.faults(submission, {"mirror0": 1, "mirror1": 1}) == []
    assert (working / "report.html").stat().st_size > 0
    shown = nbformat.read(tmp_path / "done.ipynb", 4).cells
    texts = "".join(json.dumps(cell.get("outputs", [])) for cell in shown)
    assert "'mirror0': " in texts
    assert "<svg" in texts
    assert "colours" in texts
