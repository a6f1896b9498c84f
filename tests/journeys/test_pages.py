"""Every page that somebody reaches by the links of the program: whole, of a width, no dead link."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page, Response

from tests import lint
from tests.browser import HEIGHT, WIDTH, Screen

WIDTHS = (1024, 768, WIDTH)
#: login, language and ground of an ordinary run, and how many pages it looks at; the rest in soak
ALWAYS = [
    ("linxiaolan", "en", "light", 7),
    ("shenzhiyuan", "en", "dark", 7),
    ("zhouqiming", "zh", "light", 5),
]
EVERY = ["linxiaolan", "hejun", "zhouqiming", "tangyue", "shenzhiyuan", "liangshuyan", "fangyuan",
         "wangruo", "bianzheng", "admin"]  # fmt: skip
#: pages with the most columns come first, then pages in the order in which links lead there
FIRST = ["/", "/firms", "/returns", "/carriers", "/statistics"]
FILES = (".ics", ".pdf", ".xlsx")
#: the one name of the demo population that is also a word of the program
NAMED = "Chinese on an English page: '系统管理'"
EMPTY = """() => [...document.querySelectorAll('h1, h2, h3, th')]
  .filter(e => !e.textContent.trim() && !e.querySelector('input'))
  .map(e => e.outerHTML.slice(0, 120))"""
#: text that has no room: a few letters a line, however long it is
SQUEEZED = """() => [...document.querySelectorAll('main p, main li, main dd, main td, main th')]
  .filter(e => e.innerText.trim().length > 24 && e.clientWidth < 60 && e.clientHeight > 150)
  .map(e => e.innerText.slice(0, 60))"""
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def faults(screen: Screen, answer: Response | None) -> list[str]:
    """What is wrong with the page in the window."""
    if answer is None or answer.status != 200:
        return [f"answers {answer and answer.status}"]
    wrong = [fault for fault in lint.faults(answer.text()) if fault != NAMED]
    wrong += [f"an empty heading: {html}" for html in screen.page.evaluate(EMPTY)]
    for width in WIDTHS:
        screen.page.set_viewport_size({"width": width, "height": HEIGHT})
        wrong += [f"squeezed at {width}: {text}" for text in screen.page.evaluate(SQUEEZED)]
        for check in [screen.fits] + [screen.axe] * (width == WIDTH):
            try:
                check()
            except AssertionError as error:
                wrong.append(str(error))
    return wrong


def links(page: Page) -> list[str]:
    """Addresses inside the program that the page leads to, each once, in their order."""
    found = page.evaluate("[...document.links].map(a => a.getAttribute('href'))")
    inside = [a.split("#")[0] for a in found if a and a.startswith("/") and a[1:2] != "/"]
    return [a for a in dict.fromkeys(inside) if a and not urlsplit(a).path.endswith(FILES)]


def walk(app: Flask, screen: Screen, most: int | None) -> list[str]:
    """Faults of the pages found by following links, one page a kind, until `most` are seen."""
    match = app.url_map.bind("127.0.0.1").match

    def later(path: str) -> bool:
        return not (path in FIRST or re.fullmatch(r"/firms/[a-z0-9]{12}", path))

    waiting, kinds, wrong = list(FIRST), set(), []
    reached = {"/"}
    while waiting and (most is None or len(kinds) < most):
        path = waiting.pop(0)
        kind = match(urlsplit(path).path, method="GET")[0]
        if path not in reached or kind in kinds or kind.startswith("firms.paper"):
            continue
        kinds.add(kind)
        answer = screen.page.goto(screen.address + path)
        wrong += [f"{path}: {fault}" for fault in faults(screen, answer)]
        new = [a for a in links(screen.page) if a not in reached]
        reached.update(new)
        waiting = sorted(waiting + new, key=later)  # a firm's page is what people look at all day
    return wrong


def visit(app: Flask, screens: Callable[..., Any], one: tuple[Any, ...]) -> None:
    login, language, theme, most = one
    with screens() as screen:
        cookies = {"theme": theme, "lang": language}
        screen.context.add_cookies(
            [{"name": n, "value": v, "url": screen.address} for n, v in cookies.items()]
        )
        page = screen.open("/sign-in")
        page.locator(f"form:has(input[name=login][value={login}]) button").first.click()
        page.wait_for_selector(".jl-app")
        wrong = walk(app, screen, most)
        assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_pages_of_some_roles(app: Flask, screens: Callable[..., Any]) -> None:
    for one in ALWAYS:
        visit(app, screens, one)


@pytest.mark.soak
@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("login", EVERY)
def test_all_pages_of_all_roles(
    app: Flask, screens: Callable[..., Any], login: str, language: str, theme: str
) -> None:
    visit(app, screens, (login, language, theme, None))
