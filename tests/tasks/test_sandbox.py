"""The sandbox against primitives that loop, explode and crash: real processes, real limits."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from time import monotonic

import numpy as np
import psutil
import pytest

from tasks import differs
from tasks.form import Form
from tasks.outcome import (
    Budget,
    Invalid,
    Killed,
    Outcome,
    OutOfMemory,
    Raised,
    Returned,
    TimedOut,
)
from tasks.program import parse
from tasks.sandbox import Evaluation, Judged, Sandbox, SandboxError, shared

HERE = Path(__file__).parent
BUDGET = Budget(cpu_s=0.06, memory_mb=64)
GRIDS = (
    np.array([[1, 2, 3], [4, 5, 6]], np.uint8),
    np.array([[7]], np.uint8),
)
PAIRS = ((GRIDS[0], GRIDS[1]),)

HOSTILE: dict[str, Outcome] = {
    "loop": TimedOut(),
    "loop_in_c": TimedOut(),
    "loop_and_swallow": TimedOut(),
    "overrun_and_return": TimedOut(),
    "take_all": OutOfMemory(),
    "take_more_and_more": OutOfMemory(),
    "segfault": Raised("Crash: SIGSEGV"),
    "abort": Raised("Crash: SIGABRT"),
    "exit_at_once": Raised("Crash: exit 3"),
    "exit_as_if_done": Raised("Crash: exit 0"),
    "leave": Raised("Crash: exit 4"),
    "interrupt": Raised("KeyboardInterrupt"),
    "fork": Raised("PermissionError: a program may not start processes"),
    "start": Raised("PermissionError: a program may not start processes"),
    "refuse": Raised("ValueError: not this one"),
    "refuse_at_length": Raised("ValueError: " + "no" * 92 + "n..."),
    "refuse_with_address": Raised("KeyError: <object object>"),
    "refuse_mutely": Raised("Mute"),
    "recurse": Raised("RecursionError: maximum recursion depth exceeded"),
    "nothing": Invalid("a grid is an array or a list of rows, this is NoneType"),
    "too_large": Invalid("a grid has 1 to 30 cells a side, this is 31 x 1"),
    "eleven": Invalid("cells are 0 to 9, row 0 column 0 holds 11"),
    "halves": Invalid("cells are integers, these are float64"),
    "bombs": Raised("KeyError: 'bomb'"),
    "overwrite": Returned(),
    "chatter": Returned(),
}


@pytest.fixture(scope="module", autouse=True)
def hostile_path() -> Iterator[None]:
    """Lets this process, and the zygotes that take over its path, import the test DSL."""
    sys.path.insert(0, str(HERE))
    yield
    sys.path.remove(str(HERE))


@pytest.fixture(scope="module")
def names(hostile_path: None) -> frozenset[str]:
    return frozenset(import_module("hostile_dsl").PRIMITIVES)


@pytest.fixture(scope="module")
def sandbox(hostile_path: None) -> Iterator[Sandbox]:
    sandbox = Sandbox("hostile_dsl")
    yield sandbox
    sandbox.close()


def form(expression: str) -> Form:
    """The form of a program with this result, over the test DSL."""
    names = frozenset(import_module("hostile_dsl").PRIMITIVES)
    return parse(f"def program(S, I, C):\n    return {expression}", names)


def innocents(count: int) -> list[Form]:
    """Programs that share an expression, each with another result."""
    turns = ["same(I)", "turn(I)", "turn(turn(I))", "turn(turn(turn(I)))"]
    return [form(f"join({turns[n % 4]}, paint({turns[n % 4]}, {n // 4}))") for n in range(count)]


def evaluate(sandbox: Sandbox, forms: Sequence[Form], batch: int = 50) -> list[Evaluation]:
    return sandbox.evaluate(forms, GRIDS, PAIRS, BUDGET, batch)


def facts(evaluations: Sequence[Evaluation]) -> list[object]:
    """What does not depend on time, in a form that can be compared."""
    return [
        (found.outcomes, None if found.outputs is None else found.outputs.tobytes()) for found in evaluations
    ]


def outcomes_of(sandbox: Sandbox, expression: str) -> tuple[Outcome, ...]:
    return evaluate(sandbox, [form(expression)])[0].outcomes


@pytest.mark.parametrize(("name", "outcome"), HOSTILE.items())
def test_a_hostile_program_gets_its_outcome_and_innocents_keep_theirs(
    sandbox: Sandbox, names: frozenset[str], name: str, outcome: Outcome
) -> None:
    others = innocents(36)
    expected = facts(evaluate(sandbox, others))
    found = evaluate(sandbox, [*others[:20], form(f"{name}(I)"), *others[20:]])
    assert found[20].outcomes == (outcome, outcome)
    assert facts(found[:20] + found[21:]) == expected
    assert all(each.outcomes == (Returned(), Returned()) for each in found[:20] + found[21:])


def test_every_hostile_name_is_a_primitive(names: frozenset[str]) -> None:
    assert names >= HOSTILE.keys()


def test_verdicts_do_not_depend_on_batches_or_order(sandbox: Sandbox) -> None:
    fast = {"refuse", "loop", "take_all", "segfault", "leave", "nothing", "overrun_and_return"}
    forms = innocents(30) + [form(f"{name}(turn(I))") for name in sorted(fast)]
    expected = facts(evaluate(sandbox, forms))
    assert facts(evaluate(sandbox, forms, batch=1)) == expected
    order = list(range(len(forms)))
    random.Random(2).shuffle(order)
    mixed = facts(evaluate(sandbox, [forms[place] for place in order], batch=11))
    assert mixed == [expected[place] for place in order]


def test_grids_come_back_as_they_are(sandbox: Sandbox) -> None:
    found = evaluate(sandbox, [form("turn(I)"), form("I"), form("rows(I)"), form("nothing(I)")])
    for evaluation, wanted in zip(found, (np.rot90, np.asarray, np.asarray), strict=False):
        assert [grid.tolist() for grid in evaluation.grids] == [wanted(g).tolist() for g in GRIDS]
    assert found[3].grids == (None, None)
    assert found[3].outputs is None


@pytest.mark.parametrize("name", ["loop", "segfault", "take_all"])
def test_a_sample_that_ends_the_process_leaves_the_others_theirs(sandbox: Sandbox, name: str) -> None:
    (found,) = evaluate(sandbox, [form(f"{name}_if_large(I)")])
    assert found.outcomes == (HOSTILE[name], Returned())
    assert found.grids[0] is None
    assert found.grids[1].tolist() == [[7]]


def test_a_failing_sample_leaves_the_others_their_grids(sandbox: Sandbox) -> None:
    (found,) = evaluate(sandbox, [form("join(I, I)")])
    assert [grid.shape for grid in found.grids if grid is not None] == [(4, 3), (2, 1)]
    wide = np.zeros((16, 2), np.uint8)
    (found,) = sandbox.evaluate([form("join(I, I)")], [wide, GRIDS[1]], PAIRS, BUDGET)
    assert [type(outcome) for outcome in found.outcomes] == [Invalid, Returned]
    assert found.grids[0] is None
    assert found.grids[1] is not None


def test_programs_read_the_train_samples(sandbox: Sandbox) -> None:
    (found,) = evaluate(sandbox, [form("shown(S)")])
    assert [grid.tolist() for grid in found.grids] == [[[7]], [[7]]]
    others = ((GRIDS[0], GRIDS[0]),)  # the same programs on another puzzle
    (found,) = sandbox.evaluate([form("shown(S)")], GRIDS, others, BUDGET)
    assert [grid.tolist() for grid in found.grids] == [GRIDS[0].tolist()] * 2


def test_a_parameter_without_a_value_is_the_programs_outcome(sandbox: Sandbox) -> None:
    outcome = Raised("LookupError: parameter C has no value here")
    assert outcomes_of(sandbox, "same(C)") == (outcome, outcome)


def differ(expression: str) -> Form:
    names = {*import_module("hostile_dsl").PRIMITIVES, *differs.PRIMITIVES}
    return parse(f"def differ(S, I, C):\n    return {expression}", frozenset(names))


def judge(sandbox: Sandbox, *expressions: str) -> list[tuple[Outcome, ...]]:
    """The outcomes of differs, where C is each grid, turned."""
    cases = [(grid, np.rot90(grid)) for grid in GRIDS]
    forms = [differ(expression) for expression in expressions]
    return [each.outcomes for each in sandbox.judge(forms, cases, PAIRS, BUDGET, own=True)]


def test_a_differ_reads_the_answer_to_each_input(sandbox: Sandbox) -> None:
    same = Judged(1000, "")
    found = judge(sandbox, "same_sides(sides(C), sides(I))", "same_cells(C, turn(I))", "same_cells(I, C)")
    assert found[0] == (Judged(444, "3 x 2, not 2 x 3"), same)
    assert found[1] == (same, same)
    assert found[2] == (Judged(125, "7 of 8 cells differ"), same)


@pytest.mark.parametrize("name", ["loop", "segfault", "take_all"])
def test_a_differ_that_fails_on_one_case_keeps_its_others(sandbox: Sandbox, name: str) -> None:
    (found,) = judge(sandbox, f"same_cells({name}_if_large(C), C)")
    assert found == (HOSTILE[name], Judged(1000, ""))


def test_differs_share_expressions_and_cannot_change_an_answer(sandbox: Sandbox) -> None:
    """One that writes to what it is given has a copy of its own, as programs have."""
    found = judge(sandbox, "same_cells(overwrite(C), turn(I))", "same_cells(C, turn(I))")
    assert found[0][0] == Judged(833, "1 of 6 cells differ")
    assert found[1] == (Judged(1000, ""), Judged(1000, ""))


def test_programs_have_no_primitives_of_differs(sandbox: Sandbox) -> None:
    (found,) = evaluate(sandbox, [differ("sides(I)")])
    assert found.outcomes[0] == Raised("LookupError: the DSL has no sides")


def test_built_in_differs_are_over_their_own_primitives_alone(sandbox: Sandbox) -> None:
    forms = [differ("same_cells(C, C)"), differ("same_cells(same(C), C)")]
    found = sandbox.judge(forms, [(GRIDS[0], GRIDS[0])], PAIRS, BUDGET, own=False)
    assert found[0].outcomes == (Judged(1000, ""),)
    assert found[1].outcomes == (Raised("LookupError: the DSL has no same"),)


def test_a_name_that_the_dsl_lacks_is_the_programs_outcome(sandbox: Sandbox) -> None:
    stranger = parse("def program(I):\n    return stranger(I)", frozenset({"stranger"}))
    (found,) = evaluate(sandbox, [stranger])
    assert found.outcomes[0] == Raised("LookupError: the DSL has no stranger")


def test_constants_of_equal_value_and_other_type_stay_apart(sandbox: Sandbox) -> None:
    values = ["1", "True", "(1,)", "(True,)", "'1'", "None"]
    forms = [form(f"paint_type(I, {value})") for value in values]
    found = [evaluation.grids[1].item() for evaluation in evaluate(sandbox, forms)]
    assert found == [len(name) for name in ("int", "bool", "tuple", "tuple", "str", "NoneType")]
    nested = [form("paint(I, 1)"), form("same((1, 0))"), form("same((True, False))")]
    assert [len({*e.outcomes}) for e in evaluate(sandbox, nested)] == [1, 1, 1]


def test_constants_may_be_of_64_bits(sandbox: Sandbox) -> None:
    (found,) = evaluate(sandbox, [form(f"paint_size(I, {2**63 - 1})")])
    assert found.grids[1].item() == 63 % 10


def test_equal_expressions_of_a_batch_are_evaluated_once(sandbox: Sandbox) -> None:
    forms = [form("same(count_calls(I))"), form("turn(count_calls(I))")]
    together = [found.grids[1].item() for found in evaluate(sandbox, forms)]
    apart = [found.grids[1].item() for found in evaluate(sandbox, forms, batch=1)]
    assert together[0] == together[1]
    assert apart[0] != apart[1]


def test_exceptions_of_shared_expressions_reach_every_program(sandbox: Sandbox) -> None:
    forms = [form("turn(refuse(I))"), form("same(refuse(I))"), form("same(I)")]
    kinds = [found.outcomes[0].kind for found in evaluate(sandbox, forms)]
    assert kinds == ["raised", "raised", "returned"]


def test_each_program_is_charged_for_what_it_shares(sandbox: Sandbox) -> None:
    forms = [form(f"paint(burn(I, 20), {colour})") for colour in range(3)]
    assert all(found.cpu_s >= 0.04 for found in evaluate(sandbox, forms))


def test_nobody_is_charged_for_what_another_does_before_what_both_share(sandbox: Sandbox) -> None:
    both, shared = evaluate(sandbox, [form("join(burn(I, 30), turn(I))"), form("turn(I)")])
    assert both.cpu_s >= 0.03
    assert shared.cpu_s < 0.02


def test_a_shared_expression_counts_against_each_budget(sandbox: Sandbox) -> None:
    factor = evaluate(sandbox, [form("same(I)")]) and sandbox.speed_factor
    part = int(BUDGET.cpu_s * factor * 600)
    forms = [form(f"turn(burn(I, {part}))"), form(f"burn(turn(burn(I, {part})), {part})")]
    for order in (1, -1):
        found = [each.outcomes for each in evaluate(sandbox, forms[::order])][::order]
        assert found == [(Returned(), Returned()), (TimedOut(), TimedOut())]


@pytest.mark.parametrize("made", ["paint(I, 1)", "first(pair(I))", "patch_of(thing(I))"])
def test_no_program_can_write_to_what_it_shares(sandbox: Sandbox, made: str) -> None:
    forms = [form(f"overwrite({made})"), form(f"same({made})")]
    for order in (1, -1):
        overwritten, same = [each.grids[0] for each in evaluate(sandbox, forms[::order])][::order]
        assert overwritten is not None
        assert same is not None
        assert overwritten[0, 0] == 9
        assert same[0, 0] != 9
        assert np.array_equal(overwritten.flat[1:], same.flat[1:])


def test_what_a_program_does_to_a_list_stays_its_own(sandbox: Sandbox) -> None:
    forms = [form("last(add_to(boxed(I), 3))"), form("last(boxed(I))")]
    for order in (1, -1):
        found = evaluate(sandbox, forms[::order])[::order]
        assert [each.grids[1].item() for each in found] == [3, 7]


def test_memory_of_one_program_is_not_taken_from_the_next(sandbox: Sandbox) -> None:
    forms = [form(f"paint(take(I, 40), {colour})") for colour in range(10)]
    forms += [form("take(I, 41)"), form("take(I, 80)")]
    kinds = [found.outcomes[0].kind for found in evaluate(sandbox, forms)]
    assert kinds == ["returned"] * 11 + ["out_of_memory"]


def test_another_memory_budget_holds_at_once(sandbox: Sandbox) -> None:
    forms = [form("take(I, 80)")]
    kinds = [
        sandbox.evaluate(forms, GRIDS, PAIRS, Budget(0.5, megabytes))[0].outcomes[0].kind
        for megabytes in (64, 200, 64)
    ]
    assert kinds == ["out_of_memory", "returned", "out_of_memory"]


def test_a_sleeper_is_killed_by_the_wall_clock_and_innocents_go_on(names: frozenset[str]) -> None:
    sandbox = Sandbox("hostile_dsl", patience_s=0.3)
    found = evaluate(sandbox, [form("same(I)"), form("sleep(I)"), form("turn(I)")])
    sandbox.close()
    assert [each.outcomes[0].kind for each in found] == ["returned", "killed", "returned"]
    assert isinstance(found[1].outcomes[1], Killed)
    assert "wall limit" in found[1].outcomes[1].reason


def test_a_program_killed_from_outside_is_killed_and_innocents_go_on(sandbox: Sandbox) -> None:
    found = evaluate(sandbox, [form("same(I)"), form("kill_itself(I)"), form("turn(I)")])
    assert [each.outcomes[0].kind for each in found] == ["returned", "killed", "returned"]


def test_a_killed_zygote_is_started_again(sandbox: Sandbox) -> None:
    evaluate(sandbox, [form("same(I)")])
    before, spent = sandbox.pid, sandbox.cpu_seconds
    assert before is not None
    os.kill(before, signal.SIGKILL)
    assert outcomes_of(sandbox, "same(I)") == (Returned(), Returned())
    assert sandbox.pid != before
    assert sandbox.cpu_seconds > spent


def test_a_closed_sandbox_starts_again_and_leaves_no_process(names: frozenset[str]) -> None:
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
    names: frozenset[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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


def test_nothing_to_do_starts_no_process(names: frozenset[str]) -> None:
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
        [sys.executable, "-c", WORKER.format(path=[str(HERE), *sys.path]) + code],
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
