"""What the store costs: a call and a row, cold and warm, beside diskcache and joblib.

    pip install diskcache joblib && python tests/bench/bench_store.py

Prints CPU microseconds for `Store.call` and for rows of `Store.map`, median of five rounds, each
in stores of its own, with the same of `diskcache.Cache.memoize` and `joblib.Memory.cache` taken in
turns in the same process (0 where one is not installed), and of pickling the same value into a
file of its own. A second table gives ratios to diskcache; then bytes and files.
"""

from __future__ import annotations

import contextlib
import pickle
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from store import Store

CALLS = 1000
ROWS = 5000
ROWS_PER_SEGMENT = 50
ROUNDS = 5


def verdict(number: int) -> tuple[int, bool, str]:
    return number, number % 2 == 0, "returned"


def verdicts(items: list[int]) -> list[tuple[int, bool, str]]:
    return [verdict(item) for item in items]


def main() -> None:
    measured = [measure() for _ in range(ROUNDS)]
    found = {name: statistics.median(each[name] for each in measured) for name in measured[0]}
    for name, value in found.items():
        print(f"{name:34}{value:10.1f}")
    for name in ("call, cold us", "call, warm us", "row, cold us", "row, warm us"):
        other = found[f"diskcache {'cold' if 'cold' in name else 'warm'} us"]
        if other:
            print(f"{name.replace(' us', ''):34}{found[name] / other:10.2f} x diskcache")


def measure() -> dict[str, float]:
    """One store of each kind, filled and then opened again."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        found["file per result, cold us"] = cpu(lambda: write_files(root / "files"), CALLS)
        for name, cached in (("diskcache", with_diskcache), ("joblib", with_joblib)):
            found[f"{name} cold us"] = found[f"{name} warm us"] = 0.0
            with contextlib.suppress(ImportError):
                call = cached(str(root / name))
                found[f"{name} cold us"] = cpu(lambda call=call: numbers_through(call), CALLS)
                found[f"{name} warm us"] = cpu(lambda call=call: numbers_through(call), CALLS)
        store = Store(root / "calls")
        store.call(verdict, -1)  # parses this file
        found["call, cold us"] = cpu(lambda: numbers_through(lambda n: store.call(verdict, n)), CALLS)
        again = Store(root / "calls")
        again.call(verdict, -1)
        found["call, warm us"] = cpu(lambda: numbers_through(lambda n: again.call(verdict, n)), CALLS)
        found["row, cold us"] = cpu(lambda: map_all(Store(root / "rows")), ROWS)
        found["row, warm us"] = cpu(lambda: map_all(Store(root / "rows")), ROWS)
        segments = list((root / "rows" / "rows").rglob("*.seg"))
        found["bytes a row"] = sum(file.stat().st_size for file in segments) / ROWS
        found["rows a file"] = ROWS / len(segments)
    return found


def numbers_through(call: Callable[[int], Any]) -> None:
    for number in range(CALLS):
        call(number)


def with_diskcache(folder: str) -> Callable[[int], Any]:
    import diskcache

    cached: Callable[[int], Any] = diskcache.Cache(folder).memoize()(verdict)
    return cached


def with_joblib(folder: str) -> Callable[[int], Any]:
    import joblib

    cached: Callable[[int], Any] = joblib.Memory(folder, verbose=0).cache(verdict)
    return cached


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
