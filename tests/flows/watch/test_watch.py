"""`memoflow watch arc` as a process of its own: each save is evaluated by what the files say then."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from command_line import ROOT, read_json, write_puzzles

from flows.runs.outcomes import find_run
from store import Store

pytestmark = pytest.mark.timeout(60)  # what waits for a line in vain fails the whole module, so soon

DSL = ROOT / "tests" / "tasks" / "tuple_dsl"
COUNT = 2
IN_THE_SANDBOX = 4  # the server, what it forked, its zygote, and what that forked
IDLE = 1  # the server
WAITS = "waiting for a save"


class Watched:
    """A watch over a copy of a small DSL, by a copy of the project; both are edited."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        unwanted = shutil.ignore_patterns("__pycache__")
        for package in ("store", "flows", "tasks"):
            shutil.copytree(ROOT / package, folder / "code" / package, ignore=unwanted)
        shutil.copytree(DSL, folder / "dsl", ignore=unwanted)
        write_puzzles(folder / "puzzles", COUNT)
        (folder / "more").mkdir()
        (folder / "more" / "none.py").touch()
        (folder / "watch.toml").write_text(f"limit = {COUNT}\n")
        words = [sys.executable, "-c", "from flows.cli import main; main()", "watch", "arc"]
        words += ["--dsl", "dsl/dsl.py", "--programs", "dsl/programs.py", "--programs", "more"]
        words += ["--dataset", "puzzles", "--config", "watch.toml", "--store", "store", "--json", "said.json"]
        environment = {**os.environ, "PYTHONPATH": str(folder / "code")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self.process = subprocess.Popen(
            words,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def said(self, until: str = WAITS) -> list[str]:
        """The lines up to one that begins so, without it."""
        assert self.process.stdout is not None
        lines = []
        while line := self.process.stdout.readline():
            if line.startswith(until):
                return lines
            lines.append(line.strip())
        raise AssertionError(f"it ended: {lines}")

    def save(self, file: str, text: str) -> None:
        """At once: half a file would be a save of its own, if the next half takes its time."""
        path = self.folder / file
        beside = path.with_suffix(".new")
        beside.write_text(text)
        beside.replace(path)

    def edit(self, file: str, old: str, new: str) -> None:
        text = (self.folder / file).read_text()
        assert text.count(old) == 1
        self.save(file, text.replace(old, new))

    def depth(self) -> int:
        """Of the processes below the watch, how many begot each other."""
        found, count = psutil.Process(self.process.pid), 0
        with contextlib.suppress(psutil.NoSuchProcess):
            while below := found.children():
                found, count = below[-1], count + 1
        return count

    def json(self) -> Any:
        return read_json(self.folder / "said.json")


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    made = Watched(tmp_path_factory.mktemp("watched"))
    try:
        made.said()
        assert made.json()["solved_test"] == COUNT
        yield made
    finally:
        made.process.send_signal(signal.SIGINT)
        made.process.communicate(timeout=30)


MIRROR = "return tuple(row[::-1] for row in grid)"
SAME_SIZE = "return tuple(row[::+1] for row in grid)"


def test_an_edit_runs_the_rows_that_can_reach_it_and_says_what_it_changed(watched: Watched) -> None:
    rows = watched.json()["rows"]["validate"]["executed"]
    watched.edit("dsl/dsl.py", MIRROR, SAME_SIZE)
    lines = watched.said()
    said = watched.json()
    (reason,) = said["reasons"]["validate"]
    assert reason.startswith("function flip_columns changed (dsl/dsl.py:")
    ran = said["rows"]["validate"]
    assert 0 < ran["executed"] == said["reasons"]["validate"][reason] < ran["executed"] + ran["hit"] <= rows
    assert said["newly_lost"] == {"train": ["mirror0", "mirror1"], "test": ["mirror0", "mirror1"]}
    assert "newly lost (test): 2: mirror0, mirror1" in lines
    assert f"validate: {ran['executed']} because {reason}" in lines
    assert lines[0].endswith("saved dsl.py")
    assert said["save_to_result_s"] >= said["work_s"]
    noted = find_run(Store(watched.folder / "store").backends[0], said["run"]).noted
    assert ("validate", ran["executed"]) in {(missed.stage, missed.count) for missed in noted.misses}
    watched.edit("dsl/dsl.py", SAME_SIZE, MIRROR)
    lines = watched.said()
    assert "newly solved (test): 2: mirror0, mirror1" in lines
    assert lines[-1].startswith("nothing ran; solved_train 2, solved_test 2 of 2")


def test_a_file_that_is_saved_twice_in_a_second_is_not_run_as_it_was_first(watched: Watched) -> None:
    """Python takes bytecode for that of a file by its size and its time in whole seconds."""
    file = watched.folder / "dsl" / "dsl.py"
    text = file.read_text()
    written = file.stat().st_mtime_ns
    for content, told in (
        (text.replace(MIRROR, SAME_SIZE), "newly lost (test): 2: mirror0, mirror1"),
        (text, "newly solved (test): 2: mirror0, mirror1"),
    ):
        beside = file.with_suffix(".new")
        beside.write_text(content)
        os.utime(beside, ns=(written, written))
        beside.replace(file)
        assert told in watched.said()


def test_answers_that_come_at_once_are_all_heard(watched: Watched) -> None:
    """The watch is stopped for so long that all are there."""
    watched.edit("dsl/dsl.py", MIRROR, SAME_SIZE)
    watched.said("  newly lost (train)")
    watched.process.send_signal(signal.SIGSTOP)
    while watched.depth() > IDLE:
        assert watched.process.poll() is None
    watched.process.send_signal(signal.SIGCONT)
    watched.said()
    watched.edit("dsl/dsl.py", SAME_SIZE, MIRROR)
    assert "newly solved (test): 2: mirror0, mirror1" in watched.said()


def test_programs_that_come_and_go_and_the_config_count_too(watched: Watched) -> None:
    watched.save("more/one.py", "def solve_one(I):\n    return flip_rows(flip_rows(I))\n")
    first, *_, last = watched.said()
    assert first.endswith("saved one.py")
    assert last.startswith("ran ")
    (watched.folder / "more" / "one.py").unlink()
    first, last = watched.said()
    assert first.endswith("saved one.py (gone)")
    assert last.startswith("nothing ran")
    for content, told in (("limit = 1\n", "of 1;"), ("limitt = 1\n", "did you mean 'limit'?"), ("", "of 2;")):
        watched.save("watch.toml", content)
        first, last = watched.said()
        assert first.endswith("saved watch.toml")
        assert told in last


def test_a_syntax_error_is_one_line_and_the_watch_goes_on(watched: Watched) -> None:
    for file, place in (("dsl/geometry.py", "geometry.py:"), ("dsl/programs.py", "programs.py, line ")):
        text = (watched.folder / file).read_text()
        watched.save(file, f"{text}\ndef broken(:\n")
        first, line = watched.said()
        assert first.endswith(f"saved {Path(file).name}")
        assert line.startswith("memoflow: ")
        assert place in line
        watched.save(file, text)
        assert watched.said()[-1].startswith("nothing ran; solved_train 2")


def test_a_folder_that_goes_away_is_waited_for(watched: Watched) -> None:
    dsl, away = watched.folder / "dsl", watched.folder / "away"
    dsl.rename(away)
    assert watched.said()[-1].startswith("memoflow: the DSL 'dsl/dsl.py' cannot be used")
    away.rename(dsl)
    assert watched.said()[-1].startswith("nothing ran; solved_train 2")
    watched.edit("dsl/dsl.py", MIRROR, SAME_SIZE)
    assert "newly lost (test): 2: mirror0, mirror1" in watched.said()
    watched.edit("dsl/dsl.py", SAME_SIZE, MIRROR)
    watched.said()


def test_code_that_was_loaded_before_the_edit_is_never_run_again(watched: Watched) -> None:
    """A stage, which lies in the server's memory."""
    text = (watched.folder / "code/tasks/score.py").read_text()
    watched.edit("code/tasks/score.py", "candidates=len(", "candidates=1000 + len(")
    watched.said()
    said = watched.json()
    assert said["candidates"] > COUNT * 1000
    (reason,) = said["reasons"]["score"]
    assert reason.startswith("function score changed (tasks/score.py:")
    watched.save("code/tasks/score.py", f"{text}\ndef broken(:\n")
    broken, _ = watched.said()
    assert "SyntaxError" in broken
    assert "tasks/score.py:" in broken
    watched.save("code/tasks/score.py", text)
    watched.said()
    assert watched.json()["candidates"] < COUNT * 1000


ENDLESS = "while True: grid = grid"


def in_the_sandbox(watched: Watched) -> None:
    """Wait until a program that does not end is being evaluated."""
    watched.edit("dsl/dsl.py", MIRROR, ENDLESS)
    watched.said("  validate: ")
    while watched.depth() < IN_THE_SANDBOX:
        assert watched.process.poll() is None


def test_a_save_ends_what_is_being_evaluated(watched: Watched) -> None:
    in_the_sandbox(watched)
    watched.edit("dsl/dsl.py", ENDLESS, MIRROR)
    first, last = watched.said()
    assert first.endswith("saved dsl.py")
    assert last.startswith("nothing ran; solved_train 2")


def test_ctrl_c_ends_it_and_all_that_it_started(watched: Watched) -> None:
    in_the_sandbox(watched)
    below = psutil.Process(watched.process.pid).children(recursive=True)
    assert len(below) >= IN_THE_SANDBOX
    watched.process.send_signal(signal.SIGINT)
    out, _ = watched.process.communicate(timeout=30)
    assert (watched.process.returncode, out) == (0, "")
    assert psutil.wait_procs(below, timeout=10)[1] == []
