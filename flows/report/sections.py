"""The parts of a report's page that need no script: what the run came to, in tables.

Owns: their wording and their markup. Whatever comes from a run goes through `escape`.
"""

from __future__ import annotations

import datetime
import html
import math
from collections.abc import Iterable, Mapping, Sequence

from flows.output import shown
from flows.report.charts import COLOURS
from flows.report.data import PuzzleReport, Report

__all__ = ["escape", "overview"]

_FATES = (("solved", "✓"), ("near", "≈"), ("far", "·"), ("error", "!"))
_SORTS = (
    ("id", "id"),
    ("status", "status"),
    ("nearness", "right cells"),
    ("candidates", "candidates"),
    ("slowest", "slowest candidate"),
)
_SLOWEST = 20


def escape(text: object) -> str:
    """Text for HTML, with what cannot be printed written out."""
    return html.escape(shown(str(text)))


def overview(report: Report, symbols: bool) -> str:
    parts = [
        _head(report, symbols),
        "<noscript><section>The map of puzzles and the charts need JavaScript.</section></noscript>",
        '<main><div id="overview">',
        _cards(report),
        *(f'<section class="dim">{escape(note)}</section>' for note in report.notes),
        _compared(report),
        _map(report),
        '<div class="columns" id="run"><div>',
        _stages(report),
        _misses(report),
        _slow_nodes(report),
        "</div><div>",
        _phases(report),
        _nearness(),
        _slow_programs(report),
        "</div></div>",
        _settings(report),
        '</div><div id="puzzle" hidden></div></main>',
    ]
    return "\n".join(filter(None, parts))


def _head(report: Report, symbols: bool) -> str:
    header = report.header
    data = f"{header.settings.get('dataset', '')} {header.settings.get('split', '')}"
    return (
        f'<header class="head"><h1>memoflow report</h1>'
        f'<p><span class="id">{escape(header.run)}</span> · {_started(header.started)} · {escape(data)}</p>'
        f'<label><input type="checkbox" id="symbols"{" checked" if symbols else ""}> Symbols in cells</label>'
        "</header>"
    )


def _started(started: str) -> str:
    """When a run began, as people write it; as it stands where the ledger holds no date."""
    try:
        told = (
            datetime.datetime.fromisoformat(started).astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
        )
    except ValueError:
        told = started
    return f"<time>{escape(told)}</time>"


def _cards(report: Report) -> str:
    header = report.header
    cards = [
        (
            "Solved",
            f"{header.solved_test} of {header.puzzles}",
            f"{header.solved_train} on all train samples",
        ),
        ("Hit rate", _rate(header.hit_rate), "of rows and single nodes"),
        ("Wall clock", _time(header.wall_s), ""),
        ("CPU", _time(header.cpu_s), "with workers and their children"),
        ("CPU saved", _time(header.saved_s), "what hits took when computed"),
        ("Candidates", f"{header.candidates:,}", f"{header.unique:,} unique"),
    ]
    told = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}<small>{escape(more)}</small></dd></div>"
        for name, value, more in cards
    )
    total = max(1, sum(header.statuses.values()))
    bars = "".join(
        f'<i style="width:{100 * count / total:.2f}%;background:{COLOURS[status]}"></i>'
        for status, count in header.statuses.items()
        if count
    )
    said = ", ".join(f"{count} {status}" for status, count in header.statuses.items())
    return (
        f'<dl class="cards">{told}</dl><div class="bars" role="img" aria-label="{escape(said)}">{bars}</div>'
    )


def _rate(rate: float) -> str:
    """A share, rounded down: 100.0% is said only where nothing was executed."""
    return f"{math.floor(1000 * rate) / 10:.1f}%"


def _time(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest:.0f} s" if minutes else f"{seconds:.2f} s"


def _map(report: Report) -> str:
    chips = "".join(
        f'<button type="button" class="chip {status}" data-status="{status}" aria-pressed="false">'
        f"{symbol} {status} {report.header.statuses[status]}</button>"
        for status, symbol in _FATES
    )
    options = "".join(f'<option value="{key}">{name}</option>' for key, name in _SORTS)
    return f"""<section aria-labelledby="puzzles"><div class="head"><h2 id="puzzles">Puzzles</h2>
<p><output id="count" aria-live="polite"></output> · <a href="#run">to stages, time, reasons ↓</a></p></div>
<div class="tools">
<label class="search">Search <input type="search" id="search" placeholder="id, program, status"></label>
{chips}
<label>Sort by <select id="sort">{options}</select></label>
<button type="button" id="reverse" aria-pressed="false">Reverse</button>
</div>
<ul id="map"></ul>
<p class="dim keys"><kbd>/</kbd> search · arrows move · <kbd>Enter</kbd> opens · <kbd>Esc</kbd> back ·
<kbd>s</kbd> symbols</p>
</section>"""


def _compared(report: Report) -> str:
    compared = report.compared
    if compared is None:
        return ""
    places = {puzzle.id: place for place, puzzle in enumerate(report.puzzles)}
    lists = [
        ("newly solved", compared.newly_solved),
        ("newly lost", compared.newly_lost),
        ("newly solved on train samples", compared.newly_solved_train),
        ("newly lost on train samples", compared.newly_lost_train),
        ("other best candidate or attempts", compared.changed),
        ("only in this run", compared.only_new),
        ("only in the earlier run", compared.only_old),
    ]
    told = [(title, f"{len(names)}: {_links(names, places)}") for title, names in lists if names]
    told = told or [("puzzles", "none newly solved, none newly lost, no other attempts")]
    told.append(("what changed", "<br>".join(map(escape, compared.causes)) or "same settings, same code"))
    terms = "".join(f"<dt>{escape(title)}</dt><dd>{inside}</dd>" for title, inside in told)
    return _section(
        "Since the run before",
        f'<p class="dim"><span class="id">{escape(compared.run)}</span> · {_started(compared.started)}</p>'
        f'<dl class="since">{terms}</dl>',
    )


