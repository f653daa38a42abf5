"""Faults: whatever happens to a file of a store, a value is right or is computed again."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from store import NotAStore, Store

ROOT = Path(__file__).parents[2]


def note(name: str) -> None:
    """Say in a file that a function ran: no state of this module, so that no key depends on it, and
    written only, so that it is no input."""
    with Path("ran").open("a", encoding="utf-8") as file:
        file.write(name + "\n")


def plain(x: int) -> dict[str, Any]:
    note("plain")
    return {"x": x, "items": (1, 2.5, None, b"bytes"), "text": "some text " * 10}


def stack(x: int) -> list[Any]:
    note("stack")
    return [np.arange(1600, dtype=np.uint8).reshape(40, 40) + x, np.full((40, 40), -0.5)]


def rows(items: list[int]) -> list[Any]:
    note("rows")
    return [(item, "row") for item in items]


def stacked_rows(items: list[int]) -> list[Any]:
    note("stacked_rows")
    return [np.full((30, 40), item, np.uint8) for item in items]


def use(store: Store) -> list[Any]:
    """Every kind of result, once."""
    return [
        store.call(plain, 1),
        store.call(stack, 1),
        store.map(rows, [1, 2, 3]),
        store.map(stacked_rows, [1, 2]),
    ]


def bare(value: Any) -> Any:
    """A value with its arrays as (dtype, shape, bytes), so that `==` compares it to the last bit."""
    if isinstance(value, np.ndarray):
        return (str(value.dtype), value.shape, value.tobytes())
    return [bare(item) for item in value] if isinstance(value, list) else value


EXPECTED = bare([
    {"x": 1, "items": (1, 2.5, None, b"bytes"), "text": "some text " * 10},
    [np.arange(1600, dtype=np.uint8).reshape(40, 40) + 1, np.full((40, 40), -0.5)],
    [(1, "row"), (2, "row"), (3, "row")],
    [np.full((30, 40), 1, np.uint8), np.full((30, 40), 2, np.uint8)],
])  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small real store; tests copy it."""
    root = tmp_path_factory.mktemp("made")
    with contextlib.chdir(root):
        use(Store(root / "store"))
    return root / "store"


class Opened:
    """What one use of a store gave: its values, what ran, what was corrupt."""

    def __init__(self, root: Path) -> None:
        log = root.parent / "ran"
        log.unlink(missing_ok=True)
        store = Store(root)
        with contextlib.chdir(root.parent):
            self.values = bare(use(store))
        self.ran = set(log.read_text().split()) if log.exists() else set()
        self.stats = store.stats()
        self.write_error = store.write_error


