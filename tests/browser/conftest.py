"""Headless Chromium, and pages in it that remember what went wrong and what was asked for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_HERE = {"127.0.0.1", "localhost", ""}
_HARMLESS = {"log", "info", "debug"}
_PATIENCE_MS = 60_000
"""Machines are shared: how long a page takes says nothing."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium. Where there is none, tests are skipped, but not in CI. A module's, as while
    Playwright runs no test of the process could run an event loop of its own."""
    path = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if path is None and "CI" not in os.environ:
        pytest.skip("there is no chromium; install the system's package of that name")
    with sync_playwright() as playwright:
        # As root, Chromium's own sandbox does not start.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Tab:
    """A page, what its console complained of, and the requests that left this machine."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self._heard(said.type, said.text))
        self.page.on("pageerror", lambda error: self._heard("error", str(error)))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("websocket", lambda socket: self._asked(socket.url))

    def _heard(self, kind: str, text: str) -> None:
        if kind not in _HARMLESS:
            self.complaints.append(text)

    def _asked(self, url: str) -> None:
        if urlsplit(url).scheme != "data" and (urlsplit(url).hostname or "") not in _HERE:
            self.left.append(url)


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    """A fresh page, which must neither complain nor ask anybody else."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(_PATIENCE_MS)
    expect.set_options(timeout=_PATIENCE_MS)
    tab = Tab(context.new_page())
    yield tab
    context.close()
    assert tab.complaints == []
    assert tab.left == []
