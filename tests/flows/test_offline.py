"""Kaggle's profile without a network: the flow in a network namespace that has only loopback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import kaggle
import pytest
from command_line import ROOT, environment, read_json, write_puzzles

OFFLINE = f"""
import fcntl, os, socket, struct
UP, GET, SET = 1, 0x8913, 0x8914
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
    flags, = struct.unpack_from("h", fcntl.ioctl(probe, GET, struct.pack("16s16x", b"lo")), 16)
    fcntl.ioctl(probe, SET, struct.pack("16sh14x", b"lo", flags | UP))
    probe.connect(("127.0.0.1", 9))
    try:
        probe.connect(("192.0.2.1", 9))
    except OSError:
        pass
    else:
        raise SystemExit("there is a network")
assert [name for _, name in socket.if_nameindex()] == ["lo"]
import sys
sys.path.insert(0, {str(ROOT)!r})
from flows.cli import main
main()
"""
"""Loopback put up, and nothing else to be reached; then the command line."""


def can_unshare() -> bool:
    """Whether this machine lets us make a network namespace."""
    try:
        return subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def offline(*arguments: object) -> subprocess.CompletedProcess[str]:
    words = ["unshare", "-rn", sys.executable, "-c", OFFLINE, *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, env=environment())


@pytest.mark.skipif(not can_unshare(), reason="no namespaces for users without rights on this machine")
def test_kaggles_profile_needs_no_network_and_takes_a_packed_store(tmp_path: Path) -> None:
    count, said = 2, tmp_path / "said.json"
    puzzles, submission = write_puzzles(tmp_path / "puzzles", count), tmp_path / "submission.json"
    common = ["--config", "kaggle", "--dataset", puzzles, "--workers", 2, "--json", said]
    common += ["--submission", submission]
    cold = offline("run", "arc", *common, "--store", tmp_path / "cold")
    assert cold.returncode == 0, cold.stderr
    assert read_json(said)["nodes"]["score"] == {"executed": count, "hit": 0}
    assert kaggle.faults(submission.read_text(), {f"mirror{seed}": 1 for seed in range(count)}) == []
    first = submission.read_text()
    pack = offline("store", "pack", tmp_path / "warm.memoflow", "--store", tmp_path / "cold")
    assert pack.returncode == 0, pack.stderr
    options = [*common, "--store", tmp_path / "new", "--layer", tmp_path / "warm.memoflow"]
    warm = offline("run", "arc", *options)
    assert warm.returncode == 0, warm.stderr
    assert read_json(said)["nodes"]["score"] == {"executed": 0, "hit": count}
    assert json.loads(submission.read_text()) == json.loads(first)
