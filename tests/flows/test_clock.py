"""The clock of a run: every moment in one phase, CPU counted once."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from flows.clock import Clock, children_cpu, process_age, tree_cpu

TICK = 0.02
"""What the kernel rounds the start of a process to, and some."""

SLACK = 0.03
"""CPU seconds that a test's own steps may use; wall clock is only held to bounds, as a loaded machine
may take any time over anything."""


def wait(seconds: float) -> None:
    """Pass time without work."""
    time.sleep(seconds)


def burn(seconds: float) -> None:
    """Use CPU for so long."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def wall(clock: Clock, *names: str) -> list[float]:
    return [clock.phases[name].wall_s for name in names]


def test_time_belongs_to_the_innermost_phase() -> None:
    started = time.perf_counter()
    clock = Clock()
    with clock.phase("outer"):
        wait(0.05)
        with clock.phase("inner"):
            wait(0.1)
        wait(0.05)
    elapsed = time.perf_counter() - started
    outer, inner = wall(clock, "outer", "inner")
    assert outer >= 0.1
    assert inner >= 0.1
    assert outer + inner <= elapsed


def test_what_no_phase_claims_is_unaccounted() -> None:
    started = time.perf_counter()
    clock = Clock()
    wait(0.05)
    with clock.phase("work"):
        wait(0.1)
    wait(0.05)
    clock.total()
    assert 0.1 <= clock.rest.wall_s <= time.perf_counter() - started - 0.1


def test_phases_and_the_rest_add_up_to_the_whole() -> None:
    before = time.perf_counter()
    clock = Clock(before=2.0)
    for name in ("one", "two", "one"):
        with clock.phase(name):
            wait(0.01)
        wait(0.01)
    total = clock.total()
    parts = sum(spent.wall_s for spent in clock.phases.values()) + clock.rest.wall_s
    assert total.wall_s == pytest.approx(parts)
    assert 2.0 + 0.06 <= total.wall_s <= 2.0 + time.perf_counter() - before


def test_what_passed_before_the_clock_is_import() -> None:
    assert Clock(before=1.5).phases["import"].wall_s == 1.5
    assert Clock().phases == {}


def test_waiting_is_split_among_those_waited_for() -> None:
    clock = Clock()
    with clock.waiting(["validate", "validate", "inline", "score"]):
        wait(0.2)
    validate, inline, score = wall(clock, "validate", "inline", "score")
    assert inline == pytest.approx(score)
    assert validate == pytest.approx(inline + score)
    assert validate >= 0.1


def test_a_phase_that_raises_is_closed() -> None:
    clock = Clock()

    def fail() -> None:
        with clock.phase("broken"):
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    before = clock.phases["broken"].wall_s
    clock.total()
    assert clock.phases["broken"].wall_s == before


def test_work_and_waiting_are_told_apart_by_cpu() -> None:
    clock = Clock()
    with clock.phase("busy"):
        burn(0.1)
    with clock.phase("idle"):
        wait(0.1)
    assert clock.phases["busy"].cpu_s == pytest.approx(0.1, abs=SLACK)
    assert clock.phases["idle"].cpu_s == pytest.approx(0.0, abs=SLACK)


def test_cpu_of_this_process_is_counted_once() -> None:
    clock, before = Clock(), time.process_time()
    with clock.waiting(["validate"]):
        burn(0.1)
        with clock.phase("store write"):
            burn(0.05)
        burn(0.05)
    assert clock.phases["validate"].cpu_s == pytest.approx(0.15, abs=SLACK)
    assert clock.phases["store write"].cpu_s == pytest.approx(0.05, abs=SLACK)
    assert clock.total().cpu_s == pytest.approx(time.process_time() - before, abs=SLACK)


def test_cpu_of_workers_is_added_to_their_stage() -> None:
    clock = Clock()
    clock.worked("validate", 3.0)
    clock.worked("validate", 4.0)
    assert clock.phases["validate"].cpu_s == 7.0
    assert clock.phases["validate"].wall_s == 0.0


def test_the_age_of_a_process_is_that_of_its_start() -> None:
    script = "import time; from flows.clock import process_age; time.sleep(0.5); print(process_age())"
    started = time.perf_counter()
    age = float(subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout)
    assert 0.5 - TICK <= age <= time.perf_counter() - started + TICK
    assert process_age() > age


def test_cpu_of_children_counts_while_they_live_and_after() -> None:
    script = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ninput()"
    before = children_cpu()
    child = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with child:
        assert child.stdout is not None
        child.stdout.readline()
        alive = children_cpu() - before
    dead = children_cpu() - before
    assert alive >= 0.25
    assert dead >= alive - SLACK
    assert tree_cpu() >= dead
