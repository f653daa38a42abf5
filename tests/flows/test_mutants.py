"""The second generation: mutants of a puzzle's best candidates, through the whole flow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import read_json, run_here, write_puzzles

PUZZLES = 2
MUTANTS = 40


@pytest.fixture
def puzzles(tmp_path: Path) -> Path:
    return write_puzzles(tmp_path / "puzzles", PUZZLES)


def run(puzzles: Path, store: Path, *options: object) -> tuple[Any, Any]:
    """The counts of a run and its submission."""
    said, handed = store.with_suffix(".json"), store.with_suffix(".submission")
    files = ("--json", said, "--submission", handed)
    done = run_here("run", "arc", "--dataset", puzzles, "--store", store, *files, *options)
    assert done.code in (0, None), done.err
    return read_json(said), read_json(handed)


def executed(said: Any) -> dict[str, int]:
    return {stage: count["executed"] for stage, count in said["nodes"].items()}


def test_mutants_are_a_second_generation_that_validates_only_what_is_new(
    puzzles: Path, tmp_path: Path
) -> None:
    without, _ = run(puzzles, tmp_path / "kept", "--workers", 0)
    with_mutants, _ = run(puzzles, tmp_path / "kept", "--workers", 0, "--mutants", MUTANTS)
    assert with_mutants["candidates"] == without["candidates"] + PUZZLES * MUTANTS
    assert with_mutants["solved_train"] == without["solved_train"] == PUZZLES
    assert executed(with_mutants) == {
        "propose": PUZZLES,
        "filter": PUZZLES,
        "inline": PUZZLES,
        "validate": PUZZLES,
        "score": PUZZLES,
        "differ": with_mutants["nodes"]["differ"]["executed"],  # where there are new near misses
        "rank": PUZZLES,
        "trust": PUZZLES,
        "observe": PUZZLES,
    }
    assert 0 < with_mutants["rows"]["validate"]["executed"] <= PUZZLES * MUTANTS


def test_a_repeat_executes_nothing_and_another_seed_proposes_anew(puzzles: Path, tmp_path: Path) -> None:
    first, handed = run(puzzles, tmp_path / "kept", "--workers", 0, "--mutants", MUTANTS)
    again, handed_again = run(puzzles, tmp_path / "kept", "--workers", 0, "--mutants", MUTANTS)
    assert sum(executed(first).values()) > 0
    assert sum(executed(again).values()) == 0
    assert handed_again == handed
    other, _ = run(puzzles, tmp_path / "kept", "--workers", 0, "--mutants", MUTANTS, "--seed", 1)
    # The first generation draws nothing: it is there under any seed.
    assert executed(other)["propose"] == PUZZLES
    assert executed(other)["trust"] == executed(other)["observe"] == 0


def test_test_outputs_are_read_by_nothing_that_makes_mutants(puzzles: Path, tmp_path: Path) -> None:
    _, handed = run(puzzles, tmp_path / "kept", "--workers", 0, "--mutants", MUTANTS)
    for file in puzzles.glob("*.json"):
        content = json.loads(file.read_text("utf-8"))
        for sample in content["test"]:
            sample["output"] = [[9 - cell for cell in row] for row in sample["output"]]
        file.write_text(json.dumps(content), "utf-8")
    changed, handed_then = run(puzzles, tmp_path / "kept", "--workers", 0, "--mutants", MUTANTS)
    assert sum(executed(changed).values()) == 0
    assert (changed["solved_test"], handed_then) == (0, handed)


def test_workers_make_the_mutants_that_this_process_makes(puzzles: Path, tmp_path: Path) -> None:
    here, handed = run(puzzles, tmp_path / "here", "--workers", 0, "--mutants", MUTANTS)
    apart, handed_apart = run(puzzles, tmp_path / "apart", "--workers", 2, "--mutants", MUTANTS)
    counts = ("candidates", "unique", "outcomes", "solved_train", "solved_test")
    assert [apart[count] for count in counts] == [here[count] for count in counts]
    assert handed_apart == handed
    # The key of what `filter` gave holds the digest of every candidate that it was given.
    filtered = [
        {entry.name for entry in (tmp_path / name / "entries" / "filter").rglob("*") if entry.is_file()}
        for name in ("here", "apart")
    ]
    assert filtered[0] == filtered[1]
    assert len(filtered[0]) == 2 * PUZZLES
