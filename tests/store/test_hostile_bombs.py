"""What says that it is far larger than it is: memory is bounded, and values are right."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import google_crc32c
import msgpack
import zstandard
from forge import sealed

ROOT = Path(__file__).parents[2]

BOMBS = """
import json, resource, sys
from pathlib import Path
import numpy as np, zarr
from store import Store
from store.key import call_key
root, target = Path(sys.argv[1]), sys.argv[2]
def double(x): return 2 * x
def stack(x): return np.full((40, 40), x, np.uint8)
def other(x): return np.full((30, 40), x, np.uint8)
def use():
    store = Store(root)
    assert store.call(double, 1) == 2
    assert (store.call(stack, 3) == 3).all()
    return store.stats()["corrupt"]
use()
Store(root.parent / "warm").call(other, 1)
print(*root.glob(target), flush=True)
bombs = [Path(line.strip()) for line in sys.stdin]
limit = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() + (200 << 20)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
said = []
for bomb in bombs:
    for place in root.glob(target):
        place.unlink()
        bomb.rename(place)
    said.append([use(), use(), use()])
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10 < 150, bomb
print(json.dumps(said))
"""


def corrupt_after(bombs: Callable[[str], list[bytes]], root: Path, target: str) -> list[list[int]]:
    """The corrupt records of three uses after each bomb was put in the place of an object, by a
    process that may have only so much memory."""
    script = root.parent / "bombs.py"
    script.write_text(BOMBS)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(script), str(root), target]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        (place,) = child.stdout.readline().split()
        files = []
        for number, content in enumerate(bombs(place)):
            files.append(root.parent / f"bomb-{number}")
            files[-1].write_bytes(content)
        said, _ = child.communicate("\n".join(map(str, files)))
    assert child.returncode == 0
    counts: list[list[int]] = json.loads(said)
    return counts


def zeros(size: int) -> bytes:
    return zstandard.ZstdCompressor(level=19).compress(bytes(size))


def test_records_that_are_bombs_stay_within_bounds(tmp_path: Path) -> None:
    root = tmp_path / "store"
    many = msgpack.packb([None] * (1 << 21))

    def bombs(place: str) -> list[bytes]:
        name, frame = str(Path(place).relative_to(root)), zeros(1 << 28)
        sizes = [(1 << 28, 0), (1 << 40, 0), ((1 << 31) + 1, 1 << 24), (1 << 31, 1 << 24), (1 << 20, 0)]
        return [
            *(sealed(name, size, frame + bytes(more)) for size, more in sizes),
            sealed(name, len(zeros(1 << 20)), zeros(1 << 20)),
            sealed(name, len(many), many),
            bytes(100 << 20),
        ]

    for counts in corrupt_after(bombs, root, "entries/double/*/*"):
        assert counts == [1, 0, 0]


def test_stacks_that_are_bombs_stay_within_bounds(tmp_path: Path) -> None:
    def metadata(place: str) -> list[bytes]:
        whole, huge, many = json.loads(Path(place).read_bytes()), [1 << 20, 1 << 10], [1] * 100
        said: list[dict[str, Any]] = [
            {"shape": huge, "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": huge}}},
            {"shape": many, "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": many}}},
            {"data_type": "string"},
            {"data_type": {"name": "numpy.object", "configuration": {}}},
            {"data_type": ["object"]},
            {"codecs": [{"name": "numcodecs.pickle"}, {"name": "crc32c"}]},
            {"codecs": [{"name": "vlen-utf8"}, {"name": "zstd"}, {"name": "crc32c"}]},
            {"codecs": "bytes"},
            {"storage_transformers": [{"name": "x"}]},
            {"shape": 5},
            {"node_type": "group"},
        ]
        texts = [json.dumps(whole | each).encode() for each in said]
        return [*texts, b"[" * 100_000, b"\xff", b'{"shape": 1' + b"0" * 10_000 + b"}"]

    def chunks(place: str) -> list[bytes]:
        frames = [zeros(1 << 30), zstandard.ZstdCompressor(write_content_size=False).compress(bytes(1 << 28))]
        return [frame + google_crc32c.value(frame).to_bytes(4, "little") for frame in frames]

    for bombs, target in ((metadata, "zarr.json"), (chunks, "c.*")):
        for counts in corrupt_after(bombs, tmp_path / "store", f"arrays/*/{target}"):
            assert counts == [1, 0, 0]
