"""Ctrl-C in mid-run: a clean end, with what was finished kept."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from command_line import ROOT, Said, environment, read_json, run_here, write_puzzles


@pytest.fixture
def process() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts command lines as a terminal does, each in a process group of its own."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: object) -> subprocess.Popen[str]:
        words = [sys.executable, "-c", "from flows.cli import main; main()", *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen(words, cwd=ROOT, env=environment(), start_new_session=True, **pipes))
        return started[-1]

    yield start
    for each in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(each.pid, signal.SIGKILL)
        each.communicate()


def wait_until(true: Callable[[], bool], seconds: float) -> bool:
    """Whether something came true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def ended_or_zombie(process: psutil.Process) -> bool:
    """A zombie is dead; its new parent has only not asked yet."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_ctrl_c_ends_cleanly_and_keeps_what_was_finished(
    tmp_path: Path, process: Callable[..., subprocess.Popen[str]]
) -> None:
    count, store, config = 8, tmp_path / "store", tmp_path / "profile.toml"
    config.write_text('dashboard = "127.0.0.1:0"\nwindow = 2\n', encoding="utf-8")
    puzzles = write_puzzles(tmp_path / "puzzles", count)
    options = ["--dataset", puzzles, "--store", store, "--config", config]
    running = process("run", "arc", *options, "--workers", 2, "--quiet")
    assert wait_until(lambda: any(store.glob("entries/target/*/*")) or running.poll() is not None, 90)
    assert running.poll() is None
    helpers = psutil.Process(running.pid).children(recursive=True)
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=60)
    said = Said(running.returncode, out, err)
    assert said.code == 1
    assert "what was computed is kept" in said.complaint()
    assert helpers
    assert wait_until(lambda: all(map(ended_or_zombie, helpers)), 10)
    following = run_here("run", "arc", *options, "--workers", 0, "--json", tmp_path / "counts.json")
    counts = read_json(tmp_path / "counts.json")
    assert (following.code, counts["puzzles"]) == (0, count)
    assert 1 <= counts["nodes"]["score"]["hit"] < count
    assert counts["rows"]["validate"]["hit"] > 0
