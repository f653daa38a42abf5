"""What it costs a run to be watched: the table in the terminal and the dashboard's page.

    python tests/bench/bench_live.py [PUZZLES] [ROUNDS]

Runs the ARC flow on some puzzles again and again, each time into an empty store, on one cluster of two
workers: by turns unwatched, watched by a table on a pseudo-terminal and the page's feed, and with the
page open too. Prints CPU seconds of client, scheduler and workers together, medians of the rounds.
Since those differ by more than a hundredth from round to round, it also prints what watching itself
took in the client's thread, and the scheduler's part.
"""

from __future__ import annotations

import contextlib
import io
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from typing import Any

from bokeh.client import pull_session
from distributed import LocalCluster

from flows import Flow
from flows.arc import Results, puzzle_nodes, told_form
from flows.clock import Clock
from flows.execution.cluster import Cluster
from flows.flow import Tally
from flows.memo import Failed, Result
from flows.progress.live import Live
from flows.progress.screen import Voice, screen
from flows.progress.snapshot import Snapshot
from flows.puzzles import chosen_puzzles
from flows.settings import Settings
from flows.state.frontier import Pending
from store import Store

PAGE = "--page"
MODES = ("unwatched", "watched", "page open")


class Measured(Live):
    """Counts its own CPU, and keeps the last snapshot."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.spent_s = 0.0
        self.snapshots: list[Snapshot] = []

    def _look(self, ended: bool) -> None:
        before = time.thread_time()
        super()._look(ended)
        self.spent_s += time.thread_time() - before

    def worked(self, pending: Pending, result: Result | Failed) -> None:
        before = time.thread_time()
        super().worked(pending, result)
        self.spent_s += time.thread_time() - before

    def see(self, snapshot: Snapshot) -> None:
        self.snapshots[:] = [snapshot]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    cpu: dict[str, list[float]] = {mode: [] for mode in MODES}
    shares = []
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:
        one_run(cluster, count, "watched")
        for _ in range(rounds):
            for mode in MODES:
                seconds, live = one_run(cluster, count, mode)
                cpu[mode].append(seconds)
                if live is not None:
                    shares.append(live.spent_s / seconds)
                    last = live.snapshots[0]
        told = showing(cluster.scheduler_address, last)
    print(f"{count} puzzles, CPU seconds, medians of {rounds} rounds")
    base = statistics.median(cpu["unwatched"])
    for mode, found in cpu.items():
        median = statistics.median(found)
        print(
            f"{mode:<10} {median:7.2f}  {median / base - 1:+6.1%}  from {min(found):.2f} to {max(found):.2f}"
        )
    print(f"watching, in the client's thread: {statistics.median(shares):.2%} of a run's CPU")
    print(f"telling the page, client and scheduler together: {told * 1000:.2f} ms a second")


def one_run(cluster: LocalCluster, count: int, mode: str) -> tuple[float, Measured | None]:
    """CPU seconds of a run, and who watched it."""
    settings = Settings(limit=count)
    puzzles = chosen_puzzles(settings)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        flow = Flow(Store(folder))
        runner = flow.runner(flow.starter(0, cluster.scheduler_address), Clock())
        results, tally, live = Results(puzzles), Tally(), None
        if mode != "unwatched":
            stack.enter_context(terminal())
            said = stack.enter_context(screen(Voice.USUAL))
            live = Measured(runner, tally, len(puzzles), results.standing, told_form)
            live.observers = (said, live)
        if mode == "page open":
            stack.enter_context(open_page(cluster.dashboard_link.replace("/status", "/memo")))
        before = time.process_time()
        names = list(puzzles)
        for finished in runner.stream(puzzle_nodes(flow, puzzles, settings)):
            tally.add(finished.members)
            results.add(names[finished.index], finished.value)
            if live is not None:
                live.took(finished.error)
        return time.process_time() - before + runner.cluster_cpu, live


@contextlib.contextmanager
def open_page(address: str) -> Iterator[None]:
    """Somebody in another process has the page open."""
    browser = subprocess.Popen([sys.executable, __file__, PAGE, address], stdout=subprocess.PIPE)
    assert browser.stdout is not None, "it is a pipe"
    browser.stdout.readline()
    try:
        yield
    finally:
        browser.kill()
        browser.wait()
        browser.stdout.close()


def browse(address: str) -> None:
    """What a browser does: a session, updates taken as they come."""
    session = pull_session(url=address)
    print("open", flush=True)
    while True:
        time.sleep(0.5)
        session.force_roundtrip()


@contextlib.contextmanager
def terminal() -> Iterator[None]:
    """Standard error is a terminal, whose other end is read."""
    master, slave = os.openpty()
    reader = threading.Thread(target=drain, args=(master,))
    reader.start()
    text = io.TextIOWrapper(os.fdopen(slave, "wb", 0), write_through=True)
    with text, contextlib.redirect_stderr(text):
        yield
    reader.join()
    os.close(master)


def drain(master: int) -> None:
    with contextlib.suppress(OSError):
        while os.read(master, 65536):
            pass


def showing(scheduler: str, snapshot: Snapshot) -> float:
    """CPU seconds of telling the page of one, in all threads of client and scheduler."""
    client = Cluster(0, scheduler)
    try:
        before = time.process_time()
        for _ in range(200):
            client.show(snapshot)
        return (time.process_time() - before) / 200
    finally:
        client.close()


if __name__ == "__main__":
    browse(sys.argv[2]) if sys.argv[1:2] == [PAGE] else main()
