"""What notebooks show of plans and runs.

Owns: their HTML, a table by stage each. All text in it is escaped, and a plan of many nodes stays as small
as one of few.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.flow import Run
    from flows.plan import Plan

__all__ = ["plan_html", "run_html"]

_REASONS = 20
"""Reasons that are told one by one."""


def plan_html(plan: Plan) -> str:
    """Per stage how many nodes and rows hit, run or wait; below, the reasons, the most frequent first."""
    fates: dict[str, Counter[str]] = {}
    reasons = Counter[tuple[str, str]]()
    for node in plan.nodes:
        counts = fates.setdefault(node.stage, Counter())
        counts[node.status] += 1
        counts["rows run"] += node.missing if node.rows is not None else 0
        counts["rows hit"] += (node.rows or 0) - (node.missing if node.rows is not None else 0)
        for reason, count in node.causes:
            reasons[node.stage, reason] += count
    kinds = ("hit", "run", "pending", "rows hit", "rows run")
    table = _table(
        ["stage", *kinds], ([stage, *map(counts.__getitem__, kinds)] for stage, counts in fates.items())
    )
    told = [f"{stage}: {count} because {reason}" for (stage, reason), count in reasons.most_common(_REASONS)]
    more = len(reasons) - len(told)
    return _block(table, [*told, f"and {more} more reasons"] if more else told)


def run_html(run: Run) -> str:
    """Per stage what was executed and what hit; below, a look at the value."""
    kinds = (run.executed, run.hits, run.rows_executed, run.rows_hit)
    stages = dict.fromkeys(stage for counts in kinds for stage in counts)
    rows = ([stage, *(counts[stage] for counts in kinds)] for stage in stages)
    table = _table(["stage", "executed", "hit", "rows executed", "rows hit"], rows)
    return _block(table, [f"value: {_begun(run.value)}"])


def _begun(value: object) -> str:
    """The beginning of a value, without writing out a large one."""
    from reprlib import repr as short  # only notebooks ask for it

    return short(value)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    cells = "".join(f"<th>{escape(each)}</th>" for each in head)
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def _block(table: str, lines: Iterable[str]) -> str:
    return f"<div>{table}{'<br>'.join(map(escape, lines))}</div>"
