"""After edits, in fresh processes: `plan` and `explain` name the cause, `store diff` what it did."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command_line import ROOT, Said, read_json, write_puzzles

COUNT = 2
MAIN = "from flows.cli import main; main()"


class Checkout:
    """A copy of the project that is edited between command lines, with puzzles and a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for package in ("store", "flows", "tasks"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / package, folder / "code" / package, ignore=ignored)
        write_puzzles(folder / "puzzles", COUNT)

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def edit(self, file: str, old: str, new: str) -> int:
        """Replace some text that stands there once; the line that it is in."""
        path = self.folder / "code" / file
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))
        return text[: text.index(old)].count("\n") + 1

    def say(self, *arguments: object) -> Said:
        code = self.folder / "code"
        environment = {**os.environ, "PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1"}
        words = [sys.executable, "-c", MAIN, *map(str, arguments), "--store", str(self.store)]
        done = subprocess.run(words, cwd=code, capture_output=True, text=True, env=environment)
        return Said(done.returncode, done.stdout, done.stderr)

    def arc(self, verb: str, *arguments: object) -> Said:
        options = ["--dataset", self.folder / "puzzles", "--workers", 0]
        said = self.say(verb, "arc", *arguments, *options)
        assert (said.code, said.err) == (0, "")
        return said

    def json(self, *arguments: object) -> Any:
        file = self.folder / "said.json"
        said = self.arc(*arguments, "--json", file)
        return said.out, read_json(file)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A run of the code as it is."""
    made = Checkout(tmp_path_factory.mktemp("checkout"))
    made.arc("run")
    return made


@pytest.fixture(scope="module")
def line(checkout: Checkout) -> int:
    """The line of `bounding_box`, two calls below `crop_to_content`, which is edited."""
    at = checkout.edit("tasks/dsl/crop.py", "def bounding_box(", "def bounding_box(")
    checkout.edit("tasks/dsl/crop.py", "    if not rows.size:\n", "    if rows.size == 0:\n")
    return at


def test_explain_names_a_function_that_was_edited_two_calls_away(checkout: Checkout, line: int) -> None:
    out, said = checkout.json("explain", "mirror0")
    place = f"function bounding_box changed (tasks/dsl/crop.py:{line})"
    (shown,) = [each for each in out.splitlines() if each.split()[1:3] == ["validate", "run"]]
    assert f" rows: {place} " in shown
    validate = next(node for node in said["mirror0"] if node["stage"] == "validate")
    assert place in validate["reason"]
    causes = [cause for why in validate["causes"] for cause in why["causes"]]
    (cause,) = [cause for cause in causes if cause["name"] == "tasks.dsl.crop:bounding_box"][:1]
    assert cause["where"] == f"tasks/dsl/crop.py:{line}"
    assert f"{cause['old'][:10]} → {cause['new'][:10]}" in shown


def test_explain_notes_what_is_widened_in_the_dsl_and_nothing_of_the_stages(checkout: Checkout) -> None:
    dsl = checkout.folder / "named" / "dsl.py"
    dsl.parent.mkdir()
    dsl.write_text(
        "import sys\n\ndef flip(grid: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:\n"
        "    return grid[::-1]\n\ndef any_of(name, grid):\n"
        "    return getattr(sys.modules[__name__], name)(grid)\n"
    )
    programs = dsl.with_name("programs.py")
    programs.write_text("def one(I):\n    return flip(I)\n")
    out, said = checkout.json("explain", "mirror0", "--dsl", dsl, "--programs", programs)
    assert any(node["notes"] for node in said["mirror0"]), "the stages themselves have some, for the JSON"
    (note,) = [each for each in out.splitlines() if "note" in each]
    assert note.startswith("note: ")
    assert "dsl:any_of uses the module" in note


def test_a_plan_counts_rows_by_the_function_that_changed(checkout: Checkout, line: int) -> None:
    out, said = checkout.json("plan")
    reasons = said["reasons"]["validate"]
    assert reasons
    assert all(reason.startswith("function bounding_box changed (") for reason in reasons)
    assert said["rows"]["validate"]["run"] == sum(reasons.values())
    for reason, count in reasons.items():
        assert f"validate: {count} because {reason}" in out.splitlines()
    assert sum(each["count"] for each in said["causes"]["validate"]) == sum(reasons.values())


def test_a_run_does_what_was_planned_and_the_diff_tells_what_it_changed(
    checkout: Checkout, line: int
) -> None:
    _, planned = checkout.json("plan")
    page = checkout.folder / "report.html"
    _, ran = checkout.json("run", "--report", page)
    assert ran["rows"]["validate"]["executed"] == planned["rows"]["validate"]["run"]
    misses = read_json(page.with_name("report.html.json"))["misses"]
    told = {each["reason"]: each["count"] for each in misses if each["stage"] == "validate"}
    assert told == planned["reasons"]["validate"]
    assert sum(each["count"] for each in misses) == executed(ran)
    at = checkout.edit("tasks/dsl/symmetry.py", "return grid[..., ::-1]\n", "return grid\n") - 2
    _, broken = checkout.json("run", "--limit", 1)
    assert broken["run"] != ran["run"]
    out, said = diff(checkout, "last~1", "last")
    assert said["runs"] == [ran["run"], broken["run"]]
    assert said["newly_lost"] == {"train": [], "test": ["mirror0"]}
    assert said["newly_solved"] == {"train": [], "test": []}
    assert [each["puzzle"] for each in said["changed"]] == ["mirror0"]
    assert said["only_old"] == ["mirror1"]
    assert said["dataset"] == {"settings": {"limit": [0, 1]}, "puzzles": []}
    assert [cause["where"] for cause in said["functions"]] == [f"tasks/dsl/symmetry.py:{at}"]
    assert "newly lost (test): 1: mirror0" in out.splitlines()
    assert any(each.startswith("function flip_horizontal changed (") for each in out.splitlines())
    back, said = diff(checkout, broken["run"], ran["run"][:22])
    assert said["newly_solved"] == {"train": [], "test": ["mirror0"]}
    assert "newly solved (test): 1: mirror0" in back.splitlines()


def executed(said: Any) -> int:
    """Rows that were executed, and nodes of the stages that have none."""
    return sum(said["rows"].get(stage, nodes)["executed"] for stage, nodes in said["nodes"].items())


def diff(checkout: Checkout, old: str, new: str) -> Any:
    file = checkout.folder / "diff.json"
    said = checkout.say("store", "diff", old, new, "--json", file)
    assert (said.code, said.err) == (0, "")
    return said.out, read_json(file)


def test_a_repeat_differs_in_nothing_and_has_an_outcome_of_its_own(checkout: Checkout, line: int) -> None:
    runs = [checkout.json("run")[1]["run"] for _ in range(2)]
    out, said = diff(checkout, "last~1", "last")
    assert said["runs"] == runs
    assert out.splitlines()[1:] == ["no puzzle newly solved, none newly lost", "same settings, same code"]


def test_verify_names_a_stage_that_is_not_deterministic_and_keeps_what_is_stored(
    checkout: Checkout, line: int
) -> None:
    checkout.edit("tasks/score.py", "candidates=len(", "candidates=int.from_bytes(os.urandom(4)) + len(")
    counter = "from collections import Counter"
    checkout.edit("tasks/score.py", counter, f"import os\n{counter}")
    _, first = checkout.json("run")
    file = checkout.folder / "verified.json"
    options = ["--dataset", checkout.folder / "puzzles", "--workers", 0, "--verify", 1.0, "--json", file]
    said = checkout.say("run", "arc", *options)
    verified = read_json(file)
    assert said.code == 1
    assert verified["candidates"] == first["candidates"], "what is stored stays"
    rows = verified["rows"]
    assert rows["inline"]["hit"] / COUNT + rows["validate"]["hit"] < verified["verify"]["checked"]
    differing = verified["verify"]["differing"]
    assert [each["puzzle"] for each in differing] == ["mirror0", "mirror1"]
    for each, told in zip(differing, said.err.splitlines(), strict=True):
        assert each["function"] == "tasks.score:score"
        assert each["where"].startswith("tasks/score.py:")
        assert told.startswith(
            f"memoflow: puzzle {each['puzzle']}: tasks.score:score ({each['where']}) is not"
        )


def test_verify_of_deterministic_stages_ends_with_0(checkout: Checkout, tmp_path: Path) -> None:
    """In a sample that leaves out what the test before has spoilt."""
    checkout.edit("tasks/score.py", "int.from_bytes(os.urandom(4)) + ", "")
    checkout.arc("run")
    _, said = checkout.json("run", "--verify", 0.01)
    assert said["verify"]["differing"] == []
    assert said["verify"]["checked"] >= 1
