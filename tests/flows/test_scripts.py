"""Functions of the user's own script or notebook run on workers, and are fingerprinted there as here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import os
from dataclasses import dataclass
from functools import partial

from flows import Flow
from store import Store

FACTOR = 3


@dataclass(frozen=True)
class Point:
    x: int
    y: int

    def norm(self):
        return times(self.x) + self.y


def times(x):
    return x * FACTOR


def adder(n):
    def add(x):
        return x + n

    return add


def points(items) -> list[Point]:
    return [Point(item, item) for item in items]


def point(x) -> Point:
    return Point(x, int(os.environ.get("EXTRA", "0")))


def total(points, one, adding):
    return sum(each.norm() for each in points) + adding(one.norm())


if __name__ == "__main__":
    flow = Flow(Store("results"))
    first = flow.node(total, flow.map(points, [1, 2, 3]), flow.node(point, 1), adder(4))
    second = flow.node(adder(7), 1)
    third = flow.node(partial(total, [Point(1, 1)], adding=times), Point(0, 1))
    run = flow.run([first, second, third], workers=2)
    print(*run.value, *sorted(run.executed.items()))
"""

CELLS = '''
import linecache

from flows import Flow
from store import Store

CELL = """
def half(x):
    return whole(x) // 2

def whole(x):
    return x
"""
if __name__ == "__main__":
    name = "/tmp/ipykernel_0/1.py"
    linecache.cache[name] = (len(CELL), None, CELL.splitlines(keepends=True), name)
    exec(compile(CELL, name, "exec"))
    flow = Flow(Store("results"))
    run = flow.run(flow.node(half, flow.node(half, 12)), workers=1)
    print(run.value, run.executed.total())
'''


@pytest.fixture
def script(tmp_path: Path) -> Path:
    file = tmp_path / "script.py"
    file.write_text(SCRIPT, encoding="utf-8")
    return file


def ran(script: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, script.name],  # by a relative name, as people type it
        cwd=script.parent,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_scripts_functions_classes_closures_and_partials_run_on_workers_once(script: Path) -> None:
    assert ran(script) == "31 8 7 ('add', 1) ('point', 1) ('points', 1) ('total', 2)"
    assert ran(script) == "31 8 7"


def test_what_a_scripts_function_read_on_a_worker_counts(script: Path) -> None:
    ran(script)
    assert ran(script, EXTRA="5") == "36 8 7 ('point', 1) ('total', 1)"


def test_an_edit_of_a_script_reruns_on_workers_what_it_can_change(script: Path) -> None:
    ran(script)
    script.write_text(SCRIPT.replace("return x + n", "return n + x + 1"), encoding="utf-8")
    assert ran(script) == "32 9 7 ('add', 1) ('total', 1)"


def test_functions_of_a_notebooks_cell_run_on_workers(tmp_path: Path) -> None:
    file = tmp_path / "cells.py"
    file.write_text(CELLS, encoding="utf-8")
    assert ran(file) == "3 2"
    assert ran(file) == "3 0"
