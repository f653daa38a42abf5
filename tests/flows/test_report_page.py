"""The page of a report: whatever things are called, it is text; nothing is fetched; it stays small."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from command_line import run_here
from finished_run import HOSTILE, finish, scored, write_collection

from store import Store
from tasks.puzzle import load

ELEMENTS_WITH_ADDRESSES = {"src", "href", "action", "data", "srcset", "poster"}


class Elements(HTMLParser):
    """The elements of a page, and what stands in its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside.append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is not None:  # inside a script or style
            self.inside[-1] += data

    def named(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        return [
            (attributes, inside)
            for (name, attributes), inside in zip(self.elements, self.inside, strict=True)
            if name == tag
        ]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a run of which every name tries to become markup."""
    folder = tmp_path_factory.mktemp("hostile")
    file = write_collection(folder / "puzzles.json", [f"{HOSTILE} {place}" for place in range(2)])
    puzzles = load(str(file), "training")
    results = {name: scored(puzzle, True, 2, 1000, f"\ud800 {HOSTILE}") for name, puzzle in puzzles.items()}
    failures = {f"failed {HOSTILE}": HOSTILE}
    finish(Store(folder / "store"), puzzles, results, (), dataset=str(file))
    finish(
        Store(folder / "store"), puzzles, results, puzzles, failures, dataset=str(file), **{HOSTILE: HOSTILE}
    )
    assert run_here("report", "--store", folder / "store", "--out", folder / "report.html").code == 0
    return folder


@pytest.fixture(scope="module")
def text(place: Path) -> str:
    return (place / "report.html").read_text(encoding="utf-8")


def test_no_name_becomes_markup(text: str) -> None:
    elements = Elements(text)
    assert elements.named("img") == []
    assert all(not name.startswith("on") for _, attributes in elements.elements for name in attributes)
    assert "<img src=x" not in text.replace("&lt;img src=x", "")
    kinds = [attributes.get("type", "code") for attributes, _ in elements.named("script")]
    assert kinds == ["text/plain", "text/plain", "code", "code", "code"]
    assert "&lt;/script&gt;&lt;img src=x onerror=&quot;" in text


def test_the_page_and_the_file_beside_it_say_the_same(place: Path, text: str) -> None:
    (inside,) = [
        held for attributes, held in Elements(text).named("script") if attributes.get("id") == "report"
    ]
    beside: dict[str, Any] = json.loads((place / "report.html.json").read_text(encoding="utf-8"))
    assert json.loads(zlib.decompress(base64.b64decode(inside))) == beside
    assert HOSTILE in beside["puzzles"][0]["id"]
    assert beside["compared"]["newly_solved"]


def test_the_policy_lets_the_scripts_of_the_page_run_and_nothing_else(text: str) -> None:
    elements = Elements(text)
    (policy,) = [
        str(attributes["content"])
        for attributes, _ in elements.named("meta")
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    scripts = [held for attributes, held in elements.named("script") if "type" not in attributes]
    digests = [base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in scripts]
    allowed = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert allowed.split()[1:] == [f"'sha256-{digest}'" for digest in digests]
    assert "default-src 'none'" in policy


def test_the_page_needs_nothing_from_elsewhere(text: str) -> None:
    addresses = [
        value
        for _, attributes in Elements(text).elements
        for name, value in attributes.items()
        if name in ELEMENTS_WITH_ADDRESSES
    ]
    assert addresses == ["data:,", "#run"]
    (style,) = Elements(text).named("style")
    assert re.findall(r"url\(|@import", style[1]) == []
