"""The browser that the tests drive sees what a person would see, and tells on the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.core.access import public
from tests.browser import Screen

# The browser does not care which engine is behind the page.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"])]

PAGE = """<!doctype html><html lang="zh-CN"><head><title>试</title></head><body><main>
<h1>试</h1><form><label for="a">名称</label><input id="a"><button>保存</button></form>%s
</main></body></html>"""


@pytest.fixture
def page(app: Flask) -> Callable[[str], str]:
    """Adds a page with the given piece of HTML to the application; answers its path."""

    def add(piece: str = "") -> str:
        app.add_url_rule("/tests/page", "tests_page", public(lambda: PAGE % piece))
        return "/tests/page"

    return add


def test_presses_are_counted_and_typing_is_not(screen: Screen, page: Callable[..., str]) -> None:
    shown = screen.open(page())
    shown.fill("#a", "甲 乙")
    assert screen.presses == 0
    shown.click("#a")
    shown.keyboard.type("two words")
    assert screen.presses == 1
    shown.focus("button")
    shown.keyboard.press("Enter")
    assert screen.presses == 2


def test_chinese_is_drawn_with_a_font(screen: Screen, page: Callable[..., str]) -> None:
    """Without a Chinese font every character is the same box, so two would be equally drawn."""
    shown = screen.open(page('<p id="x">园</p><p id="y">区</p>'))
    pictures = [shown.locator(f"#{name}").screenshot() for name in "xy"]
    assert pictures[0] != pictures[1]


def test_axe_finds_a_fault(screen: Screen, page: Callable[..., str]) -> None:
    screen.open(page("<img src='data:,'>"))
    with pytest.raises(AssertionError, match="image-alt"):
        screen.axe()


def test_a_page_in_order_passes_axe(screen: Screen, page: Callable[..., str]) -> None:
    screen.open(page())
    screen.axe()
    screen.fits()


def test_a_page_too_wide_is_found(screen: Screen, page: Callable[..., str]) -> None:
    screen.open(page('<svg width="3000" height="9" aria-hidden="true"></svg>'))
    with pytest.raises(AssertionError, match="3\\d\\d\\d px in a window"):
        screen.fits()


@pytest.mark.parametrize(
    ("piece", "said"),
    [
        ("<script>x</script>", "Content Security Policy"),
        ('<p style="color:red">x</p>', "Content Security Policy"),
        ('<img alt="x" src="http://192.0.2.1/x.png">', "outside request"),
    ],
)
def test_what_goes_wrong_in_the_browser_fails_the_test(
    screens: Callable[..., Any], page: Callable[..., str], piece: str, said: str
) -> None:
    path = page(piece)
    with pytest.raises(AssertionError, match=said), screens() as one:
        one.open(path)


def test_windows_do_not_share_cookies(
    screens: Callable[..., Any], page: Callable[..., str]
) -> None:
    path = page()
    with screens() as one, screens() as other:
        one.open(path).evaluate("document.cookie = 'who=one'")
        assert other.open(path).evaluate("document.cookie") == ""
