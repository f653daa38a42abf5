"""The report, as people use it: from the map to a puzzle, by mouse and by keyboard, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import read_json, run_here
from finished_run import HOSTILE, finish, scored, write_collection
from playwright.sync_api import Page, expect

from store import Store
from tasks.colours import COLOURS
from tasks.puzzle import load

from .conftest import Tab

NAMES = [*(f"mirror{place}" for place in range(9)), HOSTILE]
FATES = [(2, 1000), (2, 1000), (1, 700), (0, 960), (0, 900), (0, 400), (0, 0), (2, 1000), (0, 500), (0, 910)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of eleven puzzles, one of them failed and one called like markup."""
    folder = tmp_path_factory.mktemp("report")
    file = write_collection(folder / "puzzles.json", NAMES)
    puzzles, solved = load(str(file), "training"), {"mirror0", "mirror1"}
    results = {
        name: scored(puzzles[name], name in solved, *fate, name=f"of {name}")
        for name, fate in zip(NAMES, FATES, strict=True)
    }
    data: dict[str, Any] = {"dataset": str(file)}
    finish(Store(folder / "store"), puzzles, results, {"mirror0", "mirror8"}, **data)
    finish(Store(folder / "store"), puzzles, results, solved, {"broken": HOSTILE}, **data)
    said = run_here("report", "--store", folder / "store", "--out", folder / "report.html")
    assert said.code == 0
    return folder


@pytest.fixture(scope="module")
def report(folder: Path) -> Any:
    return read_json(folder / "report.html.json")


@pytest.fixture
def page(tab: Tab, folder: Path) -> Page:
    """The report, charts and all."""
    tab.page.goto((folder / "report.html").as_uri())
    expect(tab.page.locator("body[data-charts=light]")).to_be_visible()
    return tab.page


def ids(page: Page) -> list[str]:
    return page.locator("#map .id").all_inner_texts()


def ids_of(report: Any, key: Callable[[Any], Any], status: str = "") -> list[str]:
    puzzles = [each for each in report["puzzles"] if status in ("", each["status"])]
    return [each["id"] for each in sorted(puzzles, key=key)]


def by_id(each: Any) -> str:
    return str(each["id"])


def test_counts_on_the_page_are_those_of_the_json(page: Page, report: Any) -> None:
    header = report["header"]
    cards = page.locator(".cards dd").all_inner_texts()
    assert cards[0].startswith(f"{header['solved_test']} of {header['puzzles']}\n")
    assert cards[1].startswith("99.7%\n")
    assert 0.997 < header["hit_rate"] < 0.998
    chips = page.locator(".chip").all_inner_texts()
    assert [int(chip.split()[-1]) for chip in chips] == [*header["statuses"].values()]
    for each in report["stages"]:
        row = page.locator("tr", has=page.get_by_role("cell", name=each["stage"], exact=True)).first
        told = row.locator("td").all_inner_texts()
        assert [int(count) for count in told[1:3]] == [each["nodes_hit"], each["nodes_executed"]]
    assert page.locator("canvas").count() >= 3
    assert ids(page) == ids_of(report, by_id)
    expect(page.locator("#count")).to_have_text("11 of 11 puzzles")
    assert page.title() == f"memoflow report: {header['run']}"
    assert page.locator("img").count() == 0


def test_the_map_is_searched_filtered_and_sorted(page: Page, report: Any) -> None:
    page.keyboard.press("/")
    page.keyboard.type("MIRROR7 near")
    assert ids(page) == ["mirror7"]
    page.keyboard.press("Escape")
    page.locator(".chip.near").click()
    assert ids(page) == ids_of(report, by_id, "near")
    page.locator(".chip.solved").click()
    assert len(ids(page)) == report["header"]["statuses"]["near"] + report["header"]["statuses"]["solved"]
    page.locator(".chip.solved").click()
    page.locator(".chip.near").click()
    page.get_by_label("Sort by").select_option("nearness")
    nearest = ids_of(report, lambda each: (-each["nearness"], each["id"]))
    assert ids(page) == nearest
    page.get_by_role("button", name="Reverse").click()
    assert ids(page) == nearest[::-1]
    page.get_by_label("Search").fill("newly lost")
    assert ids(page) == report["compared"]["newly_lost"] == ["mirror8"]


