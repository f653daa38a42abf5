"""Runs of `memoflow run arc` for benchmarks, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any


def arc_run(*options: object) -> dict[str, Any]:
    """What `--json` says of a run with some options."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder, "said.json")
        words = [sys.executable, "-m", "flows.arc", *map(str, options), "--json", str(said)]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        found: dict[str, Any] = json.loads(said.read_text(encoding="utf-8"))
    return found


def memoflow(*words: object) -> None:
    """Any other command line."""
    program = [sys.executable, "-c", "from flows.cli import main; main()", *map(str, words)]
    subprocess.run(program, check=True, stdout=subprocess.DEVNULL)
