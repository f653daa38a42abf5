"""Of processes and threads that miss the same result at once one computes it, the others wait."""

from __future__ import annotations

import collections
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lease_jobs import fib, slow
from s3_server import Server

from store import Store
from store.object_lease import EXPIRY

HERE = Path(__file__).parent
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "ran"


@pytest.fixture
def start(log: Path) -> Iterator[Start]:
    """Starts processes that do a job of `lease_jobs` when they are told to."""
    started: list[subprocess.Popen[str]] = []
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parents[1]), str(HERE)])}

    def begin(location: str, *job: object) -> subprocess.Popen[str]:
        words = [sys.executable, str(HERE / "lease_jobs.py"), location, str(log), *map(str, job)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen(words, env=environment, **pipes))
        return started[-1]

    yield begin
    for each in started:
        with contextlib.suppress(ProcessLookupError):
            each.kill()
        each.communicate()


def go(process: subprocess.Popen[str]) -> None:
    """Let a process go when it is ready."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("go\n")
    process.stdin.flush()


def together(processes: list[subprocess.Popen[str]], seconds: float = 60) -> list[tuple[int, ...]]:
    """Let processes go at the same time; what each says at its end: misses and failed writes."""
    for each in processes:
        go(each)
    said = [each.communicate(timeout=seconds)[0] for each in processes]
    assert [each.returncode for each in processes] == [0] * len(processes)
    return [tuple(map(int, words.split())) for words in said]


def waits_for_a_lock(process: subprocess.Popen[str]) -> bool:
    """Whether the kernel lists a process among those that wait for a file's lock."""
    lines = Path("/proc/locks").read_text().splitlines()
    return any("->" in line and str(process.pid) in line.split() for line in lines)


def executions(log: Path) -> collections.Counter[str]:
    return collections.Counter(log.read_text().splitlines())


def wait_for(true: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.005)


@pytest.mark.parametrize(
    ("job", "processes", "keys", "most"),
    [("calls", 8, 200, 205), ("maps", 4, 20, 2 * 21), ("nodes", 4, 50, 51), ("threads", 3, 20, 21)],
)
def test_processes_compute_each_key_once(
    tmp_path: Path, log: Path, start: Start, job: str, processes: int, keys: int, most: int
) -> None:
    location = str(tmp_path / "store")
    said = together([start(location, job, keys) for _ in range(processes)])
    ran = executions(log)
    print(f"{job}: {processes} processes, {len(ran)} keys, {ran.total()} executions")
    assert len(ran) == (2 * keys if job == "maps" else keys)
    assert ran.total() <= most
    assert [errors for _, errors in said] == [0] * processes


@pytest.mark.parametrize(("job", "keys", "distinct"), [("calls", 20, 20), ("maps", 5, 10), ("threads", 8, 8)])
def test_processes_compute_each_key_once_on_s3(
    s3_location: str, s3: Server, log: Path, start: Start, job: str, keys: int, distinct: int
) -> None:
    together([start(s3_location, job, keys) for _ in range(4)])
    ran = executions(log)
    print(f"{job} on S3: 4 processes, {len(ran)} keys, {ran.total()} executions")
    assert (len(ran), ran.total()) == (distinct, distinct)
    assert Store(s3_location).backends[0].names("leases") == [], "a lease that ended is gone"


def test_a_killed_holder_delays_nobody(tmp_path: Path, log: Path, start: Start) -> None:
    holder, waiting = (start(str(tmp_path / "store"), "one", 60) for _ in range(2))
    go(holder)
    wait_for(log.exists)
    go(waiting)
    wait_for(lambda: waits_for_a_lock(waiting))
    assert executions(log).total() == 1
    holder.kill()
    killed = time.monotonic()
    wait_for(lambda: executions(log).total() == 2)
    assert time.monotonic() - killed < 2


def test_on_s3_a_killed_holder_delays_nobody_beyond_its_expiry(
    s3_location: str, log: Path, start: Start
) -> None:
    holder, waiting = start(s3_location, "one", 60), start(s3_location, "one", 60)
    go(holder)
    wait_for(log.exists)
    holder.kill()
    killed = time.monotonic()
    go(waiting)
    wait_for(lambda: executions(log).total() == 2)
    assert EXPIRY - 1 < time.monotonic() - killed < EXPIRY + 3


def test_ctrl_c_ends_a_wait_at_once(tmp_path: Path, log: Path, start: Start) -> None:
    holder, waiting = (start(str(tmp_path / "store"), "one", 60) for _ in range(2))
    go(holder)
    wait_for(log.exists)
    go(waiting)
    wait_for(lambda: waits_for_a_lock(waiting))
    waiting.send_signal(signal.SIGINT)
    interrupted = time.monotonic()
    waiting.wait(10)
    assert time.monotonic() - interrupted < 2
    assert waiting.returncode == -signal.SIGINT
    assert executions(log).total() == 1


def test_ctrl_c_ends_a_wait_on_s3_at_once(s3_location: str, log: Path, start: Start, s3: Server) -> None:
    holder, waiting = start(s3_location, "one", 60), start(s3_location, "one", 60)
    go(holder)
    wait_for(log.exists)
    go(waiting)
    looks = len(s3.requests())
    wait_for(lambda: len(s3.requests()) > looks + 10)
    waiting.send_signal(signal.SIGINT)
    interrupted = time.monotonic()
    waiting.wait(10)
    assert time.monotonic() - interrupted < 2
    assert executions(log).total() == 1


def test_recursion_through_the_store_works(location: str) -> None:
    started = time.monotonic()
    assert Store(location).call(fib, 8, location) == 21
    assert time.monotonic() - started < 20


@pytest.mark.parametrize("job", [("nested", "f", "g"), ("nested_in_threads",)])
def test_nested_calls_in_opposite_orders_never_wait_for_ever(
    tmp_path: Path, start: Start, job: tuple[str, ...]
) -> None:
    location = str(tmp_path / "store")
    reversed_job = ("nested", "g", "f") if len(job) > 1 else job
    together([start(location, *each) for each in (job, reversed_job) * 2], 40)


@pytest.mark.parametrize("obstacle", ["a file", "a link", "a directory"])
def test_a_directory_where_nothing_can_be_locked_works_without_leases(
    tmp_path: Path, obstacle: str, log: Path
) -> None:
    store = Store(tmp_path / "store")
    leases = tmp_path / "store" / "leases"
    if obstacle == "a file":
        leases.write_text("x")
    elif obstacle == "a link":
        leases.mkdir()
        (leases / "lock").symlink_to(tmp_path / "elsewhere")
    else:
        (leases / "lock").mkdir(parents=True)
    assert store.call(slow, 1, str(log)) == 2
    assert not (tmp_path / "elsewhere").exists()
