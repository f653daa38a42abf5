"""The table of edits: what must run again after each, and what must not.

Each case's function is fingerprinted before and after its edit, in fresh processes, under two hash seeds,
in two folders and from two working directories; none of these may matter, only the edit. Under the second
seed the edit is made in place, and what was parsed is kept in one store before and after it, and read from
it when asked again.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent / "fingerprint_cases"
ROOT = Path(__file__).parents[2]
CASES: list[dict[str, Any]] = [
    case for file in sorted(HERE.glob("*.toml")) for case in tomllib.loads(file.read_text())["case"]
]
NAMES = [case["name"] for case in CASES]


def write_before(case: dict[str, Any], folder: Path) -> None:
    for name, text in case["files"].items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def write_after(case: dict[str, Any], folder: Path) -> None:
    write_before(case, folder)
    for edit in case["edit"]:
        file = folder / edit["file"]
        text = file.read_text()
        assert text.count(edit["old"]) == 1, f"{case['name']}: {edit['old']!r} is not there once"
        file.write_text(text.replace(edit["old"], edit["new"]))


def write_all(write: Callable[[dict[str, Any], Path], None], top: Path) -> None:
    for number, case in enumerate(CASES):
        write(case, top / "cases" / f"{number:03}")


def measure(folder: Path, seed: str, cwd: Path, *store: Path) -> dict[str, str]:
    """The digest of every case below a folder, by case, from a fresh process."""
    environment = {
        **os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    command = [sys.executable, str(HERE / "measure.py"), str(folder), *map(str, store)]
    done = subprocess.run(command, env=environment, cwd=cwd, stdout=subprocess.PIPE, check=True)
    digests: dict[str, str] = json.loads(done.stdout)
    return digests


@pytest.fixture(scope="module")
def digests(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict[str, str]]:
    """Digests by (before or after, hash seed), then by case; those from a warm store under `again`."""
    tops = {}
    for state, write in (("before", write_before), ("after", write_after)):
        top = tops[state] = tmp_path_factory.mktemp(state)
        write_all(write, top)
    store, edited = tmp_path_factory.mktemp("store"), tmp_path_factory.mktemp("edited")

    def without_store() -> dict[tuple[str, str], dict[str, str]]:
        return {(state, "1"): measure(top / "cases", "1", top) for state, top in tops.items()}

    def with_store() -> dict[tuple[str, str], dict[str, str]]:
        found = {}
        for state, write in (("before", write_before), ("after", write_after)):
            write_all(write, edited)
            for seed in ("2", "again"):
                found[state, seed] = measure(edited / "cases", "2", ROOT, store)
        return found

    with ThreadPoolExecutor() as pool:
        first, second = pool.submit(without_store), pool.submit(with_store)
        return first.result() | second.result()


def test_no_two_cases_share_a_name() -> None:
    assert sorted(set(NAMES)) == sorted(NAMES)


@pytest.mark.parametrize("number", range(len(CASES)), ids=NAMES)
def test_edit_runs_again_exactly_what_it_must(
    number: int, digests: dict[tuple[str, str], dict[str, str]]
) -> None:
    name = f"{number:03}"
    before, after = digests["before", "1"][name], digests["after", "1"][name]
    assert re.fullmatch("[0-9a-f]{32}", before)
    assert re.fullmatch("[0-9a-f]{32}", after)
    assert digests["before", "2"][name] == before, "hash seed, folder or working directory changed it"
    assert digests["after", "2"][name] == after, "hash seed, folder or working directory changed it"
    assert digests["before", "again"][name] == before, "what the store kept of the sources changed it"
    assert digests["after", "again"][name] == after, "what the store kept of the sources changed it"
    assert ("same" if before == after else "rerun") == CASES[number]["must"]
