"""Damage: whatever happens to a file of a store, a value is right or is computed again."""

from __future__ import annotations

import contextlib
import itertools
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from damage import REPLACED, USES, Opened, copy_of, cuts, files_of, flips, results_of

from store import NotAStore, Store


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small real store, in which one result has two versions; tests copy it."""
    root = tmp_path_factory.mktemp("made")
    (root / "other").write_text("other")
    for content in ("first", "second"):
        (root / "data").write_text(content)
        opened = Opened(root / "store")
    assert opened.ran == {"read"}
    return root / "store"


def test_a_whole_store_answers_everything(made: Path, tmp_path: Path) -> None:
    assert Opened(copy_of(made, tmp_path)).is_whole
    kinds = {name.split("/")[0] for name in files_of(made)}
    assert kinds == {"memoflow.json", "entries", "rows", "arrays", "runs", "leases"}


@pytest.mark.parametrize("damage", REPLACED)
def test_a_file_that_is_something_else_never_gives_a_wrong_value(
    made: Path, tmp_path: Path, damage: str
) -> None:
    for name in results_of(made):
        root = copy_of(made, tmp_path)
        REPLACED[damage](root / name)
        opened = Opened(root)
        assert opened.is_right, name
        assert opened.stats["corrupt"] == (damage != "deleted" or "arrays" in name), name
        assert len(opened.ran) <= 1, name
        assert Opened(root).is_whole, name


def damaged(made: Path, tmp_path: Path, name: str, contents: Iterable[bytes]) -> Counter[str]:
    """Put each content in the place of a result, and use what is left twice; what happened."""
    counts = Counter(files=1)
    for content in contents:
        root = copy_of(made, tmp_path)
        (root / name).write_bytes(content)
        opened = Opened(root, functions_of(name))
        counts["corruptions"] += 1
        counts["wrong"] += not opened.is_right
        # Of the text of a stack's metadata, some says nothing that is used.
        counts["unnoticed"] += opened.stats["corrupt"] == 0 and not name.endswith("zarr.json")
        counts["lasting"] += not Opened(root, functions_of(name)).is_whole
    return counts


def functions_of(name: str) -> list[str]:
    """The functions that use a file: one, for a record of theirs."""
    kind, stage, *_ = name.split("/")
    if kind == "arrays":
        return ["stack", "stacked_rows"]
    return [stage] if stage in USES else ["plain"]


def test_damaged_content_never_gives_a_wrong_value(made: Path, tmp_path: Path) -> None:
    counts = Counter[str]()
    for name in results_of(made):
        content = (made / name).read_bytes()
        counts += damaged(made, tmp_path, name, (*flips(content, [0x15], 4, 3), *cuts(content, 4)))
    assert counts["corruptions"] > 200
    assert (counts["wrong"], counts["unnoticed"], counts["lasting"]) == (0, 0, 0)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_content_damaged_at_every_byte_never_gives_a_wrong_value(made: Path, tmp_path: Path) -> None:
    counts = Counter[str]()
    for name in results_of(made):
        content = (made / name).read_bytes()
        bits = [1 << bit for bit in range(8)]
        every = (*flips(content, bits, len(content)), *cuts(content, len(content)))
        counts += damaged(made, tmp_path, name, every)
    print(f"files: {counts['files']}, corruptions: {counts['corruptions']}, wrong: {counts['wrong']}")
    assert (counts["wrong"], counts["unnoticed"], counts["lasting"]) == (0, 0, 0)


def test_files_that_were_swapped_never_give_a_wrong_value(made: Path, tmp_path: Path) -> None:
    for one, two in itertools.combinations(results_of(made), 2):
        root = copy_of(made, tmp_path)
        (root / one).rename(tmp_path / "kept")
        (root / two).rename(root / one)
        (tmp_path / "kept").rename(root / two)
        opened = Opened(root)
        assert opened.is_right, (one, two)
        assert opened.stats["corrupt"] >= 1, (one, two)
        assert Opened(root).is_whole, (one, two)


def test_a_lost_folder_is_computed_again(made: Path, tmp_path: Path) -> None:
    lost = {
        "entries": {"plain", "stack", "read"}, "rows": {"rows", "stacked_rows"},
        "arrays": {"stack", "stacked_rows"}, "runs": set[str](), "leases": set[str](),
    }  # fmt: skip
    for name, again in lost.items():
        root = copy_of(made, tmp_path)
        shutil.rmtree(root / name)
        opened = Opened(root)
        assert opened.is_right
        assert opened.ran == again
        assert Opened(root).is_whole


def test_stacks_lost_in_a_layer_are_computed_once_and_kept_on_top(made: Path, tmp_path: Path) -> None:
    layer = copy_of(made, tmp_path)
    shutil.rmtree(layer / "arrays")
    opened = Opened(tmp_path / "top", layers=[layer])
    assert opened.is_right
    assert opened.ran == {"stack", "stacked_rows"}
    assert Opened(tmp_path / "top", layers=[layer]).is_whole


def test_a_store_that_vanishes_while_it_is_open_is_made_again(made: Path, tmp_path: Path) -> None:
    (tmp_path / "within").mkdir()
    root = copy_of(made, tmp_path / "within")
    store = Store(root)
    for name in (root, root.parent):
        shutil.rmtree(name)
        assert store.call(divmod, 7, len(str(name))) == divmod(7, len(str(name)))
        assert Store(root).lookup(divmod, 7, len(str(name))).hit
    assert store.stats()["write_errors"] == 0


def test_a_file_in_the_place_of_a_folder_is_moved_aside_and_noted(made: Path, tmp_path: Path) -> None:
    folders = sorted(str(path.relative_to(made)) for path in made.rglob("*") if path.is_dir())
    for name in folders:
        root = copy_of(made, tmp_path)
        shutil.rmtree(root / name)
        (root / name).write_bytes(b"file")
        opened = Opened(root)
        assert opened.is_right, name
        if name not in ("runs", "leases") and "source" not in name:
            assert opened.stats["corrupt"] >= 1, name
        assert Opened(root).is_whole, name


def test_a_damaged_ledger_changes_nothing(made: Path, tmp_path: Path) -> None:
    for damage in REPLACED.values():
        for folder in ("runs", "leases"):
            root = copy_of(made, tmp_path)
            for file in (root / folder).iterdir():
                damage(file)
            assert Opened(root).is_whole
    for content in (b"", b"\xff", b"{", b"[" * 100, b'{"event":"code"}\n' * 3):
        root = copy_of(made, tmp_path)
        for file in (root / "runs").iterdir():
            file.write_bytes(content)
        assert Opened(root).is_whole


def test_a_damaged_marker_is_refused_and_nothing_is_lost(made: Path, tmp_path: Path) -> None:
    contents = [*flips((made / "memoflow.json").read_bytes(), (1, 0x80), 1), b"", b"{", b"\xff"]
    damages = [lambda path, content=content: path.write_bytes(content) for content in contents]
    for damage in (*damages, *REPLACED.values()):
        root = copy_of(made, tmp_path)
        before = results_of(root)
        damage(root / "memoflow.json")
        with contextlib.suppress(NotAStore):  # some flips leave JSON that says the same
            assert Opened(root).is_whole
        assert results_of(root) == before


def test_what_was_set_aside_is_nobodys_concern(made: Path, tmp_path: Path) -> None:
    for content in (b"file", None):
        root = copy_of(made, tmp_path)
        (entry,) = (root / "entries" / "plain").rglob("*/*")
        entry.write_bytes(b"damaged")
        if content is None:
            (root / "aside").symlink_to(tmp_path)
        else:
            (root / "aside").write_bytes(content)
        assert Opened(root).is_right
        assert Opened(root).is_whole
        assert [path.read_bytes() for path in (root / "aside").iterdir()] == [b"damaged"]


def test_a_bad_record_is_kept_aside_and_noted(made: Path, tmp_path: Path) -> None:
    root = copy_of(made, tmp_path)
    (entry,) = (root / "entries" / "plain").rglob("*/*")
    entry.write_bytes(b"damaged")
    Opened(root)
    assert [path.read_bytes() for path in (root / "aside").iterdir()] == [b"damaged"]
    noted = [line for file in (root / "runs").iterdir() for line in file.read_text().splitlines()]
    assert sum('"event":"corrupt"' in line and entry.name in line for line in noted) == 1
