"""Instances that share a store do the work once, whatever becomes of any of them."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from command_line import ROOT, environment, read_json, run_here, sample, write_puzzles
from s3_server import BUCKET, serving

from flows.instances.instance import Instance
from flows.runs.outcomes import find_run
from flows.settings import Settings
from flows.state.target import kept_targets
from store import Store

DSL = """
import os, time

def mirrored(grid): return tuple(row[::-1] for row in grid)
def turned(grid): return grid[::-1]
def first_row(grid): return (grid[0],)
def broken(grid): return grid[100]
def forever(grid):
    while True:
        grid = grid[::-1]
def held(grid):
    while len(grid[0]) == WIDE and os.path.exists(GATE):
        time.sleep(0.01)
    return grid
"""
CALLS = ("mirrored", "turned", "first_row", "broken", "forever", "held")
"""Each of them is a program, and each after `turned`."""
WIDE = 9
"""Columns of the puzzle whose evaluation waits as long as there is a gate."""
PUZZLES = 6


@dataclass(frozen=True)
class Work:
    """Puzzles and programs, one of which runs away, and how to run them."""

    folder: Path

    @property
    def gate(self) -> Path:
        return self.folder / "gate"

    def options(self, store: str | Path, workers: int, instance: str, name: str) -> list[str]:
        """The options of a run into a store; what it says goes into files of this name."""
        given = {
            "--dataset": self.folder / "puzzles", "--dsl": self.folder / "dsl.py", "--workers": workers,
            "--programs": self.folder / "programs.py", "--config": self.folder / "profile.toml",
            "--store": store, "--instance": instance, "--json": self.folder / f"{name}.json",
            "--submission": self.folder / f"{name}-submission.json",
        }  # fmt: skip
        return ["run", "arc", *(str(word) for pair in given.items() for word in pair)]

    def said(self, name: str) -> Any:
        return read_json(self.folder / f"{name}.json")

    def submission(self, name: str) -> Any:
        return read_json(self.folder / f"{name}-submission.json")


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    made = Work(tmp_path_factory.mktemp("instances"))
    write_puzzles(made.folder / "puzzles", PUZZLES - 1)
    grid = [[cell % 10 for cell in range(WIDE)]]
    content = {"train": [sample(grid), sample(grid[::-1])], "test": [sample(grid)]}
    (made.folder / "puzzles" / "a_wide_one.json").write_text(json.dumps(content), encoding="utf-8")
    dsl = f"WIDE, GATE = {WIDE}, {str(made.gate)!r}\n{DSL}"
    (made.folder / "dsl.py").write_text(dsl, encoding="utf-8")
    programs = [
        f"def solve_{name}_{given}(I):\n    x1 = turned(I)\n    O = {name}({given})\n    return O\n"
        for name in CALLS
        for given in ("I", "x1")
    ]
    (made.folder / "programs.py").write_text("\n".join(programs), encoding="utf-8")
    profile = 'cpu_s = 0.02\ndashboard = "127.0.0.1:0"\ngrid = "tuple"\n'
    (made.folder / "profile.toml").write_text(profile, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def alone(work: Work) -> Work:
    """The same work, done by one run in a store of its own."""
    assert run_here(*work.options(work.folder / "alone", 0, "1/1", "alone")).code == 0
    return work


Start = Callable[[list[str]], "subprocess.Popen[bytes]"]


@pytest.fixture(params=["directory", pytest.param("s3", marks=pytest.mark.slow)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a store can lie; in an object store it takes 10 s until the leases of the dead expire."""
    if request.param == "directory":
        yield str(tmp_path / "store")
        return
    with serving(tmp_path / "log") as server, pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        yield f"s3://{BUCKET}/instances"


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def begin(options: list[str]) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-c", "from flows.cli import main; main()", *options]
        started.append(subprocess.Popen(words, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL))
        return started[-1]

    yield begin
    for each in started:
        with contextlib.suppress(ProcessLookupError):
            each.kill()
        each.wait()


def rows(said: Any, fate: str) -> Counter[str]:
    return Counter({stage: counts[fate] for stage, counts in said["rows"].items()})


