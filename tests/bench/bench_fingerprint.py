"""What fingerprints cost: a process that has never seen the code, and one that has.

    python tests/bench/bench_fingerprint.py

Prints CPU milliseconds, median of five fresh processes each, imports not counted: cold = an empty
store, warm = parsed sources come from the store. `flow` is what a run of ARC needs: the stages, the
library and all primitives; `project` is every function and class in `tasks`.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import tasks
from flows import arc
from store import Store
from tasks.dsl import PRIMITIVES

STAGES = arc.functions()
TIMES = 5


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(measure(*sys.argv[1:])))
        return
    print(f"{'':10}{'objects':>10}{'cold ms':>10}{'warm ms':>10}")
    for what in ("stages", "flow", "project"):
        cold, warm = [], []
        for _ in range(TIMES):
            with tempfile.TemporaryDirectory() as folder:
                cold.append(in_fresh_process(what, folder))
                warm.append(in_fresh_process(what, folder))
        count = cold[0][0]
        times = (statistics.median(seconds for _, seconds in runs) * 1000 for runs in (cold, warm))
        print(f"{what:10}{count:10}" + "".join(f"{each:10.1f}" for each in times))


def in_fresh_process(what: str, folder: str) -> tuple[int, float]:
    command = [sys.executable, __file__, what, folder]
    count, seconds = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return count, seconds


def measure(what: str, folder: str) -> tuple[int, float]:
    """How many objects were fingerprinted, and the CPU seconds of that."""
    objects = (
        everything() if what == "project" else [*STAGES, *(PRIMITIVES.values() if what == "flow" else ())]
    )
    keys = Store(Path(folder, "store")).keys
    started = time.process_time()
    for each in objects:
        keys.dependency(each)
    return len(objects), time.process_time() - started


def everything() -> list[object]:
    """Every function and class that a module of `tasks` defines."""
    names = [found.name for found in pkgutil.walk_packages(tasks.__path__, "tasks.")]
    modules = [importlib.import_module(name) for name in names if not name.endswith("__main__")]
    return [
        value
        for module in modules
        for _, value in sorted(vars(module).items())
        if (inspect.isfunction(value) or inspect.isclass(value)) and value.__module__ == module.__name__
    ]


if __name__ == "__main__":
    main()
