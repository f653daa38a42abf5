"""Results that vanish while a run is at work cost time and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import stages

from flows import Flow
from store import Store
from store.backend.local import LocalBackend

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("gone", ["entries/numbers", "entries/double", "entries/"])
def test_a_result_that_always_vanishes_is_handed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    """As if somebody removed it each time between its writing and its reading."""
    real = LocalBackend.read
    monkeypatch.setattr(
        LocalBackend, "read", lambda self, name: None if name.startswith(gone) else real(self, name)
    )
    flow = Flow(Store(tmp_path))
    scaled = flow.map(stages.scaled, flow.node(stages.numbers, 9), factor=2)
    run = flow.run(flow.node(stages.double, flow.node(stages.total, scaled)), workers=0)
    assert run.value == 144
    assert max(run.executed.values()) <= 30, (
        "each is computed a few times, not as often as something vanishes"
    )


GC = """
import sys, time
from store.gc import Conditions, collect, decide, survey
from store.location import create
backend = create(sys.argv[1])
print("ready", flush=True)
rounds = 0
while True:
    now = time.time()
    seen = survey(backend, now)
    collect(backend, seen, decide(seen, Conditions(older_than=0.0), now))
    rounds += 1
    if rounds == 20:
        print("going", flush=True)
"""

BUSY = """
import sys
import numpy as np
from flows import Flow
from store import Store
import busy
root = sys.argv[1]
store = Store(root)
for number in range(int(sys.argv[2])):
    opened = Store(root) if number % 3 == 0 else store
    grids = opened.map(busy.grids, [number % 4, 1, 2])
    assert [int(grid.sum()) for grid in grids] == [1600 * item for item in (number % 4, 1, 2)]
    assert int(opened.call(busy.grid, number % 4).sum()) == 2500 * (number % 4)
    flow = Flow(Store(root))
    scaled = flow.map(busy.scaled, flow.node(busy.numbers, 9), factor=2)
    total, tiles = flow.run([flow.node(busy.total, scaled), flow.map(busy.grids, flow.node(busy.numbers, 3))],
                            workers=0).value
    assert (total, [int(tile[0, 0]) for tile in tiles]) == (72, [0, 1, 2])
    assert (store.write_error, opened.write_error, flow.store.write_error) == (None, None, None)
print(store.stats()["misses"])
"""

MODULE = """
import numpy as np
def numbers(count): return list(range(count))
def scaled(items, factor): return [item * factor for item in items]
def total(values): return sum(values)
def grids(items): return [np.full((40, 40), item, np.uint8) for item in items]
def grid(x): return np.full((50, 50), x, np.uint8)
"""


def test_runs_do_not_notice_a_gc_that_removes_everything_all_the_time(tmp_path: Path) -> None:
    (tmp_path / "busy.py").write_text(MODULE)
    for name, content in (("gc_loop.py", GC), ("run.py", BUSY)):
        (tmp_path / name).write_text(content)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}"}

    def start(*words: object) -> subprocess.Popen[str]:
        command = [sys.executable, *map(str, words)]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    store = tmp_path / "store"
    Store(store)
    collecting = start(tmp_path / "gc_loop.py", store)
    try:
        assert collecting.stdout is not None
        assert [collecting.stdout.readline() for _ in range(2)] == ["ready\n", "going\n"]
        busy = [start(tmp_path / "run.py", store, 25) for _ in range(2)]
        misses = [int(each.communicate(timeout=100)[0] or 0) for each in busy]
        assert [each.returncode for each in busy] == [0, 0]
        assert collecting.poll() is None, "it collected to the end"
    finally:
        collecting.kill()
        collecting.communicate()
    assert sum(misses) > 14, "results vanished and were computed again"
