"""Every part of pages, in a real browser: both languages, both themes, four widths, no scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests import browser as browsers
from tests.browser import Screen
from tests.clients import Client


@pytest.fixture
def window(frame: Flask, chromium: Any) -> Any:
    """Opens windows on the frame application."""
    with browsers.served(frame) as address:
        yield lambda **options: browsers.screen(chromium, address, **options)


def prefer(screen: Screen, **values: str) -> None:
    screen.context.add_cookies(
        [{"name": n, "value": v, "url": screen.address} for n, v in values.items()]
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_parts_pass_the_lint(visitor: Client, lang: str) -> None:
    visitor.set_cookie("lang", lang)
    assert visitor.get("/styleguide").status_code == 200
    assert visitor.get("/styleguide/sheet").status_code == 200


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_parts_are_accessible(window: Callable[..., Any], theme: str, lang: str) -> None:
    with window() as screen:
        prefer(screen, theme=theme, lang=lang)
        screen.open("/styleguide")
        screen.page.wait_for_selector("[data-chart] canvas")
        screen.axe()
        screen.fits()


@pytest.mark.parametrize("width", [1024, 768, 390])
def test_parts_fit_narrow_windows(window: Callable[..., Any], width: int) -> None:
    with window(viewport={"width": width, "height": 768}) as screen:
        screen.open("/styleguide")
        screen.page.wait_for_selector("[data-chart] canvas")
        screen.fits()
        screen.axe()


QUOTE = """body => {
  const face = getComputedStyle(body).fontFamily, pen = document.createElement("canvas");
  const ink = pen.getContext("2d"); ink.font = "100px " + face;
  return ink.measureText("\u2019").width;
}"""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_quotes_are_as_wide_as_the_language_has_them(window: Callable[..., Any], lang: str) -> None:
    with window() as screen:
        prefer(screen, lang=lang)
        page = screen.open("/styleguide")
        page.evaluate('document.fonts.load("100px \\"Jieli marks\\"", "\u2019")')
        wide = page.locator("body").evaluate(QUOTE)
        assert wide < 40 if lang == "en" else wide > 40


def test_parts_work_without_scripts(window: Callable[..., Any]) -> None:
    with window(java_script_enabled=False) as screen:
        page = screen.open("/styleguide")
        assert page.locator("#name").is_visible(), "parts for another kind are all shown"
        page.locator("details.jl-menu summary").last.click()
        assert page.locator("details.jl-menu .jl-pop").last.is_visible()
        page.get_by_role("button", name="深色").click()
        assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_scripts_make_it_quicker(window: Callable[..., Any]) -> None:
    with window() as screen:
        page = screen.open("/styleguide")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.name") == "q"
        assert page.locator("#amount").is_visible()
        assert not page.locator("#name").is_visible()
        page.get_by_label("知识产权").check()
        assert page.locator("#name").is_visible()
        assert page.locator("#amount").is_disabled()
        page.locator("[data-tick-all]").check()
        assert page.locator("[data-ticked]").inner_text() == "3"
        page.locator("details.jl-menu summary").first.click()
        page.keyboard.press("Escape")
        assert page.locator("details.jl-menu[open]").count() == 0


def test_the_sheet_is_one_a4_page(window: Callable[..., Any]) -> None:
    with window() as screen:
        page = screen.open("/styleguide/sheet")
        screen.axe()
        page.emulate_media(media="print")
        assert not page.locator(".jl-noprint").is_visible()
        paper = page.pdf(format="A4", prefer_css_page_size=True)
    assert paper.count(b"/Type /Page\n") == 1


def test_what_was_typed_survives_until_it_is_dropped(window: Callable[..., Any]) -> None:
    with window() as screen:
        page = screen.open("/styleguide")
        assert not page.locator("[data-draft-note]").is_visible()
        page.locator("#remark").fill("A")
        page.get_by_label("知识产权").check()
        page = screen.open("/styleguide")
        assert page.locator("#remark").input_value() == "A"
        assert page.locator("#name").is_visible()
        assert page.locator("[data-draft-note]").is_visible()
        page.locator("[data-draft-note] button").click()
        page = screen.open("/styleguide")
        assert page.locator("#remark").input_value() == ""
        assert page.locator("#amount").is_visible()


def test_a_block_pasted_from_a_sheet_fills_the_grid(window: Callable[..., Any]) -> None:
    with window() as screen:
        page = screen.open("/styleguide")
        cells = page.locator("[data-cell]")
        cells.first.focus()
        page.evaluate(
            """() => {
                const data = new DataTransfer();
                data.setData("text/plain", "1.5\\t2\\r\\n3\\t4\\r\\n");
                const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
                document.activeElement.dispatchEvent(paste);
            }"""
        )
        assert [cells.nth(k).input_value() for k in range(4)] == ["1.5", "2", "3", "4"]
        page.keyboard.press("ArrowDown")
        assert page.evaluate(
            "document.activeElement === document.querySelectorAll('[data-cell]')[2]"
        )


def test_a_dropped_file_is_listed(window: Callable[..., Any]) -> None:
    with window() as screen:
        page = screen.open("/styleguide")
        page.locator("#files").set_input_files(
            {"name": "证书.pdf", "mimeType": "application/pdf", "buffer": b"x" * 2048}
        )
        assert page.locator("[data-files]").inner_text() == "证书.pdf · 2 KB"
