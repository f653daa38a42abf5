"""The page's text: tiles and tables, as HTML.

Owns: that every text from elsewhere is escaped. Pure: from snapshots to markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import cycle

from flows.progress.snapshot import Snapshot
from flows.quantity import told_duration

__all__ = ["COLOURS", "STYLE", "headline", "outcomes_table", "slowest_table", "stages_table", "workers_table"]

COLOURS = ("#e69f00", "#56b4e9", "#009e73", "#0072b2", "#d55e00", "#cc79a7", "#a89500", "#8c8c8c")
"""Of stages, in their order; colour-blind people tell them apart."""

STYLE = """
:host { min-width: 0; font: 14px Helvetica, Arial, sans-serif; color: #222; }
.bk-clearfix { display: block; width: 100%; }
.tiles { display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0; }
.tile { flex: 1 1 110px; padding: 8px 12px; border: 1px solid #ccc; border-radius: 6px; background: #fff; }
.tile b { display: block; font-size: 20px; font-weight: 600; white-space: nowrap; }
.tile span { color: #595959; font-size: 12px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; background: #fff; }
caption { text-align: left; font-weight: 600; padding: 8px 0 4px; }
th, td { padding: 4px 10px; border-bottom: 1px solid #ddd; text-align: right; white-space: nowrap; }
th { color: #595959; font-weight: 600; }
th:first-child, td:first-child { text-align: left; }
.word, .text { text-align: left; }
.text:last-child { width: 100%; }
td.text { font-family: monospace; white-space: normal; overflow-wrap: anywhere; }
i { display: inline-block; width: 10px; height: 10px; margin-right: 8px; border-radius: 2px; }
p { color: #595959; }
@media (max-width: 600px) { th, td { padding: 4px 3px; font-size: 12px; } th { white-space: normal; } }
@media (prefers-color-scheme: dark) {
  :host { color: #ddd; }
  .tile, table { background: #1e1e1e; border-color: #444; }
  th, td { border-color: #333; }
  .tile span, th, p { color: #aaa; }
}
"""


def headline(snapshot: Snapshot, rows_per_second: float) -> str:
    """The run at a glance."""
    standing, left = snapshot.standing, snapshot.left_s
    tiles = [
        (f"{snapshot.finished} / {snapshot.targets}", "finished"),
        (str(standing.solved_train), "solved, train"),
        (str(standing.solved_test), "solved, test"),
        (str(snapshot.failed), "failed"),
        (_percent(snapshot.hit_rate), "hit rate"),
        (f"{rows_per_second:.0f}", "rows per second"),
        (told_duration(snapshot.saved_s), "CPU saved, about"),
        (told_duration(snapshot.seconds), "ended after" if snapshot.ended else "so far"),
    ]
    if not snapshot.ended:
        tiles.append((told_duration(left) if left is not None else "unknown", "time left"))
    cells = (f'<div class="tile"><b>{escape(value)}</b><span>{name}</span></div>' for value, name in tiles)
    return f'<div class="tiles">{"".join(cells)}</div><p>run {escape(snapshot.run)}</p>'


def stages_table(snapshot: Snapshot) -> str:
    """Counts by stage, as the run's own table has them."""
    head = ("stage", "nodes run", "nodes hit", "waiting", "failed", "rows run", "rows hit", "hit rate")
    rows = [
        [
            each.stage,
            str(each.nodes_executed),
            str(each.nodes_hit),
            str(each.waiting),
            str(each.failed),
            str(each.rows_executed) if each.has_rows else "",
            str(each.rows_hit) if each.has_rows else "",
            _percent(each.hit_rate) if each.hit_rate is not None else "",
        ]
        for each in snapshot.stages
    ]
    return _table("Stages", head, rows, colours=COLOURS)


def workers_table(workers: Iterable[tuple[str, str, str]]) -> str:
    """What each worker does: name, stage, puzzle."""
    return _table("Workers", ("worker", "stage", "puzzle"), workers, words=(1,), texts=(2,))


def slowest_table(snapshot: Snapshot) -> str:
    rows = ((each.label, f"{each.cpu_s:.3f}", each.item) for each in snapshot.slowest)
    return _table("Slowest candidates", ("puzzle", "CPU s", "program"), rows, texts=(2,))


def outcomes_table(snapshot: Snapshot) -> str:
    outcomes = snapshot.standing.outcomes or {}
    rows = ((kind.replace("_", " "), str(count)) for kind, count in outcomes.items())
    return _table("Outcomes", ("outcome", "candidates"), rows)


def _table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    words: tuple[int, ...] = (),
    texts: tuple[int, ...] = (),
    colours: Sequence[str] = ("",),
) -> str:
    """A table; `words` are the columns of short texts, `texts` those of long ones, which may be broken
    anywhere; `colours` are those of marks before the rows."""

    def line(tag: str, cells: Sequence[str], mark: str = "") -> str:
        classes = {**dict.fromkeys(words, ' class="word"'), **dict.fromkeys(texts, ' class="text"')}
        kinds = [classes.get(place, "") for place in range(len(cells))]
        marks = [mark, *[""] * len(cells)]
        return "".join(
            f"<{tag}{kind}>{before}{escape(cell)}</{tag}>"
            for cell, kind, before in zip(cells, kinds, marks, strict=False)
        )

    marks = (f'<i style="background: {colour}"></i>' if colour else "" for colour in cycle(colours))
    body = "".join(f"<tr>{line('td', row, mark)}</tr>" for row, mark in zip(rows, marks, strict=False))
    body = body or f'<tr><td colspan="{len(head)}">none yet</td></tr>'
    return (
        f'<div class="scroll"><table><caption>{caption}</caption>'
        f"<thead><tr>{line('th', head)}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _percent(rate: float | None) -> str:
    return f"{rate:.1%}" if rate is not None else "unknown"
