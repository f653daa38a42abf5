"""What the store costs: a call and a row, cold and warm.

    python tests/bench/bench_store.py

Prints CPU microseconds, bytes and files for `Store.call` and for rows of `Store.map`, median of
five stores, beside pickling the same value into a file of its own, which is the least that a file
per result costs.
"""

from __future__ import annotations

import pickle
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from store import Store

CALLS = 1000
ROWS = 5000
ROWS_PER_SEGMENT = 50


def verdict(number: int) -> tuple[int, bool, str]:
    return number, number % 2 == 0, "returned"


def verdicts(items: list[int]) -> list[tuple[int, bool, str]]:
    return [verdict(item) for item in items]


def main() -> None:
    measured = [measure() for _ in range(5)]
    for name in measured[0]:
        print(f"{name:34}{statistics.median(each[name] for each in measured):10.1f}")


def measure() -> dict[str, float]:
    """One store of each kind, filled and then opened again."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        found["file per result, cold call us"] = cpu(lambda: write_files(root / "files"), CALLS)
        found["call, cold us"] = cpu(lambda: call_all(Store(root / "calls")), CALLS)
        found["call, warm us"] = cpu(lambda: call_all(Store(root / "calls")), CALLS)
        found["row, cold us"] = cpu(lambda: map_all(Store(root / "rows")), ROWS)
        found["row, warm us"] = cpu(lambda: map_all(Store(root / "rows")), ROWS)
        segments = list((root / "rows" / "rows").rglob("*.seg"))
        found["bytes a row"] = sum(file.stat().st_size for file in segments) / ROWS
        found["rows a file"] = ROWS / len(segments)
    return found


def call_all(store: Store) -> None:
    for number in range(CALLS):
        store.call(verdict, number)


def map_all(store: Store) -> None:
    for start in range(0, ROWS, ROWS_PER_SEGMENT):
        store.map(verdicts, range(start, start + ROWS_PER_SEGMENT))


def write_files(folder: Path) -> None:
    folder.mkdir()
    for number in range(CALLS):
        (folder / str(number)).write_bytes(pickle.dumps(verdict(number)))


def cpu(work: Callable[[], None], count: int) -> float:
    """CPU microseconds of some work, a piece."""
    started = time.process_time()
    work()
    return (time.process_time() - started) / count * 1e6


if __name__ == "__main__":
    main()
