"""What is said of runs and plans: the tables and the JSON agree with what was counted."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from flows.arc import Results
from flows.clock import Clock
from flows.commands.tables import Account, plan_json, plan_table, run_table, timing_table
from flows.flow import Tally
from flows.instances.instance import Instance
from flows.instances.others import Others
from flows.plan import Plan, PlanNode, Why
from flows.state.target import Member
from store.cause import Cause
from tasks.rank import Scored


def lines(table: str) -> list[list[str]]:
    """A table's rows as words, its head first."""
    return [line.split() for line in table.splitlines() if set(line) - {"-"}]


def scored(**changes: Any) -> Scored:
    best = ("solve_a", "library", "f(I)", 2, 2000, 1, ())
    usual: dict[str, Any] = {
        "places": (best,),
        "attempts": (),
        "candidates": 9,
        "unique": 7,
        "forms": 5,
        "collapsed": (("renaming", 2), ("dead_code", 1), ("equal_graphs", 1)),
        "outcomes": (("returned", 3), ("raised", 2)),
        "solved_train": False,
        "refused": (),
    }
    return Scored(**{**usual, **changes})


@pytest.fixture
def account() -> Account:
    """Two puzzles of which the first was a hit, one row of the second as well."""
    tally = Tally()
    tally.add([Member(b"a", "propose", None), Member(b"b", "validate", 4)])
    tally.add([Member(b"a", "propose", None), Member(b"c", "propose", None, 1)])
    tally.add([Member(b"d", "validate", 4, 3), Member(b"e", "score", None, 1)])
    clock = Clock(before=2.0)
    clock.worked("validate", 3.0)
    results = Results({})
    results.scored = {"one": scored(), "two": scored()}
    results.solved_train = results.solved_test = {"one"}
    results.candidates, results.unique = 18, 10
    results.outcomes = Counter(returned=6, raised=4)
    return Account("run-1", results, tally, clock, 3.0, {"hits": 1}, None, Others(Instance(1, 1)))


def test_a_node_that_two_puzzles_share_counts_once(account: Account) -> None:
    nodes = account.as_json()["nodes"]
    assert nodes["propose"] == {"executed": 1, "hit": 1}
    assert nodes["score"] == {"executed": 1, "hit": 0}


def test_rows_count_what_was_executed_of_a_node_and_what_hit(account: Account) -> None:
    said = account.as_json()
    assert said["nodes"]["validate"] == {"executed": 1, "hit": 1}
    assert said["rows"] == {"validate": {"executed": 3, "hit": 5}}


def test_stages_come_in_the_order_of_the_flow(account: Account) -> None:
    assert list(account.as_json()["nodes"]) == ["propose", "validate", "score"]


def test_every_outcome_is_named_also_where_it_did_not_come(account: Account) -> None:
    assert account.as_json()["outcomes"] == {
        "returned": 6,
        "raised": 4,
        "timed_out": 0,
        "out_of_memory": 0,
        "invalid": 0,
        "killed": 0,
    }


def test_cpu_counts_this_process_and_the_workers(account: Account) -> None:
    assert account.as_json()["cpu_s"] > account.cluster_cpu_s


def test_the_table_of_a_run_has_the_numbers_of_its_json(account: Account) -> None:
    head, *rows = lines(run_table(account))
    assert head[:3] == ["stage", "nodes", "run"]
    assert rows == [
        ["propose", "1", "1", "50.0%", "0.00", "0.00"],
        ["validate", "1", "1", "3", "5", "62.5%", "0.00", "3.00"],
        ["score", "1", "0", "0.0%", "0.00", "0.00"],
    ]


def test_the_timing_ends_with_the_rest_and_the_whole(account: Account) -> None:
    _, *rows = lines(timing_table(account))
    assert [row[0] for row in rows] == ["import", "validate", "unaccounted", "total"]
    assert rows[0][1] == "2.000"
    assert sum(float(row[1]) for row in rows[:-1]) == pytest.approx(float(rows[-1][1]), abs=0.002)
    assert sum(float(row[2].rstrip("%")) for row in rows[:-1]) == pytest.approx(100.0, abs=0.3)


ROTATED = (Cause("function", "m:rotate_90", "m.py:1", "0a", "0b"),)
PLAN = Plan(
    (
        PlanNode("propose", "hit", "hit", notes=("m is taken whole",)),
        PlanNode("validate", "run", "...", 10, 4, (Why(ROTATED, 3), Why((Cause("new"),), 1))),
        PlanNode("validate", "run", "...", 6, 2, (Why(ROTATED, 2),)),
        PlanNode("validate", "hit", "hit", 5),
        PlanNode("score", "pending", "waits for validate"),
    )
)


def test_a_plan_counts_nodes_rows_reasons_and_causes_by_stage() -> None:
    reason = "function rotate_90 changed (m.py:1)"
    rotated = {"kind": "function", "name": "m:rotate_90", "where": "m.py:1", "old": "0a", "new": "0b"}
    new = {"kind": "new", "name": "", "where": "", "old": "", "new": ""}
    assert plan_json(PLAN) == {
        "flow": "arc",
        "nodes": {
            "propose": {"hit": 1, "run": 0, "pending": 0},
            "validate": {"hit": 1, "run": 2, "pending": 0},
            "score": {"hit": 0, "run": 0, "pending": 1},
        },
        "rows": {"validate": {"run": 6, "hit": 15}},
        "reasons": {"propose": {}, "validate": {reason: 5, "new": 1}, "score": {}},
        "causes": {
            "propose": [],
            "validate": [
                {"count": 5, "reason": reason, "causes": [rotated]},
                {"count": 1, "reason": "new", "causes": [new]},
            ],
            "score": [],
        },
        "notes": {"propose": ["m is taken whole"], "validate": [], "score": []},
    }


def test_the_table_of_a_plan_has_the_numbers_of_its_json() -> None:
    _, *rows = lines(plan_table(PLAN))
    assert rows == [
        ["propose", "1", "0", "0"],
        ["validate", "1", "2", "0", "15", "6"],
        ["score", "0", "0", "1"],
    ]
