"""SIGKILL at any step of a write leaves a complete result or none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("kills.py")


def killed(folder: Path, step: int) -> dict[str, Any]:
    command = [sys.executable, str(SCRIPT), str(folder), str(step)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_a_writer_killed_at_some_steps_leaves_complete_results_or_none(tmp_path: Path) -> None:
    said = killed(tmp_path, 9)
    assert said["wrong"] == []
    assert said["kills"] > 30


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_writer_killed_at_every_step_leaves_complete_results_or_none(tmp_path: Path) -> None:
    said = killed(tmp_path, 1)
    print(f"kills: {said['kills']}, with litter: {said['littered']}, wrong: {len(said['wrong'])}")
    assert said["wrong"] == []
    assert said["kills"] > 300
