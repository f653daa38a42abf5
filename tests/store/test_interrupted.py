"""SIGKILL, or an error of the system, at any step of a write: a complete result or none, no value lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("interrupted.py")


def interrupted(folder: Path, kind: str, step: int) -> dict[str, Any]:
    command = [sys.executable, str(SCRIPT), str(folder), str(step), kind]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


# There are more ways to fail than to be killed: every such step takes three times as long.
@pytest.mark.parametrize(("kind", "step"), [("kill", 13), ("fail", 41)])
def test_a_writer_interrupted_at_some_steps_leaves_complete_results_or_none(
    tmp_path: Path, kind: str, step: int
) -> None:
    said = interrupted(tmp_path, kind, step)
    assert said["wrong"] == []
    assert said["times"] > 15


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", ["kill", "fail"])
def test_a_writer_interrupted_at_every_step_leaves_complete_results_or_none(
    tmp_path: Path, kind: str
) -> None:
    said = interrupted(tmp_path, kind, 1)
    print(f"{kind}: {said['times']} times, {said['littered']} with litter, {len(said['wrong'])} wrong")
    assert said["wrong"] == []
    assert said["times"] > 300
