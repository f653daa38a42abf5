"""What a shell completes, asked for as a shell asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from command_line import run_here, write_puzzles

from flows.cli import memoflow


def completed(*words: object) -> list[str]:
    """What the last word may become; a file where that is for the shell to find."""
    *before, begun = map(str, words)
    found = ShellComplete(memoflow, {}, "memoflow", "").get_completions(before, begun)
    return [each.value if each.type == "plain" else each.type for each in found]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param(["wat"], ["watch"], id="command"),
        pytest.param(["run", "arc", "--spl"], ["--split"], id="option"),
        pytest.param(["run", "arc", "--split", "eval"], ["evaluation"], id="split"),
        pytest.param(["plan", "arc", "--dataset", "arc"], ["arcagi", "arcagi2"], id="dataset"),
        pytest.param(["plan", "arc", "--dataset", "fol"], ["file"], id="dataset-path"),
        pytest.param(["plan", "arc", "--dsl", "fol"], ["file"], id="dsl"),
        pytest.param(["show", "67a3"], ["67a3c6ac"], id="puzzle"),
        pytest.param(["run", "arc", "--split", "no", "--puzzle", "67"], [], id="no-such-split"),
        pytest.param(["store", "diff", "--store", "/no/such", "la"], [], id="no-store"),
    ],
)
def test_a_shell_completes(words: list[str], found: list[str]) -> None:
    assert completed(*words) == found


def test_a_shell_completes_puzzles_of_a_folder_and_runs_of_a_store(tmp_path: Path) -> None:
    folder, store = write_puzzles(tmp_path / "puzzles", 2), tmp_path / "store"
    assert completed("run", "arc", "--dataset", folder, "--puzzle", "mirror") == ["mirror0", "mirror1"]
    run_here("run", "arc", "--dataset", folder, "--store", store, "--workers", 0, "--limit", 1)
    assert completed("store", "diff", "--store", store, "last") == ["last", "last~1"]
    (run,) = completed("store", "diff", "--store", store, "last", "2")
    assert (store / "runs" / f"{run}.jsonl").is_file()
