"""The processes of a sandbox: when they start, what ends them, what they take from their worker."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path
from time import monotonic

import psutil
import pytest
from hostile_programs import BUDGET, evaluate, form, outcomes_of

from tasks.outcome import Returned
from tasks.sandbox import Sandbox, SandboxError, shared

WORKER = """
import sys; sys.path[:0] = {path!r}
import numpy as np, json
from tasks.outcome import Budget
from tasks.program import parse
from tasks.sandbox import Sandbox
sandbox = Sandbox("hostile_dsl")
def outcomes(expression):
    form = parse("def program(I): return " + expression, frozenset(["sleep", "same", "shuffled"]))
    (found,) = sandbox.evaluate([form], [np.zeros((2, 2), np.uint8)], (), Budget(0.1, 64))
    return [grid.tolist() for grid in found.grids]
"""


def _worker(code: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER.format(path=sys.path) + code],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )


def _wait_for(flag: Path) -> None:
    deadline = monotonic() + 30
    while not flag.exists():
        assert monotonic() < deadline


def _family(zygote: int) -> list[psutil.Process]:
    process = psutil.Process(zygote)
    return [process, *process.children()]


def test_a_killed_zygote_is_started_again(sandbox: Sandbox) -> None:
    evaluate(sandbox, [form("same(I)")])
    before, spent = sandbox.pid, sandbox.cpu_seconds
    assert before is not None
    os.kill(before, signal.SIGKILL)
    assert outcomes_of(sandbox, "same(I)") == (Returned(), Returned())
    assert sandbox.pid != before
    assert sandbox.cpu_seconds > spent


def test_a_closed_sandbox_starts_again_and_leaves_no_process() -> None:
    sandbox = Sandbox("hostile_dsl")
    evaluate(sandbox, [form("same(I)")])
    assert sandbox.pid is not None
    family = _family(sandbox.pid)
    sandbox.close()
    assert not any(process.is_running() for process in family)
    assert outcomes_of(sandbox, "same(I)") == (Returned(), Returned())
    sandbox.close()


def test_a_child_serves_many_requests(sandbox: Sandbox) -> None:
    evaluate(sandbox, [form("same(I)")])
    assert sandbox.pid is not None
    before = _family(sandbox.pid)
    evaluate(sandbox, [form("turn(I)")])
    assert _family(sandbox.pid) == before
    assert len(before) == 2


def test_an_interrupt_ends_the_work_and_the_next_evaluation_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = tmp_path / "asleep"
    monkeypatch.setenv("HOSTILE_FLAG", str(flag))
    sandbox = Sandbox("hostile_dsl")
    evaluate(sandbox, [form("same(I)")])
    assert sandbox.pid is not None
    family = _family(sandbox.pid)

    def interrupt_when_asleep() -> None:
        _wait_for(flag)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    thread = threading.Thread(target=interrupt_when_asleep)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        evaluate(sandbox, [form("sleep(I)")])
    thread.join()
    assert not any(process.is_running() for process in family)
    assert outcomes_of(sandbox, "same(I)") == (Returned(), Returned())
    sandbox.close()


def test_nothing_to_do_starts_no_process() -> None:
    sandbox = Sandbox("hostile_dsl")
    assert evaluate(sandbox, []) == []
    assert sandbox.evaluate([form("I")], [], (), BUDGET)[0].outcomes == ()
    assert sandbox.pid is None


def test_a_dsl_that_cannot_be_loaded_is_named() -> None:
    with pytest.raises(SandboxError, match=r"no_such_dsl.*there is no such module"):
        evaluate(Sandbox("no_such_dsl"), [form("I")])


def test_a_process_has_one_shared_sandbox_for_a_dsl() -> None:
    assert shared("hostile_dsl") is shared("hostile_dsl")
    assert shared("hostile_dsl") is not shared("tasks.dsl")


def test_a_fork_does_not_get_its_parents_sandbox() -> None:
    ours = shared("hostile_dsl")
    pid = os.fork()
    if pid == 0:
        os._exit(shared("hostile_dsl") is ours)
    assert os.waitpid(pid, 0)[1] == 0


@pytest.mark.parametrize("killed", ["worker", "zygote"])
def test_a_death_ends_the_processes_below(tmp_path: Path, killed: str) -> None:
    flag = tmp_path / "asleep"
    code = "outcomes('same(I)'); print(sandbox.pid, flush=True); outcomes('sleep(I)')"
    with _worker(code, HOSTILE_FLAG=str(flag)) as worker:
        assert worker.stdout is not None
        family = _family(int(worker.stdout.readline()))
        _wait_for(flag)
        handles = [os.pidfd_open(process.pid) for process in family]
        os.kill(worker.pid if killed == "worker" else family[0].pid, signal.SIGKILL)
        for handle in handles:
            assert select.select([handle], [], [], 30)[0]
            os.close(handle)
        worker.kill()
    assert len(family) == 2


def test_verdicts_do_not_depend_on_the_hash_seed_of_the_worker() -> None:
    seen = []
    for seed in ("1", "2"):
        with _worker("print(json.dumps(outcomes('shuffled(I)')))", PYTHONHASHSEED=seed) as worker:
            assert worker.stdout is not None
            seen.append(json.loads(worker.stdout.read()))
    assert seen[0] == seen[1]


def test_settings_of_the_worker_do_not_reach_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    sandbox = Sandbox("hostile_dsl")
    evaluate(sandbox, [form("same(I)")])
    assert sandbox.pid is not None
    settings = psutil.Process(sandbox.pid).environ()
    sandbox.close()
    assert {"PYTHONWARNINGS", "PYTHONOPTIMIZE"}.isdisjoint(settings)
    assert settings["PYTHONHASHSEED"] == "0"
