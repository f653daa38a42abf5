"""Fuzzing what reads a store: whatever its bytes are, the answer is a value or a typed error.

`tests/fuzz/README.md` has the command. The first input of each kind of error is kept in
`findings/`; a crash, a hang or too much memory ends the run. What was found is kept in
`tests/store/hostile/`.
"""

from __future__ import annotations

import resource
import sys
import traceback
from pathlib import Path

import atheris  # type: ignore[import-not-found]  # installed by hand where fuzzing is done

with atheris.instrument_imports(include=["store", "zipfile"]):
    from store_readers import READERS, read_any, seeds


def test_one(data: bytes) -> None:
    try:
        read_any(data)
    except Exception as error:
        _keep(error, data)
    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > MOST_KB:
        raise MemoryError(f"more than {MOST_KB} KB were used")


def _keep(error: Exception, data: bytes) -> None:
    """Keep the first input of each kind of error, and go on."""
    place = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in place if "/store/" in frame.filename] or place
    reader, last = READERS[data[0] % len(READERS)].__name__, ours[-1]
    name = f"{reader}-{type(error).__name__}-{Path(last.filename).stem}-{last.name}"
    file = FINDINGS / name
    if not file.exists():
        file.write_bytes(data)
        print(f"\nfound {name}: {error}", flush=True)


FINDINGS = Path(sys.argv[1]) / "findings"
MOST_KB = 1 << 20

if __name__ == "__main__":
    corpus = Path(sys.argv[1]) / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    FINDINGS.mkdir(exist_ok=True)
    for number, (reader, data) in enumerate(seeds()):
        (corpus / f"seed-{number}").write_bytes(bytes([READERS.index(reader)]) + data)
    atheris.Setup([sys.argv[0], *sys.argv[2:], str(corpus)], test_one)
    atheris.Fuzz()
