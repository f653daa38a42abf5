"""What a store's lookups cost as it grows: one group of rows, and single entries. See docs/scale.md.

    python tests/bench/bench_listing.py [SEGMENTS]...

For each number of segments in one group (1,000, 4,000 and 16,000 by default), of 10 rows each: CPU of
the first look into it by a process that knows nothing, CPU of a look after another process has added
one segment, and memory that the rows take; then CPU of reading one entry among as many.
"""

from __future__ import annotations

import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable

from store import Store
from store.encode import hash_bytes
from store.segment import Group

STAGE, GROUP, ROWS, TURNS = "forms", hash_bytes(b"group"), 10, 20


def forms(items: list[int]) -> list[str]:
    return [f"def program(S, I):\n    x1 = shift(I, {item}, {item})\n    return x1\n" for item in items]


def main() -> None:
    head = ("segments", "first look s", "µs a row", "new segment ms", "bytes a row", "entry µs")
    print(*(f"{each:>15}" for each in head))
    for count in map(int, sys.argv[1:] or ("1000", "4000", "16000")):
        with tempfile.TemporaryDirectory() as folder:
            print(*(f"{each:>15}" for each in measured(folder, count)), flush=True)


def measured(folder: str, count: int) -> tuple[str, ...]:
    writer = Store(folder)
    filled = writer.group(STAGE, GROUP, forms)
    for number in range(count):
        add(writer, filled, number)
        key = hash_bytes(f"entry {number}".encode())
        writer.keep_entry(STAGE, key, number, key, forms, 0.0)
    reader = Store(folder)
    tracemalloc.start()
    reader.group(STAGE, GROUP, forms)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    first = cpu_of(lambda: Store(folder).group(STAGE, GROUP, forms))
    looks = []
    for turn in range(TURNS):
        add(writer, filled, count + turn)
        looks.append(cpu_of(lambda: reader.group(STAGE, GROUP, forms)))
    keys = [hash_bytes(f"entry {number * count // 100}".encode()) for number in range(100)]
    entry = cpu_of(lambda: [reader.find_entry(STAGE, key, forms) for key in keys]) / len(keys)
    rows = count * ROWS
    look = sorted(looks)[TURNS // 2]
    return (
        f"{count:,}", f"{first:.2f}", f"{first / rows * 1e6:.1f}", f"{look * 1e3:.2f}",
        f"{held / rows:.0f}", f"{entry * 1e6:.0f}",
    )  # fmt: skip


def add(store: Store, group: Group, number: int) -> None:
    items = [*range(number * ROWS, (number + 1) * ROWS)]
    values = {hash_bytes(str(item).encode()): form for item, form in zip(items, forms(items), strict=True)}
    store.keep_rows(group, values, forms, 0.0)


def cpu_of(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    main()
