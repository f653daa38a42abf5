"""What a function reads while it runs is an input: the table of edits of files and environment.

Each case is computed in a fresh process and looked up in another one after its edit, under another
hash seed; then in a third one after the edit was undone, and in a fourth one in another checkout.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent / "read_cases"
ROOT = Path(__file__).parents[2]
CASES: list[dict[str, Any]] = tomllib.loads((HERE / "cases.toml").read_text())["case"]


def write(folder: Path, files: dict[str, str | bool]) -> None:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, str):
            file.write_text(text)
        else:
            file.unlink()


def look(top: Path, stores: Path, step: str, seed: str) -> dict[str, list[Any]]:
    environment = {
        **os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    command = [sys.executable, str(HERE / "look.py"), str(top), str(stores), step]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    found: dict[str, list[Any]] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, list[Any]]]:
    """What was seen of every case, by step."""
    place = tmp_path_factory.mktemp("reads")
    cases, stores = place / "cases", place / "stores"
    folders = {f"{number:03}": case for number, case in enumerate(CASES)}
    for name, case in folders.items():
        write(cases / name, case["files"])
    found = {"computed": look(cases, stores, "compute", "1"), "again": look(cases, stores, "look", "2")}
    for name, case in folders.items():
        write(place / "another" / "checkout" / name, case["files"])
        # What the function itself left there belongs to the case, too.
        for left in ("count.txt", "made.txt"):
            if (cases / name / left).exists():
                text = (cases / name / left).read_text()
                write(place / "another" / "checkout" / name, {left: text})
    found["elsewhere"] = look(place / "another" / "checkout", stores, "look", "3")
    before = {
        name: {file: (cases / name / file).read_text() if (cases / name / file).exists() else False
               for file in case["edit"]}
        for name, case in folders.items()
    }  # fmt: skip
    for name, case in folders.items():
        write(cases / name, case["edit"])
    found["edited"] = look(cases, stores, "look", "2")
    found["recomputed"] = look(cases, stores, "compute", "1")
    for name, case in folders.items():
        write(cases / name, {**case["files"], **before[name]})
    found["undone"] = look(cases, stores, "look", "2")
    return found


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case["name"] for case in CASES])
def test_what_was_read_decides(number: int, seen: dict[str, dict[str, list[Any]]]) -> None:
    name, case = f"{number:03}", CASES[number]
    assert seen["again"][name] == [True, []]
    assert seen["elsewhere"][name] == [True, []], "another checkout and working directory"
    if case["must"] == "rerun":
        assert seen["edited"][name] == [False, case["changed"]]
        assert seen["undone"][name] == [True, []], "the old result is still there"
    else:
        assert seen["edited"][name] == [True, []]
        assert seen["recomputed"][name] == seen["computed"][name]
