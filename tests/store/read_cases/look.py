"""Run by test_read_cases.py in a fresh process: use `main.f` of every case and print what was seen.

usage: look.py FOLDER STORE compute|look    one folder per case
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from store import Store


def use(folder: Path, store: Store, step: str) -> list[Any]:
    """[hit, names of what changed] of one case, or [value] where it is computed."""
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    os.chdir(folder)
    variables = folder / "environment.json"
    os.environ.update(json.loads(variables.read_text()) if variables.exists() else {})
    try:
        main = importlib.import_module("main")
        main.store = store
        if step == "compute":
            getattr(main, "before", int)()
            return [store.call(main.f, 1)]
        found = store.lookup(main.f, 1)
        return [found.hit, list(found.changed)]
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            if str(folder) in str(getattr(sys.modules[name], "__file__", "")):
                del sys.modules[name]


def main() -> None:
    """Use all cases below a folder, each with a store of its own."""
    top, stores, step = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    found = {each.name: use(each, Store(stores / each.name), step) for each in sorted(top.iterdir())}
    print(json.dumps(found, default=str))


main()
