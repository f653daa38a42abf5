"""The command line: bad use is one line on standard error and exit code 2, before anything is computed."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from command_line import AS_NOBODY, ROOT, Said, run_apart, run_here, sample, write_puzzles

from store import Store

GOOD = {"train": [sample([[1, 2], [3, 4]])], "test": [sample([[5, 6]])]}


def refusal(said: Said, *words: str) -> str:
    """The one line of bad use, which says all of the words."""
    line = said.complaint()
    assert said.code == 2
    assert said.out == ""
    assert [word for word in words if word not in line] == []
    return line


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param(["--dataset", "arcaggi"], ["'arcaggi'", "did you mean 'arcagi'?"], id="dataset"),
        pytest.param(["--dataset", "/no/such"], ["'/no/such'", "arcagi, arcagi2, or"], id="dataset-path"),
        pytest.param(["--split", "trainin"], ["'trainin'", "did you mean 'training'?"], id="split"),
        pytest.param(["--split", "zzz"], ["'zzz'", "name training or evaluation"], id="split-far"),
        pytest.param(["--puzzle", "67a3c6ad"], ["'67a3c6ad'", "did you mean '67a3c6ac'?"], id="puzzle"),
        pytest.param(["--puzzle", "?"], ["'?'", "--dataset and --split"], id="puzzle-far"),
        pytest.param(["--limit", "ten"], ["'--limit'", "'ten'", "arc --help"], id="limit-text"),
        pytest.param(["--limit", "-1"], ["--limit", "at least 0, not -1"], id="limit-negative"),
        pytest.param(["--workers", "1.5"], ["'--workers'", "'1.5'"], id="workers-fraction"),
        pytest.param(["--workers", "-2"], ["--workers", "at least 0", "-2"], id="workers-negative"),
        pytest.param(["--puzle", "a"], ["'--puzle'", "--puzzle", "--help"], id="option-misspelt"),
        pytest.param(["--frobnicate"], ["'--frobnicate'", "--help"], id="option-unknown"),
        pytest.param(["extra"], ["extra", "--help"], id="argument"),
        pytest.param(["--config", "/no/such.toml"], ["/no/such.toml", "name a TOML file"], id="config"),
        pytest.param(["--config", "lptop"], ["lptop", "did you mean 'laptop'?"], id="config-misspelt"),
        pytest.param(
            ["--dsl", f"{ROOT}/tasks/langauge.py"],
            [f"did you mean '{ROOT}/tasks/language.py'?"],
            id="dsl-file",
        ),
        pytest.param(
            ["--dsl", f"{ROOT}/tasks/language"],
            [f"did you mean '{ROOT}/tasks/language.py'?"],
            id="dsl-suffix",
        ),
        pytest.param(
            ["--programs", f"{ROOT}/tasks/scor.py"], [f"did you mean '{ROOT}/tasks/score.py'?"], id="programs"
        ),
        pytest.param(
            ["--programs", "zzz"], ["unknown file of programs 'zzz'", "a folder"], id="programs-far"
        ),
        pytest.param(["--layer", "/no/such"], ["/no/such", "is no store"], id="layer"),
    ],
)
@pytest.mark.parametrize("verb", ["run", "plan"])
def test_bad_options_are_refused(tmp_path: Path, verb: str, options: list[str], words: list[str]) -> None:
    store = tmp_path / "store"
    refusal(run_here(verb, "arc", "--store", store, *options), *words)
    assert "--layer" in options or not store.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["runn", "arc"], ["'runn'", "'run'", "memoflow --help"], id="command"),
        pytest.param(["run", "ark"], ["'ark'", "'arc'", "memoflow run --help"], id="flow"),
        pytest.param(["run", "arc", "--store"], ["'--store'", "argument"], id="no-value"),
        pytest.param(["explain", "arc"], ["PUZZLE", "explain arc --help"], id="no-puzzle"),
        pytest.param(["store", "stats", "--store", "/no/such"], ["/no/such", "--store"], id="no-store"),
    ],
)
def test_bad_commands_are_refused(arguments: list[str], words: list[str]) -> None:
    refusal(run_here(*arguments), *words)


def test_an_unknown_puzzle_of_a_folder_is_refused_with_the_nearest(puzzles: Path, tmp_path: Path) -> None:
    said = run_here("explain", "arc", "miror1", "--dataset", puzzles, "--store", tmp_path / "store")
    refusal(said, "'miror1'", "did you mean 'mirror1'?")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("worker = 2", ["unknown key 'worker'", "did you mean 'workers'?"], id="misspelt"),
        pytest.param("zzz = 2", ["unknown key 'zzz'", "known keys: dataset"], id="unknown"),
        pytest.param('window = "wide"', ["window", "'wide'", "a whole number"], id="type"),
        pytest.param("batch = 0", ["batch", "at least 1"], id="range"),
        pytest.param("batch", ["is not TOML"], id="no-toml"),
    ],
)
def test_a_bad_config_is_refused_by_its_name(tmp_path: Path, text: str, words: list[str]) -> None:
    config = tmp_path / "profile.toml"
    config.write_text(text, encoding="utf-8")
    refusal(run_here("run", "arc", "--config", config, "--store", tmp_path / "store"), str(config), *words)


@pytest.mark.parametrize("fraction", ["-0.1", "1.01", "nan", "all"])
def test_verify_takes_a_fraction(puzzles: Path, tmp_path: Path, fraction: str) -> None:
    store = tmp_path / "store"
    refusal(run_here("run", "arc", "--dataset", puzzles, "--store", store, "--verify", fraction), "verify")
    assert not store.exists()


def with_input(grid: Any) -> str:
    return json.dumps({**GOOD, "test": [{"input": grid}]})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(with_input([[1, 2], [3]]), ["test sample 1, input"], id="ragged"),
        pytest.param(with_input([[1, 10]]), ["test sample 1, input", "9"], id="above-9"),
        pytest.param(with_input([[-1]]), ["test sample 1, input", "9"], id="below-0"),
        pytest.param(with_input([]), ["test sample 1, input"], id="no-rows"),
        pytest.param(with_input([[]]), ["test sample 1, input"], id="no-cells"),
        pytest.param(with_input([[0] * 31]), ["test sample 1, input", "30"], id="too-wide"),
        pytest.param(with_input([[0]] * 31), ["test sample 1, input", "30"], id="too-high"),
        pytest.param(with_input([["1"]]), ["test sample 1, input"], id="texts"),
        pytest.param(with_input([[1.5]]), ["test sample 1, input"], id="fractions"),
        pytest.param(with_input([[True]]), ["test sample 1, input"], id="truths"),
        pytest.param('{"train": [', ["not JSON"], id="no-json"),
        pytest.param("[]", ["neither a puzzle nor puzzles by id"], id="a-list"),
        pytest.param(json.dumps({**GOOD, "train": []}), ["train samples"], id="no-train"),
        pytest.param(json.dumps({"train": GOOD["train"]}), ["test samples"], id="no-test"),
        pytest.param(json.dumps({**GOOD, "train": [{"input": [[1]]}]}), ["output"], id="no-output"),
        pytest.param(json.dumps({**GOOD, "test": [[1]]}), ["test sample"], id="no-object"),
    ],
)
def test_a_malformed_puzzle_is_refused_by_file_and_place(
    tmp_path: Path, content: str, words: list[str]
) -> None:
    file, store = tmp_path / "bad.json", tmp_path / "store"
    file.write_text(content, encoding="utf-8")
    refusal(run_here("run", "arc", "--dataset", file, "--store", store), str(file), *words)
    assert not store.exists()


def test_a_malformed_puzzle_does_not_stop_its_neighbours(tmp_path: Path) -> None:
    folder = write_puzzles(tmp_path / "puzzles", 1)
    (folder / "bad.json").write_text(with_input([[77]]), encoding="utf-8")
    options = ["--dataset", folder, "--store", tmp_path / "store"]
    assert run_here("plan", "arc", *options, "--puzzle", "mirror0").code == 0
    refusal(run_here("plan", "arc", *options), "bad.json", "9")


def test_a_folder_without_puzzles_is_refused(tmp_path: Path) -> None:
    refusal(run_here("run", "arc", "--dataset", tmp_path, "--store", tmp_path / "store"), "no .json file")


@pytest.mark.parametrize("verb", ["run", "plan"])
def test_a_file_is_no_store(puzzles: Path, tmp_path: Path, verb: str) -> None:
    store = tmp_path / "store"
    store.write_text("mine", encoding="utf-8")
    said = run_here(verb, "arc", "--dataset", puzzles, "--store", store)
    refusal(said, str(store), "is a file", "name another place")
    assert store.read_text(encoding="utf-8") == "mine"


def test_a_directory_of_other_things_is_no_store(puzzles: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    said = run_here("run", "arc", "--dataset", puzzles, "--store", tmp_path)
    refusal(said, str(tmp_path), "holds other files", "name an empty directory")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("marker", "words"),
    [
        pytest.param('{"format": 2}', ["has format 2", "upgrade memoflow"], id="newer"),
        pytest.param("{}", ["memoflow.json is damaged"], id="something else"),
    ],
)
def test_a_store_of_another_format_is_refused(
    puzzles: Path, tmp_path: Path, marker: str, words: list[str]
) -> None:
    store = tmp_path / "store"
    Store(store)
    (store / "memoflow.json").write_text(marker, encoding="utf-8")
    refusal(run_here("run", "arc", "--dataset", puzzles, "--store", store), str(store), *words)
    refusal(run_here("store", "stats", "--store", store), str(store), *words)
    refusal(
        run_here("run", "arc", "--dataset", puzzles, "--layer", store, "--store", tmp_path / "new"), *words
    )


@pytest.mark.parametrize("place", ["new", "store"])
def test_a_store_that_cannot_be_written_is_refused(closed: Path, place: str) -> None:
    options = ["--dataset", closed / "puzzles", "--store", closed / place]
    refusal(run_apart(["-c", AS_NOBODY], "run", "arc", *options), str(closed / place), "name a")
    assert sorted(path.name for path in closed.iterdir()) == ["puzzles", "store"]


@pytest.mark.parametrize("option", ["--json", "--submission"])
def test_an_output_file_in_a_closed_directory_is_refused(closed: Path, option: str) -> None:
    said = run_apart(["-c", AS_NOBODY], "run", "arc", option, closed / "out.json")
    refusal(said, str(closed / "out.json"), "directory that you can write to")


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["run", "arc", "--submission"], id="submission"),
        pytest.param(["run", "arc", "--json"], id="run"),
        pytest.param(["plan", "arc", "--json"], id="plan"),
        pytest.param(["explain", "arc", "67a3c6ac", "--json"], id="explain"),
        pytest.param(["store", "stats", "--json"], id="stats"),
        pytest.param(["store", "verify", "--json"], id="verify"),
    ],
)
@pytest.mark.parametrize("place", [".", "missing/out.json", "file/out.json"])
def test_an_output_file_that_cannot_be_is_refused_first(
    tmp_path: Path, command: list[str], place: str
) -> None:
    (tmp_path / "file").touch()
    said = run_here(*command, tmp_path / place, "--store", tmp_path / "store")
    refusal(said, str(tmp_path / place), "name a file")
    assert not (tmp_path / "store").exists()


def test_an_unreachable_scheduler_is_refused(
    puzzles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.execution.cluster._CONNECT_SECONDS", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are turned down
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        options = ["--dataset", puzzles, "--store", tmp_path / "store", "--scheduler", address]
        refusal(run_here("run", "arc", *options), address, "leave --scheduler out")