def test_a_puzzle_shows_attempts_beside_the_truth_and_its_programs(page: Page, report: Any) -> None:
    page.get_by_role("link", name="mirror2:").click()
    told = next(each for each in report["puzzles"] if each["id"] == "mirror2")
    expect(page.locator("#puzzle h2").first).to_have_text("Puzzle mirror2")
    grids = page.locator("#puzzle svg.grid")
    assert grids.count() == 2 * len(told["train"]) + 4
    (test,) = told["test"]
    marks = page.locator("#puzzle path.marked")
    assert marks.count() == test["right"].count(False) == 2
    assert [str(path.get_attribute("d")).count("z") for path in marks.all()] == [1, 1]
    assert page.locator("figcaption", has_text="1 cells differ").count() == 2
    assert page.locator(".program .name").all_inner_texts()[0] == f"1. {told['programs'][0]['name']}"
    assert page.locator("pre").first.inner_text().strip() == told["programs"][0]["source"].strip()
    page.get_by_role("link", name="all puzzles").click()
    expect(page.locator("#overview")).to_be_visible()


def test_everything_is_done_by_keyboard(page: Page) -> None:
    names, first = ids(page), page.locator("#puzzle h2").first
    page.locator("#map a").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(first).to_have_text(f"Puzzle {names[1]}")
    page.keyboard.press("Escape")
    expect(page.locator("#map a").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(first).to_have_text(f"Puzzle {names[1]}")
    page.keyboard.press("ArrowRight")
    expect(first).to_have_text(f"Puzzle {names[2]}")
    page.keyboard.press("ArrowLeft")
    expect(first).to_have_text(f"Puzzle {names[1]}")
    page.keyboard.press("ArrowLeft")
    expect(first).to_have_text(f"Puzzle {names[0]}")
    page.keyboard.press("Escape")
    expect(page.locator("#map a").first).to_be_focused()


def test_names_that_would_be_markup_are_shown_as_they_are(page: Page, folder: Path) -> None:
    page.locator("#map .id", has_text=HOSTILE).click()
    expect(page.locator("#puzzle h2").first).to_have_text(f"Puzzle {HOSTILE}")
    expect(page.locator(".program .name").first).to_have_text(f"1. of {HOSTILE}_0")
    page.reload()
    expect(page.locator("#puzzle h2").first).to_have_text(f"Puzzle {HOSTILE}")
    page.goto((folder / "report.html").as_uri() + "#puzzle=broken")
    expect(page.locator("#puzzle p.error")).to_have_text(f"RuntimeError: {HOSTILE}")
    assert page.title().startswith("memoflow report")
    assert page.locator("img").count() == 0


def test_symbols_are_shown_on_request(page: Page, folder: Path) -> None:
    page.get_by_role("link", name="mirror2:").click()
    symbols = page.locator("#puzzle svg").first.locator(".symbols")
    expect(symbols).to_be_hidden()
    page.get_by_label("Symbols in cells").check()
    expect(symbols).to_be_visible()
    drawn = set(symbols.locator("text").all_text_contents())
    assert drawn <= {colour.symbol for colour in COLOURS}
    said = run_here("report", "--symbols", "--store", folder / "store", "--out", folder / "symbols.html")
    assert said.code == 0
    page.goto((folder / "symbols.html").as_uri() + "#puzzle=mirror2")
    expect(page.locator("#puzzle svg").first.locator(".symbols")).to_be_visible()


def test_it_fits_a_phone_and_the_dark(page: Page) -> None:
    ink = "Bokeh.documents[0].roots()[0].below[0].major_label_text_color"
    light = page.evaluate(f"[getComputedStyle(document.body).backgroundColor, {ink}]")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("body[data-charts=dark]")).to_be_visible()
    dark = page.evaluate(f"[getComputedStyle(document.body).backgroundColor, {ink}]")
    assert all(one != other for one, other in zip(light, dark, strict=True))
    page.set_viewport_size({"width": 360, "height": 740})
    for address in ("#map", "#puzzle=mirror2"):
        page.evaluate(f"location.hash = '{address}'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
