"""A small real store, what it answers, and ways to damage its files; for the tests of integrity."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from store import Store


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


def read(file: str) -> str:
    note("read")
    return Path(file).read_text(encoding="utf-8")


USES: dict[str, Callable[[Store], Any]] = {
    "plain": lambda store: store.call(plain, 1),
    "stack": lambda store: store.call(stack, 1),
    "rows": lambda store: store.map(rows, [1, 2, 3]),
    "stacked_rows": lambda store: store.map(stacked_rows, [1, 2]),
    "read": lambda store: [store.call(read, name) for name in ("data", "other")],
}


def bare(value: Any) -> Any:
    """A value with its arrays as (dtype, shape, bytes), so that `==` compares it to the last bit."""
    if isinstance(value, np.ndarray):
        return (str(value.dtype), value.shape, value.tobytes())
    return [bare(item) for item in value] if isinstance(value, list) else value


EXPECTED = {
    "plain": {"x": 1, "items": (1, 2.5, None, b"bytes"), "text": "some text " * 10},
    "stack": bare([np.arange(1600, dtype=np.uint8).reshape(40, 40) + 1, np.full((40, 40), -0.5)]),
    "rows": [(1, "row"), (2, "row"), (3, "row")],
    "stacked_rows": bare([np.full((30, 40), 1, np.uint8), np.full((30, 40), 2, np.uint8)]),
    "read": ["second", "other"],
}


class Opened:
    """What one use of a store gave: its values, what ran, what was corrupt."""

    def __init__(self, root: Path, functions: Iterable[str] = (), layers: Iterable[Path] = ()) -> None:
        log = root.parent / "ran"
        log.unlink(missing_ok=True)
        store = Store(root, layers)
        with contextlib.chdir(root.parent):
            self.values = {name: bare(USES[name](store)) for name in functions or USES}
        self.ran = set(log.read_text().split()) if log.exists() else set()
        self.stats = store.stats()
        self.write_error = store.write_error

    @property
    def is_right(self) -> bool:
        return self.values == {name: EXPECTED[name] for name in self.values} and self.write_error is None

    @property
    def is_whole(self) -> bool:
        return self.is_right and not self.ran and self.stats["corrupt"] == 0


def files_of(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def results_of(root: Path) -> list[str]:
    return [name for name in files_of(root) if name.startswith(("entries", "rows", "arrays"))]


def copy_of(made: Path, tmp_path: Path) -> Path:
    shutil.rmtree(tmp_path / "store", ignore_errors=True)
    for name in ("data", "other"):
        shutil.copy2(made.parent / name, tmp_path / name)
    # A store that is gone may write what waits for its ledger at any moment.
    return shutil.copytree(made, tmp_path / "store", dirs_exist_ok=True)


def flips(content: bytes, masks: Iterable[int], body: int, step: int = 1) -> Iterator[bytes]:
    """Bytes of a record's header, each with each mask, and some of its body."""
    places = [*itertools.product(range(0, min(HEADER, len(content)), step), masks)]
    rest = range(HEADER, len(content), max(1, (len(content) - HEADER) // body))
    for place, mask in (*places, *((place, 0x55) for place in rest)):
        yield content[:place] + bytes([content[place] ^ mask]) + content[place + 1 :]


def cuts(content: bytes, count: int) -> Iterator[bytes]:
    """Truncations, and an extension."""
    lengths = {
        0,
        1,
        HEADER - 1,
        HEADER,
        len(content) - 1,
        *range(0, len(content), max(1, len(content) // count)),
    }
    yield from (content[:length] for length in sorted(lengths) if length < len(content))
    yield content + b"\0"


HEADER = 36


def made_a_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "file").write_bytes(b"x")


def made_an_empty_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def made_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def linked_inside(path: Path) -> None:
    path.rename(path.with_name("moved"))
    path.symlink_to("moved")


def linked_outside(path: Path) -> None:
    outside = next(parent for parent in path.parents if parent.name == "store").parent / "outside"
    outside.unlink(missing_ok=True)
    path.rename(outside)
    path.symlink_to(outside)


def dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


REPLACED: dict[str, Callable[[Path], None]] = {
    "deleted": Path.unlink, "a directory": made_a_directory, "an empty directory": made_an_empty_directory,
    "a pipe": made_a_pipe, "a link inside": linked_inside, "a link outside": linked_outside,
    "a dangling link": dangling,
}  # fmt: skip
