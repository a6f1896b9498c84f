"""标准调整测算 in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.accounts.models import Person
from app.core.db import session
from tests.browser import Screen
from tests.factories.accounts import PASSWORD
from tests.workbench.market import Market
from tests.workbench.whatif.casts import Cast


@pytest.fixture
def engine_name() -> str:
    """Looks are the same on either engine."""
    return "sqlite"


def enter(screen: Screen, made: Market, **preferences: str) -> Any:
    """Sign in by hand as somebody of the district."""
    login = session.get_one(Person, made.people["district"].person_id).login
    session.rollback()
    return screen.sign_in(login, PASSWORD, **preferences)


def test_try_look_keep_compare(screen: Screen, made: Market, cast: Cast) -> None:
    """Type a mark, press 测算, open the list behind 新增符合, go back, keep the run, and compare
    it with another."""
    tab = enter(screen, made)
    screen.open(cast.page)
    begun = screen.presses
    tab.fill(f"#{cast.box}", cast.marks[1])
    tab.get_by_role("button", name="测算").click()
    tab.wait_for_url(f"**{cast.low}")
    screen.axe()
    screen.fits()
    tab.locator(".jl-kpi", has_text="新增符合").locator("a").click()
    tab.wait_for_selector("table.jl-firms")
    assert tab.locator("table.jl-firms tbody tr").count() == len(cast.gained)
    screen.axe()
    tab.go_back()
    tab.fill("#name", "降到九百")
    tab.get_by_role("button", name="保存").click()
    tab.wait_for_selector("text=已存为“降到九百”")
    assert screen.presses - begun <= 5  # from the standard to a kept answer
    screen.open(cast.high)
    tab.fill("#name", "升到一千二")
    tab.get_by_role("button", name="保存").click()
    tab.wait_for_selector("text=已存为“升到一千二”")
    screen.open("/trials")
    screen.axe()
    screen.fits()
    for box in tab.locator("[name=run]").all():
        box.check()
    tab.get_by_role("button", name="比较选中的两次").click()
    tab.wait_for_selector("h1:has-text('测算比较')")
    screen.axe()
    screen.fits()


def test_dark_and_in_english(screen: Screen, made: Market, cast: Cast) -> None:
    enter(screen, made, theme="dark", lang="en")
    for path in (
        "/trials",
        cast.page,
        cast.low,
        cast.listed(cast.marks[1]),
        "/standards/hnte.score/trial",
    ):
        screen.open(path)
        screen.axe()
        screen.fits()


@pytest.mark.parametrize("width", [1024, 768])
def test_it_fits(screens: Callable[..., Any], made: Market, cast: Cast, width: int) -> None:
    with screens(viewport={"width": width, "height": 768}) as screen:
        enter(screen, made)
        for path in ("/trials", cast.low, cast.listed(cast.marks[1])):
            screen.open(path)
            screen.fits()
