"""A real Chromium against a real server on a free port."""

from __future__ import annotations

import contextvars
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright
from werkzeug.serving import make_server

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
WIDTH, HEIGHT = 1366, 768
#: milliseconds without a request after which a page is taken to stand still
QUIET, STEP = 120, 40
AXE_RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# Counts what a hand does: presses of the mouse, and of Enter or Space. Typing is not counted.
COUNT = """
addEventListener('pointerdown', e => e.isTrusted && window.__press && window.__press(), true);
addEventListener('keydown', e => e.isTrusted && (e.key === 'Enter' || e.key === ' ' &&
  !/^(INPUT|TEXTAREA)$/.test(e.target.tagName)) && window.__press && window.__press(), true);
"""


# What stands beyond the right edge and holds nothing else that does.
SPILLED = """seen => [...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > seen + 1
    && ![...e.children].some(c => c.getBoundingClientRect().right > seen + 1))
  .map(e => `<${e.tagName.toLowerCase()} class="${e.getAttribute('class') ?? ''}"> `
    + e.textContent.trim().slice(0, 60)).slice(0, 5)"""


def executable() -> str:
    """Where Chromium is; ``./dev test`` installs it or says what to type."""
    asked = os.environ.get("CHROMIUM")
    found = asked or next((path for n in NAMES if (path := shutil.which(n))), None)
    if found is None:
        raise RuntimeError("No Chromium found. Type: ./dev test, or set CHROMIUM=/path/to/it")
    return found


FLAGS = ("--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none")


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser for a whole run; without its sandbox only where the machine allows none."""
    with sync_playwright() as playwright:

        def launch(*more: str) -> Browser:
            return playwright.chromium.launch(executable_path=executable(), args=[*FLAGS, *more])

        try:
            browser = launch("--no-sandbox") if os.geteuid() == 0 else launch()
        except Error:
            if os.geteuid() == 0:
                raise
            browser = launch("--no-sandbox")
        yield browser
        browser.close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of the application while the block runs."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=contextvars.Context().run, args=(server.serve_forever,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Screen:
    """A browser window that remembers what went wrong in it and how often a hand pressed.

    ``page`` is playwright's page. On leaving, console errors, failed requests, refusals of the
    content policy and requests to other hosts fail the test.
    """

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.presses = 0
        self.wrong: list[str] = []
        self.expected: list[str] = []
        context.expose_function("__press", self._press)
        context.add_init_script(COUNT)
        self.page: Page = context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
        self.asked: set[Any] = set()
        self.page.on("request", self._request)
        self.page.on("requestfinished", lambda request: self.asked.discard(request))
        self.page.on("requestfailed", lambda request: self.asked.discard(request))

    def _press(self) -> None:
        self.presses += 1

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(f"console {message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        self.asked.add(request)
        if not request.url.startswith((self.address, "data:", "blob:", "about:")):
            self.wrong.append(f"outside request: {request.url}")

    def open(self, path: str) -> Page:
        """Go to a path of the served application."""
        self.page.goto(self.address + path)
        return self.page

    def sign_in(self, login: str, password: str, **preferences: str) -> Page:
        """Sign in by hand; `preferences` are cookies set afterwards (theme, lang)."""
        page = self.open("/sign-in")
        page.fill("[name=login]", login)
        page.fill("[name=password]", password)
        page.press("[name=password]", "Enter")
        page.wait_for_selector(".jl-app")
        self.context.add_cookies(
            [{"name": n, "value": v, "url": self.address} for n, v in preferences.items()]
        )
        return page

    def settle(self) -> None:
        """Wait for what a press began: a page that is loaded and has asked for nothing of late."""
        quiet = 0
        while quiet < QUIET:
            self.page.wait_for_timeout(STEP)
            quiet = 0 if self.asked else quiet + STEP
        self.page.wait_for_load_state()

    def axe(self) -> None:
        """Fail on any accessibility fault of the page as it stands."""
        results = Axe().run(self.page, options=AXE_RULES)
        lines = [
            f"{v['id']} ({v['impact']}): {v['help']}: "
            + "; ".join(node["html"][:160] for node in v["nodes"][:3])
            for v in results.response["violations"]
        ]
        assert not lines, f"axe on {self.page.url}:\n  " + "\n  ".join(lines)

    def fits(self) -> None:
        """Fail when the page is wider than its window."""
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        seen = self.page.evaluate("document.documentElement.clientWidth")
        if wide > seen:
            out = "\n  ".join(self.page.evaluate(SPILLED, seen))
            raise AssertionError(f"{self.page.url}: {wide} px in a window of {seen} px:\n  {out}")

    def describe(self) -> None:
        """Print what the window showed when a test failed in it."""
        with suppress(Error):
            print(f"the window showed {self.page.url}:")
            print(self.page.locator("body").inner_text(timeout=1000))

    def close(self) -> list[str]:
        self.context.close()
        return [w for w in self.wrong if not any(e in w for e in self.expected)]


@contextmanager
def screen(browser: Browser, address: str, **options: Any) -> Iterator[Screen]:
    """A fresh window: no cookies, 1366 × 768, Chinese unless told otherwise."""
    settings = {"viewport": {"width": WIDTH, "height": HEIGHT}, "locale": "zh-CN"} | options
    one = Screen(browser.new_context(**settings), address)
    one.page.set_default_timeout(10_000)
    failed = True
    try:
        yield one
        failed = False
    finally:
        if failed:
            one.describe()
        wrong = one.close()
        if not failed:
            assert not wrong, "in the browser:\n  " + "\n  ".join(wrong)
