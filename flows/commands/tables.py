"""What a run says when it ends: one table, and the same as JSON.

Owns: the account of a run in the terms of the contract, its JSON, and the tables for run, plan and
timing.
"""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.arc import Results
from flows.clock import Clock
from flows.flow import Tally
from flows.instances.others import Others
from flows.output import aligned
from store.cause import Cause, describe

if TYPE_CHECKING:
    from flows.plan import Plan, PlanNode
    from flows.recompute import Differing, Recomputed

__all__ = [
    "Account",
    "counts_json",
    "instance_line",
    "node_json",
    "plan_json",
    "plan_table",
    "run_table",
    "timing_table",
]

STAGES = ("propose", "filter", "inline", "validate", "score", "differ", "rank", "trust", "observe", "best")


@dataclass(frozen=True)
class Account:
    """Everything that is reported of a run of the ARC flow. `factors` are the seconds that a reference
    second took in each sandbox."""

    run: str
    results: Results
    tally: Tally
    clock: Clock
    cluster_cpu_s: float
    store: Mapping[str, float]
    verified: Recomputed | None
    others: Others
    factors: tuple[float, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The account in the form that the contract gives."""
        total, results, tally = self.clock.total(), self.results, self.tally
        said = {
            "run": self.run,
            "flow": "arc",
            "puzzles": len(results.scored),
            "missing": len(results.puzzles) - len(results.scored),
            "solved_train": len(results.solved_train),
            "solved_test": len(results.solved_test),
            "candidates": results.candidates,
            "unique": results.unique,
            "nodes": counts_json(tally.executed, tally.hits),
            "rows": counts_json(tally.rows_executed, tally.rows_hit),
            "outcomes": results.outcome_counts(),
            "phases": {
                name: {"wall_s": spent.wall_s, "cpu_s": spent.cpu_s}
                for name, spent in self.clock.phases.items()
            },
            "wall_s": total.wall_s,
            "cpu_s": self.cpu_s,
            "unaccounted_s": self.clock.rest.wall_s,
            "store": dict(self.store),
            "calibration": list(self.factors),
        }
        if self.verified is not None:
            said["verify"] = {
                "checked": self.verified.checked,
                "differing": [self._differing_json(each) for each in self.verified.differing],
            }
        if not self.others.instance.alone:
            said["instance"] = self.others.as_json(tally.rows_executed.total(), tally.rows_hit.total())
        return said

    def _differing_json(self, each: Differing) -> dict[str, str]:
        return {
            "function": each.function,
            "where": each.where,
            "puzzle": list(self.results.puzzles)[each.target],
            "item": each.item,
            "stored": each.stored,
            "computed": each.computed,
        }

    @property
    def cpu_s(self) -> float:
        """CPU of this process, its workers and their children."""
        return time.process_time() + self.cluster_cpu_s


def counts_json(executed: Mapping[str, int], hits: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """How many were executed and how many hit, by stage."""
    stages = [name for name in STAGES if name in executed or name in hits]
    return {name: {"executed": executed.get(name, 0), "hit": hits.get(name, 0)} for name in stages}


def run_table(account: Account) -> str:
    """Per stage: nodes and rows executed and hit, hit rate, wall clock and CPU seconds."""
    table = [("stage", "nodes run", "nodes hit", "rows run", "rows hit", "hit rate", "wall s", "cpu s")]
    said = account.as_json()
    for stage, nodes in said["nodes"].items():
        rows = said["rows"].get(stage)
        counted = rows or nodes
        rate = counted["hit"] / max(1, counted["executed"] + counted["hit"])
        spent = said["phases"].get(stage, {"wall_s": 0.0, "cpu_s": 0.0})
        table.append(
            (
                stage,
                str(nodes["executed"]),
                str(nodes["hit"]),
                str(rows["executed"]) if rows else "",
                str(rows["hit"]) if rows else "",
                f"{rate:.1%}",
                f"{spent['wall_s']:.2f}",
                f"{spent['cpu_s']:.2f}",
            )
        )
    return aligned(table)


def instance_line(account: Account) -> str:
    """How much of the work of all instances this one found done, and how much of that the others did
    while it ran."""
    said = account.as_json()["instance"]
    others = said["by_others"]
    return (
        f"instance {said['number']}/{said['count']}: hit rate {said['hit_rate']:.1%} of rows; others "
        f"finished {others['puzzles']} puzzles meanwhile, of {others['rows']} rows"
    )


def timing_table(account: Account) -> str:
    """Wall clock and CPU seconds by phase; the wall clock adds up to the whole."""
    table = [("phase", "wall s", "share", "cpu s")]
    total = account.clock.total()
    phases = {**account.clock.phases, "unaccounted": account.clock.rest}
    for name, spent in phases.items():
        share = f"{spent.wall_s / total.wall_s:.1%}"
        table.append((name, f"{spent.wall_s:.3f}", share, f"{spent.cpu_s:.3f}"))
    table.append(("total", f"{total.wall_s:.3f}", "100.0%", f"{account.cpu_s:.3f}"))
    return aligned(table)


def plan_json(plan: Plan) -> dict[str, Any]:
    """Counts of nodes and rows by stage and fate, and the rows (or calls) to run by reason and by
    causes."""
    said: dict[str, Any] = {"flow": "arc", "nodes": {}, "rows": {}, "reasons": {}}
    why: dict[str, Counter[tuple[Cause, ...]]] = {}
    notes: dict[str, dict[str, None]] = {}
    for node in plan.nodes:
        nodes = said["nodes"].setdefault(node.stage, {"hit": 0, "run": 0, "pending": 0})
        nodes[node.status] += 1
        if node.rows is not None:
            rows = said["rows"].setdefault(node.stage, {"hit": 0, "run": 0})
            rows["run"] += node.missing
            rows["hit"] += node.rows - node.missing
        reasons = said["reasons"].setdefault(node.stage, {})
        for reason, count in node.causes:
            reasons[reason] = reasons.get(reason, 0) + count
        counts = why.setdefault(node.stage, Counter())
        for each in node.why:
            counts[each.causes] += each.count
        notes.setdefault(node.stage, {}).update(dict.fromkeys(node.notes))
    said["causes"] = {
        stage: [_why_json(causes, count) for causes, count in counts.most_common()]
        for stage, counts in why.items()
    }
    said["notes"] = {stage: list(of_stage) for stage, of_stage in notes.items()}
    return said


def node_json(node: PlanNode) -> dict[str, Any]:
    """One node's fate, with its causes and notes."""
    return {
        "stage": node.stage,
        "status": node.status,
        "reason": node.reason,
        "causes": [_why_json(each.causes, each.count) for each in node.why],
        "notes": list(node.notes),
    }


def _why_json(causes: tuple[Cause, ...], count: int) -> dict[str, Any]:
    """How many rows (or calls) have some causes in common, and those."""
    said = [dataclasses.asdict(cause) for cause in causes]
    return {"count": count, "reason": describe(causes), "causes": said}


def plan_table(plan: Plan) -> str:
    """Per stage: nodes that hit, run or wait, rows that hit or run."""
    table = [("stage", "nodes hit", "nodes run", "pending", "rows hit", "rows run")]
    said = plan_json(plan)
    for stage in _known(said["nodes"]):
        nodes, rows = said["nodes"][stage], said["rows"].get(stage)
        of_rows = (str(rows["hit"]), str(rows["run"])) if rows else ("", "")
        table.append((stage, str(nodes["hit"]), str(nodes["run"]), str(nodes["pending"]), *of_rows))
    return aligned(table)


def _known(stages: Iterable[str]) -> list[str]:
    found = set(stages)
    return [stage for stage in STAGES if stage in found]
