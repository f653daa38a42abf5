"""Programs that no sandbox may run are refused by name and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import read_json, run_here, write_puzzles


def test_refused_programs_are_reported_and_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = {
        "imports": "def program(I):\n    import os\n    return I\n",
        "attribute": "def program(I):\n    a = mirror_left(I)\n    return a.T\n",
        "loops": "def program(I):\n    for i in I:\n        pass\n    return I\n",
        "unknown": "def program(I):\n    return no_such_primitive(I)\n",
        "undefined": "def program(I):\n    return mirror_left(O)\n",
    }
    lines = {"imports": 2, "attribute": 3, "loops": 2, "unknown": 2, "undefined": 2}
    library = tmp_path / "library.py"
    library.write_text("\n".join(text.replace("program", name) for name, text in sources.items()))
    monkeypatch.setattr("flows.arc.library_files", lambda: (library,))
    puzzles = write_puzzles(tmp_path / "puzzles", 1)
    options = ["--dataset", puzzles, "--workers", 0, "--store", tmp_path / "store"]
    said = run_here("run", "arc", *options, "--json", tmp_path / "counts.json")
    assert said.code == 0
    assert read_json(tmp_path / "counts.json")["puzzles"] == 1
    told = said.err.splitlines()
    assert len(told) == len(sources)
    for name, line in lines.items():
        (words,) = (each for each in told if each.startswith(f"refused {name}, line {line}: "))
        assert words.partition(": ")[2]
