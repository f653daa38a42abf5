"""Make the golden store of the present format anew: `python tests/store/golden/make.py`.

It writes `store/` and `packed` beside itself: the same bytes every time, as nothing in them comes
from a clock or from code (versions of zstd and Zarr may compress or format otherwise). Commit them
only where the format was changed on purpose; see `store/FORMAT.md` for what may change.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import golden_values

from store.encode import digest
from store.layers import Layers
from store.layout import entry_name, group_folder
from store.ledger import Ledger
from store.location import create
from store.packing import pack_store
from store.reads import ABSENT, ENVIRONMENT, FILE, FOLDER, Read, next_key
from store.segment import Group, Made, pack_rows
from store.sources import SourceRecords
from store.types import Types

HERE = Path(__file__).parent
CODE = "0123456789abcdef" * 2
FILE_THEN = Read(FILE, "", "/nowhere/numbers.csv", digest("then"))
FILE_NOW = Read(FILE, "", "/nowhere/numbers.csv", ABSENT)
OTHERS = (Read(FOLDER, "", "/nowhere", ABSENT), Read(ENVIRONMENT, "", "MEMOFLOW_GOLDEN", ABSENT))


def made(stage: str, *reads: Read) -> Made:
    return Made(f"golden:{stage}", CODE, 0.25, reads)


def make(root: Path) -> None:
    """Write the golden store into an empty place."""
    backend = create(root)
    layers, types = Layers([backend], Ledger(backend)), Types(golden_values.CLASSES)
    for name, value in golden_values.ENTRIES.items():
        rows = [(digest(name), digest(value), value)]
        layers.write(
            entry_name("everything", digest(name).hex()), pack_rows(layers, rows, types, made("everything"))
        )
    items = [(digest(name), digest(value), value) for name, value in golden_values.ROWS.items()]
    group = Group(group_folder("each", digest("group")), layers)
    group.write(items[:3], types, made("each"))
    group.write(items[3:], types, made("each", FILE_NOW))
    place, key = digest("version"), digest("version")
    for value, file in zip(golden_values.VERSIONS.values(), (FILE_THEN, FILE_NOW), strict=True):
        reads = (file, *OTHERS)
        payload = pack_rows(layers, [(key, digest(value), value)], types, made("reads", *reads))
        layers.write(entry_name("reads", place.hex()), payload)
        place = next_key(place, reads, None)
    SourceRecords(layers).put(digest("source").hex(), b"what was parsed")


if __name__ == "__main__":
    shutil.rmtree(HERE / "store", ignore_errors=True)
    make(HERE / "store")
    pack_store(create(HERE / "store"), HERE / "packed")