def files_of(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def results_of(root: Path) -> list[str]:
    return [name for name in files_of(root) if name.startswith(("entries", "rows", "arrays"))]


def owner(name: str) -> str:
    """The function whose result a file holds; empty for parsed source."""
    kind, stage, *_ = name.split("/")
    if kind == "arrays":
        return "stack"
    return "" if stage == "source" else stage


def flipped(place: float) -> Callable[[Path], None]:
    def flip(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[int(place * (len(content) - 1))] ^= 0x55
        path.write_bytes(content)

    return flip


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def made_a_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "file").write_bytes(b"x")


DAMAGES: dict[str, Callable[[Path], None]] = {
    **{f"flipped at {place}": flipped(place) for place in (0, 0.5, 1)},
    "truncated": truncated, "emptied": emptied, "deleted": Path.unlink, "a directory": made_a_directory,
}  # fmt: skip


def copy_of(made: Path, tmp_path: Path) -> Path:
    shutil.rmtree(tmp_path / "store", ignore_errors=True)
    return shutil.copytree(made, tmp_path / "store")


def test_a_whole_store_answers_everything(made: Path, tmp_path: Path) -> None:
    opened = Opened(copy_of(made, tmp_path))
    assert (opened.values, opened.ran, opened.stats["corrupt"]) == (EXPECTED, set(), 0)
    kinds = {name.split("/")[0] for name in files_of(made)}
    assert kinds == {"memoflow.json", "entries", "rows", "arrays", "runs", "leases"}


@pytest.mark.parametrize("damage", list(DAMAGES))
def test_a_damaged_file_never_gives_a_wrong_value(made: Path, tmp_path: Path, damage: str) -> None:
    for name in results_of(made):
        root = copy_of(made, tmp_path)
        DAMAGES[damage](root / name)
        opened = Opened(root)
        assert opened.values == EXPECTED, name
        assert opened.write_error is None, name
        if opened.stats["corrupt"] == 0:
            harmless = name.endswith("zarr.json") and not opened.ran  # such as a flip in its indentation
            assert harmless or damage == "deleted", name
        elif owner(name) == "":
            assert opened.ran == set(), name
        else:
            assert len(opened.ran) == 1, name
        if damage == "deleted":
            assert opened.ran or owner(name) == "", name
            assert opened.stats["corrupt"] == ("arrays" in name), name
        healed = Opened(root)
        assert (healed.values, healed.ran, healed.stats["corrupt"]) == (EXPECTED, set(), 0), name


def test_files_that_were_swapped_never_give_a_wrong_value(made: Path, tmp_path: Path) -> None:
    names = results_of(made)
    pairs = list(itertools.combinations(names, 2))
    for one, two in pairs[:: max(1, len(pairs) // 12)]:
        root = copy_of(made, tmp_path)
        (root / one).rename(tmp_path / "kept")
        (root / two).rename(root / one)
        (tmp_path / "kept").rename(root / two)
        opened = Opened(root)
        assert opened.values == EXPECTED, (one, two)
        assert opened.stats["corrupt"] >= 1, (one, two)
        Opened(root)
        healed = Opened(root)
        assert (healed.values, healed.ran, healed.stats["corrupt"]) == (EXPECTED, set(), 0), (one, two)


def test_a_lost_folder_is_computed_again(made: Path, tmp_path: Path) -> None:
    for name, again in (("entries", {"plain", "stack"}), ("rows", {"rows", "stacked_rows"}),
                           ("arrays", {"stack", "stacked_rows"}), ("runs", set())):  # fmt: skip
        root = copy_of(made, tmp_path)
        shutil.rmtree(root / name)
        opened = Opened(root)
        assert (opened.values, opened.ran) == (EXPECTED, again)
        assert Opened(root).ran == set()


def test_a_damaged_ledger_changes_nothing(made: Path, tmp_path: Path) -> None:
    for damage in DAMAGES.values():
        root = copy_of(made, tmp_path)
        for file in (root / "runs").iterdir():
            damage(file)
        opened = Opened(root)
        assert (opened.values, opened.ran, opened.stats["corrupt"]) == (EXPECTED, set(), 0)


def test_a_damaged_marker_is_refused_and_nothing_is_lost(made: Path, tmp_path: Path) -> None:
    for damage in DAMAGES.values():
        root = copy_of(made, tmp_path)
        before = results_of(root)
        damage(root / "memoflow.json")
        try:
            Store(root)
        except NotAStore as error:
            assert str(root) in str(error)  # noqa: PT017  # some flips leave JSON that says the same
        assert results_of(root) == before


def test_a_bad_record_is_kept_aside_and_noted(made: Path, tmp_path: Path) -> None:
    root = copy_of(made, tmp_path)
    (entry,) = (root / "entries" / "plain").rglob("*/*")
    entry.write_bytes(b"damaged")
    Opened(root)
    assert [path.read_bytes() for path in (root / "aside").iterdir()] == [b"damaged"]
    noted = [line for file in (root / "runs").iterdir() for line in file.read_text().splitlines()]
    assert sum('"event":"corrupt"' in line and entry.name in line for line in noted) == 1


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
