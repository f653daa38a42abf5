"""Kaggle's profile: the first run, its repeat, and the first run in a new place over a packed store.

    python tests/bench/bench_kaggle.py [PUZZLES]

Prints of each: wall clock and CPU seconds (workers and children included), rows executed and hit, and
bytes that its store takes. The packed store is what a data set attached to a notebook would hold.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from arc_runs import arc_run, memoflow


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store, packed, new = folder / "store", folder / "warm.memoflow", folder / "new"
        options = ["--config", "kaggle", "--limit", count]
        cold = arc_run(*options, "--store", store)
        size = bytes_in(store)
        warm = arc_run(*options, "--store", store)
        memoflow("store", "pack", packed, "--store", store)
        shipped = arc_run(*options, "--store", new, "--layer", packed)
        print(f"{count} puzzles, --config kaggle")
        print(f"{'':<16}{'wall s':>8}{'cpu s':>8}{'rows run':>10}{'rows hit':>10}{'bytes kept':>12}")
        tell("cold", cold, size)
        tell("warm", warm, bytes_in(store))
        tell("warm from pack", shipped, bytes_in(new))
        print(f"the packed file has {packed.stat().st_size} bytes")
        print(f"CPU beside cold: warm {ratio(warm, cold)}, warm from pack {ratio(shipped, cold)}")


def tell(name: str, said: dict[str, Any], size: int) -> None:
    rows = said["rows"].values()
    run, hit = (sum(stage[fate] for stage in rows) for fate in ("executed", "hit"))
    print(f"{name:<16}{said['wall_s']:>8.2f}{said['cpu_s']:>8.2f}{run:>10}{hit:>10}{size:>12}")


def ratio(one: dict[str, Any], other: dict[str, Any]) -> str:
    return f"{one['cpu_s'] / other['cpu_s']:.3f}"


def bytes_in(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


if __name__ == "__main__":
    main()
