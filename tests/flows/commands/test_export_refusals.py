"""Exports that cannot be are refused in one line, and nothing is written where it does not belong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import AS_NOBODY, read_json, run_apart, run_here, sample, write_puzzles

from tasks.program import functions_in


@pytest.mark.parametrize("place", ["", "new/out"])
def test_a_directory_that_cannot_be_written_is_refused_before_anything_runs(closed: Path, place: str) -> None:
    out = closed / place
    said = run_apart(
        ["-c", AS_NOBODY],
        *("export", "arc", "--dataset", closed / "puzzles", "--out", out, "--store", closed),
    )
    assert said.code == 2
    assert str(out) in said.complaint()
    assert "name a directory that you can write to" in said.complaint()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param([], ["--out", "export arc --help"], id="no-out"),
        pytest.param(["--out", "{puzzles}/mirror0.json"], ["mirror0.json", "name a directory"], id="file"),
        pytest.param(
            ["--out", "{puzzles}/mirror0.json/x"], ["mirror0.json/x", "name a directory"], id="below"
        ),
        pytest.param(["--out", "{tmp}", "--best", "0"], ["--best"], id="best-0"),
        pytest.param(["--out", "{tmp}", "--best", "all"], ["--best", "'all'"], id="best-text"),
        pytest.param(["--out", "{tmp}", "--puzzle", "miror0"], ["did you mean 'mirror0'?"], id="puzzle"),
    ],
)
def test_bad_use_is_one_line(puzzles: Path, tmp_path: Path, options: list[str], words: list[str]) -> None:
    given = [each.format(puzzles=puzzles, tmp=tmp_path / "out") for each in options]
    said = run_here("export", "arc", "--dataset", puzzles, "--store", tmp_path / "store", *given)
    assert said.code == 2
    assert [word for word in words if word not in said.complaint()] == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["mirror1.py", "index.json"])
def test_files_of_others_are_refused_before_anything_runs(puzzles: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_text("mine")
    options = ["--dataset", puzzles, "--store", tmp_path / "store", "--out", tmp_path / "out"]
    said = run_here("export", "arc", *options)
    assert said.code == 2
    assert f"{name}: was not exported; move it away" in said.complaint()
    assert [path.name for path in tmp_path.rglob("*")] == ["out", name]
    assert (tmp_path / "out" / name).read_text() == "mine"


def test_a_dsl_that_no_program_could_import_is_refused(tmp_path: Path) -> None:
    write_puzzles(tmp_path / "puzzles", 1)
    (tmp_path / "my-dsl.py").write_text("def f(grid: tuple[tuple[int, ...], ...]):\n    return grid\n")
    (tmp_path / "programs.py").write_text("def solve_a(I):\n    return f(I)\n")
    options = ["--dsl", tmp_path / "my-dsl.py", "--programs", tmp_path / "programs.py", "--workers", 0]
    options += ["--dataset", tmp_path / "puzzles", "--store", tmp_path / "store", "--out", tmp_path / "out"]
    said = run_here("export", "arc", *options)
    assert said.code == 2
    assert "could not import 'my-dsl'; rename the file" in said.complaint()


def test_hostile_ids_of_a_dataset_stay_below_the_directory(tmp_path: Path) -> None:
    ids = ["../x", 'a"""\nimport os', "0-1", "\ud800"]
    content = {"train": [sample([[1, 2], [3, 4]])], "test": [sample([[5, 6]])]}
    (tmp_path / "deep").mkdir()
    dataset = tmp_path / "challenges.json"
    dataset.write_text(json.dumps(dict.fromkeys(ids, content)))
    options = ["--dataset", dataset, "--store", tmp_path / "store", "--workers", 0, "--best", 1]
    said = run_here("export", "arc", *options, "--out", tmp_path / "deep" / "out")
    assert (said.code, said.err) == (0, "")
    assert {path.name for path in tmp_path.iterdir()} == {"deep", "challenges.json", "store"}
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]
    index = read_json(tmp_path / "deep" / "out" / "index.json")["puzzles"]
    assert list(index) == sorted(ids)
    for entry in index.values():
        text = (tmp_path / "deep" / "out" / entry["file"]).read_text("utf-8")
        assert [name for name, _, _ in functions_in(text)] == [entry["programs"][0]["program"]]
