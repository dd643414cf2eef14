"""The built UI in a real browser, on a real server. A page that logs an error, throws, or asks another host fails its test."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.running import Server

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

expect.set_options(timeout=15_000)


@dataclass
class Screen:
    """A browser page on one server and project, and what it complained about."""

    page: Page
    server: Server
    project: str
    complaints: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def open(self, path: str, **search: str) -> Page:
        """Go to a view of this project; `from_` stands for `from`."""
        said = {"project": self.project} | {name.rstrip("_"): value for name, value in search.items()}
        self.page.goto(self.server.url + path + "?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in said.items()))
        return self.page

    def listen(self) -> None:
        """Write down errors, exceptions and requests to anybody else."""
        self.page.on("console", self._logged)
        self.page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))
        self.page.on("request", self._asked)

    def _logged(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.server.url, "data:", "blob:")):
            self.complaints.append(f"asked another host: {request.url}")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail("no Chromium: run scripts/chromium.sh, as `make test` does")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light", timezone_id="UTC", locale="en-GB")
    yield opened
    opened.close()


@pytest.fixture
def screen(context: BrowserContext, server: Server, project: str) -> Iterator[Screen]:
    screen = Screen(context.new_page(), server, project)
    screen.listen()
    yield screen
    complaints = [said for said in screen.complaints if not any(part in said for part in screen.expected)]
    assert complaints == []
