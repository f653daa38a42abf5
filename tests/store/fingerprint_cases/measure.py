"""Run by test_fingerprint_cases.py in a fresh process: print each case's key of `main.f(*main.args)` as JSON.

usage: measure.py FOLDER [STORE]    one folder per case; those in it named site-packages are put on sys.path;
                                    what was parsed is kept in the store, and taken from it
"""

from __future__ import annotations

import importlib
import json
import sys
import traceback
from pathlib import Path

from store import Store
from store.fingerprint import SourceCache
from store.key import Keys, call_key
from store.sources import SourceRecords


def measure(folder: Path, cache: SourceCache | None) -> str:
    """The key of one case's call, or the error, with the modules of the case gone afterwards."""
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        main, keys = importlib.import_module("main"), Keys(cache)
        inputs = keys.arguments(getattr(main, "args", ()), {})
        return call_key("f", keys.code(main.f).digest, inputs).hex()
    except Exception as error:  # one case's defect must not hide the others
        traceback.print_exc()
        return f"{type(error).__name__}: {error}"
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            if str(folder) in str(getattr(sys.modules[name], "__file__", "")):
                del sys.modules[name]


def main() -> None:
    """Measure all cases below a folder."""
    folders = sorted(Path(sys.argv[1]).iterdir())
    sys.path += [str(place) for folder in folders for place in folder.glob("site-packages")]
    cache = SourceRecords(Store(sys.argv[2]).layers) if len(sys.argv) > 2 else None
    print(json.dumps({folder.name: measure(folder, cache) for folder in folders}))


main()
