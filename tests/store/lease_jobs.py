"""What processes do in the tests of leases, in a module of its own so that they can import it.

`python lease_jobs.py STORE LOG JOB [ARGUMENT]...` opens a store, says "ready", waits for a line, and
does the job.
"""

from __future__ import annotations

import os
import sys
import threading
import time

from flows import Flow
from store import Store

__all__ = ["fib", "g_of", "slow", "slow_rows"]


def note(log: str, line: str) -> None:
    """Say that something ran; a file that is only added to is no input."""
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(handle, f"{line}\n".encode())
    os.close(handle)


def slow(x: int, log: str, seconds: float = 0.02) -> int:
    note(log, f"slow {x}")
    time.sleep(seconds)
    return 2 * x


def slow_rows(items: list[int], log: str) -> list[int]:
    for item in items:
        note(log, f"row {item}")
    time.sleep(0.02)
    return [2 * item for item in items]


def fib(n: int, location: str) -> int:
    """Numbers by recursion through the store, each of them a call."""
    store = Store(location)
    return n if n < 2 else int(store.call(fib, n - 1, location) + store.call(fib, n - 2, location))


def g_of(first: str, second: str, location: str, log: str) -> str:
    """A call that makes another one, the other way around in another process."""
    note(log, f"{first} {second}")
    time.sleep(0.2)
    return first if not second else first + Store(location).call(g_of, second, "", location, log)


def calls(store: Store, log: str, count: str) -> None:
    for number in range(int(count)):
        assert store.call(slow, number, log) == 2 * number


def maps(store: Store, log: str, count: str) -> None:
    for number in range(int(count)):
        assert store.map(slow_rows, [number, number + 1000], log=log) == [2 * number, 2 * number + 2000]


def threads(store: Store, log: str, count: str) -> None:
    """Calls by four threads, each in another order."""
    done = []

    def work(start: int) -> None:
        for step in range(int(count)):
            number = (start + step) % int(count)
            assert store.call(slow, number, log) == 2 * number
        done.append(start)

    workers = [threading.Thread(target=work, args=(start,)) for start in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(done) == 4


def nodes(store: Store, log: str, count: str) -> None:
    flow = Flow(store)
    run = flow.run([flow.node(slow, number, log) for number in range(int(count))], workers=0)
    assert run.value == [2 * number for number in range(int(count))]


def nested(store: Store, log: str, first: str, second: str) -> None:
    assert store.call(g_of, first, second, store.location, log) == first + second


def nested_in_threads(store: Store, log: str) -> None:
    """f calls g, g calls f, and other threads of both processes wait for each of them."""
    pairs = [("f", "g"), ("g", "f"), ("f", ""), ("g", "")]
    workers = [threading.Thread(target=nested, args=(store, log, *pair)) for pair in pairs]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def one(store: Store, log: str, seconds: str) -> None:
    assert store.call(slow, 1, log, float(seconds)) == 2


JOBS = {job.__name__: job for job in (calls, maps, threads, nodes, nested, nested_in_threads, one)}

if __name__ == "__main__":
    # Functions have the names that other processes import them by.
    import lease_jobs

    location, log, job, *arguments = sys.argv[1:]
    opened = Store(location)
    print("ready", flush=True)
    sys.stdin.readline()
    lease_jobs.JOBS[job](opened, log, *arguments)
    stats = opened.stats()
    print(int(stats["misses"]), int(stats["write_errors"]), flush=True)