def test_instances_that_start_together_do_the_work_of_one(alone: Work, start: Start, tmp_path: Path) -> None:
    """Six workers on two cores: which also says that verdicts don't depend on load."""
    names = ["first", "second", "third"]
    place = tmp_path / "store"
    options = [alone.options(place, 2, f"{number}/3", name) for number, name in enumerate(names, 1)]
    assert [each.wait(90) for each in [start(each) for each in options]] == [0, 0, 0]
    one, together = alone.said("alone"), [alone.said(name) for name in names]
    executed = sum((rows(said, "executed") for said in together), Counter[str]())
    print(f"rows of one {rows(one, 'executed')}, of three {executed}")
    assert executed.keys() == rows(one, "executed").keys()
    for stage, count in rows(one, "executed").items():
        # What puzzles share is inlined by whoever needs it first; it belongs to no puzzle's lease.
        most = 2 * count if stage == "inline" else 1.01 * count
        assert count <= executed[stage] <= most, stage
    assert one["outcomes"]["timed_out"] == 2 * PUZZLES
    assert [said["outcomes"] for said in together] == [one["outcomes"]] * 3
    assert [alone.submission(name) for name in names] == [alone.submission("alone")] * 3
    shares = [said["instance"] for said in together]
    print(shares)
    assert [share["number"] for share in shares] == [1, 2, 3]
    assert sum(share["by_others"]["puzzles"] for share in shares) == 2 * PUZZLES
    for said, share in zip(together, shares, strict=True):
        ran, hit = rows(said, "executed").total(), rows(said, "hit").total()
        assert share["hit_rate"] == pytest.approx(hit / (hit + ran))
        assert ran + hit == rows(one, "executed").total() + rows(one, "hit").total()


def test_an_instance_that_comes_later_executes_nothing(alone: Work) -> None:
    said = run_here(*alone.options(alone.folder / "alone", 0, "2/3", "later"))
    assert said.code == 0
    later = alone.said("later")
    assert not rows(later, "executed").total()
    assert later["instance"]["by_others"] == {"puzzles": 0, "rows": 0}
    assert "instance 2/3: hit rate 100.0% of rows" in said.out
    assert list(alone.submission("later")) == list(alone.submission("alone"))
    record = find_run(Store(alone.folder / "alone").backends[0], "last")
    assert list(record.outcomes) == [*(f"mirror{number}" for number in range(1, 5)), "a_wide_one", "mirror0"]
    assert "instance" not in record.settings, "it is no cause of another result"


def test_others_finish_what_a_killed_instance_held(alone: Work, start: Start, location: str) -> None:
    alone.gate.touch()
    store = Store(location)
    killed = start(alone.options(location, 0, "1/2", "killed"))
    wait_for(lambda: locks_of(killed.pid) >= 2 or len(store.backends[0].names("leases")) >= 2)
    survivor = start(alone.options(location, 0, "2/2", "survivor"))
    wait_for(lambda: len(kept_targets(store)) == PUZZLES - 2)
    assert survivor.poll() is None
    killed.kill()
    alone.gate.unlink()
    assert survivor.wait(60) == 0
    assert alone.said("survivor")["outcomes"] == alone.said("alone")["outcomes"]
    assert alone.submission("survivor") == alone.submission("alone")


@pytest.mark.parametrize("words", ["0/3", "4/3", "1/0", "3", "1/2/3", "-1/3", "1/x", "1 / 3", "\u0661/3"])
def test_an_instance_that_cannot_be_is_refused_in_a_line(tmp_path: Path, words: str) -> None:
    said = run_here("run", "arc", "--store", tmp_path / "store", "--instance", words)
    assert said.code == 2
    assert "--instance: should be I/N, such as 2/8" in said.complaint()
    config = tmp_path / "profile.toml"
    config.write_text(f'instance = "{words}"\n', encoding="utf-8")
    said = run_here("run", "arc", "--store", tmp_path / "store", "--config", config)
    assert (said.code, f"{config}, instance: should be I/N" in said.complaint()) == (2, True)
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize(
    ("instance", "order"),
    [("1/1", "abcde"), ("1/3", "abcde"), ("2/3", "bcdea"), ("3/3", "deabc"), ("7/7", "eabcd")],
)
def test_an_instance_begins_at_its_share_and_goes_round(instance: str, order: str) -> None:
    assert list(Instance.of(instance).order(dict.fromkeys("abcde"))) == list(order)


def test_an_instance_beside_others_takes_few_puzzles_at_once() -> None:
    assert Settings(window=32, workers=4).in_flight == 32
    beside = Settings(window=32, workers=4, instance="1/2")
    others = [{}, {"window": 3}, {"workers": 0}, {"scheduler": "tcp://127.0.0.1:1"}]
    assert [dataclasses.replace(beside, **other).in_flight for other in others] == [8, 3, 2, 32]


def wait_for(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.005)


def locks_of(process: int) -> int:
    """How many locks the kernel lists for a process, without those that it waits for."""
    lines = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    return sum(str(process) in words and "->" not in words for words in lines)
