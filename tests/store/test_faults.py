"""Faults of the file system: what cannot be written or read is computed, and nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from store import Store

ROOT = Path(__file__).parents[2]


def files_of(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def results_of(root: Path) -> list[str]:
    return [name for name in files_of(root) if name.startswith(("entries", "rows", "arrays"))]


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


FAULT = """
import json, os, sys
import numpy as np
from store import Store
def call(x): return list(range(x))
def stack(x): return np.full((50, 50), x, np.uint8)
def each(items): return [np.full((50, 50), item, np.uint8) for item in items]
def use(store):
    stack_sum = int(store.call(stack, 2).sum())
    return [store.call(call, 3), stack_sum, [int(grid.sum()) for grid in store.map(each, [1, 2])]]
root, fault = sys.argv[1:]
import zarr  # while it may be
use(Store(root + "-warm"))
store = Store(root)
if fault == "full":
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
elif fault == "closed":
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
said = [use(store), use(store)]
print(json.dumps([said, store.stats(), store.write_error]))
"""


def faulty(tmp_path: Path, fault: str) -> tuple[list[Any], dict[str, Any], str | None]:
    script = tmp_path / "fault.py"
    script.write_text(FAULT)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(script), str(tmp_path / "store"), fault]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    said, stats, error = json.loads(done.stdout)
    return said, stats, error


RIGHT = [[0, 1, 2], 5000, [2500, 5000]]


def test_a_full_disk_loses_no_value(tmp_path: Path) -> None:
    said, stats, error = faulty(tmp_path, "full")
    assert said == [RIGHT, RIGHT]
    assert error == f"{tmp_path / 'store'}: File too large"
    assert stats["write_errors"] >= 6, "two uses of three results"
    assert (stats["hits"], stats["misses"], stats["writes"], stats["corrupt"]) == (0, 8, 0, 0)
    assert results_of(tmp_path / "store") == [], "no parts are left, not even temporary ones"
    assert faulty(tmp_path, "none")[1]["write_errors"] == 0, "and the store is whole"


def test_a_store_that_may_not_be_written_to_loses_no_value(tmp_path: Path) -> None:
    for folder in (tmp_path, *(p for p in tmp_path.parents if p.name.startswith(("pytest-", "popen-")))):
        folder.chmod(0o755)
    Store(tmp_path / "store")
    (tmp_path / "store").chmod(0o555)
    said, stats, error = faulty(tmp_path, "closed")
    assert said == [RIGHT, RIGHT]
    assert error == f"{tmp_path / 'store'}: Permission denied"
    assert stats["write_errors"] >= 6
    assert stats["hits"] == 0
    assert os.listdir(tmp_path / "store") == ["memoflow.json"]  # noqa: PTH208  # hidden names too


def test_a_damaged_store_that_may_not_be_written_to_loses_no_value(tmp_path: Path) -> None:
    faulty(tmp_path, "none")
    for folder in (tmp_path, *(p for p in tmp_path.parents if p.name.startswith(("pytest-", "popen-")))):
        folder.chmod(0o755)
    root = tmp_path / "store"
    for name in results_of(root):
        if "source" not in name:
            truncated(root / name)
    folders = [path for path in [root, *root.rglob("*")] if path.is_dir()]
    for folder in folders:
        folder.chmod(0o555)
    before = files_of(root)
    said, stats, error = faulty(tmp_path, "closed")
    for folder in folders:
        folder.chmod(0o755)
    assert said == [RIGHT, RIGHT]
    assert stats["corrupt"] >= 3
    assert error == f"{root}: Permission denied"
    assert files_of(root) == before


def test_a_store_that_may_not_be_read_is_no_hit_and_no_crash(tmp_path: Path) -> None:
    faulty(tmp_path, "none")
    for folder in (tmp_path, *(p for p in tmp_path.parents if p.name.startswith(("pytest-", "popen-")))):
        folder.chmod(0o755)
    closed = [tmp_path / "store" / name for name in ("entries", "rows", "arrays", "runs")]
    for folder in closed:
        folder.chmod(0o000)
    said, stats, _ = faulty(tmp_path, "closed")
    for folder in closed:
        folder.chmod(0o755)
    assert said == [RIGHT, RIGHT]
    assert stats["hits"] == 0
