"""One firm walks the whole chain, pressed by hand from a seeded machine."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from itertools import product
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.conftest import TODAY
from tests.databases import ENGINES
from tests.journeys.hand import Hand

FIRM = "鹿鸣溪医疗器械"
CLERK, PARK, ACCELERATOR, OFFICIAL = "linxiaolan", "zhouqiming", "tangyue", "liangshuyan"
PARK_NAME, ACCELERATOR_NAME = "张江机器人谷", "盛夏路飞轮科技企业加速器"

pytestmark = [pytest.mark.browser, pytest.mark.slow]
As = Callable[[str], AbstractContextManager[Hand]]


@pytest.fixture
def as_(screens: Callable[..., Any], language: str, engine_name: str) -> As:
    """``with as_("linxiaolan") as hand: …``: a window in which somebody has signed in."""

    # What pages look like does not hang on the engine: axe runs on the first only.
    seen: set[tuple[str, str]] | None = set() if engine_name == "sqlite" else None

    @contextmanager
    def enter(login: str) -> Any:
        with screens() as screen:
            hand = Hand(screen, language, login, seen)
            hand.enter(login)
            yield hand

    return enter


def runs(*always: tuple[str, str]) -> list[Any]:
    """Both languages on both engines; those named in every run, the others in the soak."""
    return [
        pytest.param(*one, marks=() if one in always else pytest.mark.soak)
        for one in product(ENGINES, ("zh", "en"))
    ]


def counted(hand: Hand, row: str, column: str) -> int:
    """A figure of the graduations by year, and that its list holds just as many."""
    hand.goto("毕业统计")
    hand.press("link", "毕业企业")
    hand.look()
    heads = [h.strip().split("\n")[0] for h in hand.page.locator("thead th").all_inner_texts()]
    place = next(n for n, h in enumerate(heads) if h == hand.say(column))
    cell = hand.row(row).locator("th, td").nth(place)
    figure = int(cell.inner_text().replace(",", ""))
    if figure:
        cell.get_by_role("link").click()
        hand.look()
        heading = hand.page.get_by_role("heading", name=re.compile(rf"^\s*{hand.say('名单')}"))
        assert re.sub(r"\D", "", heading.last.inner_text()) == str(figure)
    return figure


def log_financing(as_: As) -> None:
    """From the workbench, four presses at most: the firm, 天使投资, the box, 记一笔."""
    with as_(CLERK) as hand:
        hand.screen.presses = 0
        hand.press("link", FIRM, hand.panel("准毕业企业"))
        clause = hand.row("（二）" if hand.language == "zh" else "(2)")
        expect(clause).to_contain_text(hand.say("不符合"))
        form = hand.panel("记一笔")
        hand.press("radio", "天使投资", form)
        hand.type("金额", "600", form)
        hand.press("button", "记一笔", form)
        assert hand.screen.presses <= 4
        expect(clause).to_contain_text("950.00")
        expect(clause).to_contain_text(hand.say("符合"))
        expect(clause).not_to_contain_text(hand.say("不符合"))
        hand.look()


def graduate(as_: As) -> None:
    """From the firm's page, three presses at most: 办理毕业, the box of the day, the button."""
    with as_(CLERK) as hand:
        hand.press("link", FIRM, hand.panel("准毕业企业"))
        hand.at(FIRM)
        hand.screen.presses = 0
        hand.press("link", "办理毕业")
        hand.at(hand.say("办理毕业"))
        hand.type("毕业日期", TODAY.isoformat())
        hand.press("button", "办理毕业")
        hand.at(FIRM)
        assert hand.screen.presses <= 3
        hand.told("%(firm)s：%(act)s已完成。", firm=FIRM, act=hand.say("办理毕业"))


def claim(as_: As, who: str) -> None:
    with as_(who) as hand:
        hand.goto("承接机会")
        hand.press("link", FIRM)
        hand.look()
        hand.press("button", "提交承接意向")
        hand.look()
        expect(hand.row(FIRM)).to_contain_text(hand.say("跟进中"))


def choose(as_: As, place: str, who: str = CLERK) -> None:
    with as_(who) as hand:
        hand.goto("企业的选择")
        hand.row(FIRM).get_by_role("link", name=place).click()
        hand.look()
        hand.press("button", "记录企业选定")
        hand.look()


def move_in(as_: As, who: str, day: dt.date = TODAY) -> None:
    with as_(who) as hand:
        hand.goto("招商台账")
        hand.press("link", FIRM)
        hand.look()
        hand.press("link", "登记落地")
        hand.look()
        hand.type("实际入驻", day.isoformat())
        hand.press("button", "登记落地")
        hand.at(FIRM)


def verify(as_: As) -> tuple[int, int]:
    """The quarter's 核定 in one act; the year's verified figure before and after."""
    with as_(OFFICIAL) as hand:
        before = counted(hand, "2026", "核定")
        hand.goto("毕业核定")
        hand.page.get_by_role("link", name=re.compile("^(2026 年第 4 季度|Q4 2026)")).click()
        hand.look()
        expect(hand.row(FIRM).get_by_role("checkbox")).to_be_checked()
        hand.page.get_by_role("button", name=re.compile("^(核定|Verify)")).last.click()
        hand.page.get_by_role("dialog").get_by_role("button").first.click()
        hand.screen.settle()
        hand.look()
        expect(hand.row(FIRM)).to_contain_text(hand.say("已核定"))
        after = counted(hand, "2026", "核定")
        expect(hand.page.get_by_role("table")).to_contain_text(FIRM)
        return before, after


@pytest.mark.parametrize(("engine_name", "language"), runs(("sqlite", "zh"), ("postgresql", "en")))
def test_straight_to_a_park(as_: As) -> None:
    log_financing(as_)
    graduate(as_)
    claim(as_, PARK)
    choose(as_, PARK_NAME)
    move_in(as_, PARK)
    before, after = verify(as_)
    assert after > before


@pytest.mark.parametrize(("engine_name", "language"), runs(("sqlite", "en"), ("postgresql", "zh")))
def test_through_an_accelerator(app: Flask, as_: As) -> None:
    """Both hops: the accelerator lets the park have it, and the firm chooses each time."""
    log_financing(as_)
    graduate(as_)
    claim(as_, ACCELERATOR)
    choose(as_, ACCELERATOR_NAME)
    move_in(as_, ACCELERATOR)
    claim(as_, PARK)
    choose(as_, PARK_NAME, ACCELERATOR)
    tomorrow = app.config["TODAY"] = TODAY + dt.timedelta(days=1)
    move_in(as_, PARK, tomorrow)
    before, after = verify(as_)
    assert after > before