def _links(names: Iterable[str], places: Mapping[str, int]) -> str:
    return " ".join(_link(name, places) for name in names)


def _link(name: str, places: Mapping[str, int]) -> str:
    """A puzzle by name, leading to its own page where it has one: `page.js` knows the address of the
    one at a place."""
    if name not in places:
        return f'<span class="id">{escape(name)}</span>'
    return f'<a class="id" data-place="{places[name]}">{escape(name)}</a>'


def _stages(report: Report) -> str:
    head = ("stage", "nodes hit", "nodes run", "rows hit", "rows run", "hit rate")
    rows = []
    for each in report.stages:
        hit, run = (each.rows_hit, each.rows_executed) if each.rows else (each.nodes_hit, each.nodes_executed)
        of_rows = (f"{each.rows_hit:,}", f"{each.rows_executed:,}") if each.rows else ("", "")
        nodes = (f"{each.nodes_hit:,}", f"{each.nodes_executed:,}")
        rows.append((each.stage, *nodes, *of_rows, _rate(hit / max(1, hit + run))))
    return _section("Stages", f'<div class="chart" id="chart-stages"></div>{_table(head, rows)}')


def _phases(report: Report) -> str:
    """The wall clock adds up to the whole."""
    total = sum(phase.wall_s for phase in report.phases)
    rows = [
        (phase.name, f"{phase.wall_s:.3f}", f"{phase.wall_s / max(total, 1e-9):.1%}", f"{phase.cpu_s:.3f}")
        for phase in report.phases
    ]
    foot = ("wall clock", f"{total:.3f}", "100.0%", f"{report.header.cpu_s:.3f}")
    table = _table(("phase", "wall s", "share", "CPU s"), rows, foot)
    return _section("Where the time went", f'<div class="chart" id="chart-phases"></div>{table}')


def _misses(report: Report) -> str:
    if not report.misses:
        return _section("Why it ran", '<p class="dim">Everything hit.</p>')
    rows = [(each.reason, each.stage, f"{each.count:,}") for each in report.misses]
    return _section("Why it ran", _table(("reason", "stage", "results"), rows, texts=2))


def _nearness() -> str:
    return _section("How near the unsolved ones come", '<div class="chart" id="chart-nearness"></div>')


def _slow_nodes(report: Report) -> str:
    rows = [
        (
            each.puzzle,
            each.stage,
            "" if each.rows is None else f"{each.rows:,}",
            f"{each.executed:,} run" if each.executed else "hit",
            f"{each.seconds:.3f}",
        )
        for each in report.slow_nodes[:_SLOWEST]
    ]
    head = ("puzzle", "stage", "rows", "this run", "seconds")
    return _section("Slowest nodes", _table(head, rows, texts=2, puzzles=report.puzzles))


def _slow_programs(report: Report) -> str:
    rows = [(each.puzzle, each.name, f"{each.cpu_s:.3f}") for each in report.slow_programs]
    head = ("puzzle", "candidate", "CPU s")
    return _section("Slowest candidates", _table(head, rows, texts=2, puzzles=report.puzzles))


def _settings(report: Report) -> str:
    header = report.header
    settings = _table(
        ("setting", "value"), [(name, _value(held)) for name, held in header.settings.items()], texts=2
    )
    versions = _table(("package", "version"), list(header.versions.items()), texts=2)
    outcomes = _table(
        ("outcome", "candidates"), [(kind.replace("_", " "), f"{n:,}") for kind, n in header.outcomes.items()]
    )
    return f"""<section><details><summary><b>Settings, versions, outcomes</b></summary>
<div class="columns"><div>{settings}</div><div>{versions}{outcomes}</div></div></details></section>"""


def _value(held: object) -> str:
    return ", ".join(map(str, held)) if isinstance(held, list | tuple) else str(held)


def _section(title: str, inside: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{inside}</section>"


def _table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    foot: Sequence[str] = (),
    texts: int = 1,
    puzzles: Sequence[PuzzleReport] = (),
) -> str:
    """A table of which the first `texts` columns hold text, the others numbers; with `puzzles`, the
    first column names some of them."""
    if not rows:
        return '<p class="dim">Nothing was noted.</p>'
    places = {puzzle.id: place for place, puzzle in enumerate(puzzles)}

    def cells(row: Sequence[str], name: str) -> str:
        kinds = [' class="text"' if place < texts else "" for place in range(len(row))]
        held = [_link(row[0], places) if puzzles and name == "td" else escape(row[0]), *map(escape, row[1:])]
        return "".join(f"<{name}{kind}>{each}</{name}>" for each, kind in zip(held, kinds, strict=True))

    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    last = f"<tfoot><tr>{cells(foot, 'td')}</tr></tfoot>" if foot else ""
    first = f"<thead><tr>{cells(head, 'th')}</tr></thead>"
    return f'<div class="scroll"><table>{first}<tbody>{body}</tbody>{last}</table></div>'
