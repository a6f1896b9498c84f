"""The day of a meeting in a real browser: prepared, told, answered, held, claimed, on paper."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from app.core.db import session, write
from app.pipeline.models import Claim, GuestAnswer, MeetingGuest, MeetingTalk, TalkOutcome
from tests.browser import Screen
from tests.conftest import TODAY
from tests.factories.accounts import PASSWORD
from tests.factories.chain import SEEDER, Chain, chain

FIRM = "松间月机器人"
# presses are the same on either engine
pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])


@pytest.fixture
def offered(app: Flask) -> Chain:
    """A firm that its incubator shows to parks; nobody has claimed it."""
    made = chain(TODAY)
    with write("test:firms", actor=SEEDER):
        made.firm(FIRM, sector="robot")
        made.push(FIRM, TODAY - dt.timedelta(days=20))
    return made


def press(screen: Screen, role: Any, name: str) -> None:
    """Press what begins with these words on the page itself."""
    words = re.compile(rf"^\s*{re.escape(name)}")
    screen.page.locator("main").get_by_role(role, name=words).first.click()
    screen.settle()


def agree(screen: Screen, name: str, words: str) -> None:
    """Press a button that asks first, read what it asks, and say yes."""
    screen.page.locator("main").get_by_role("button", name=name).click()
    asked = screen.page.get_by_role("dialog")
    expect(asked).to_contain_text(words)
    asked.get_by_role("button", name=re.compile(f"{name}|确定|继续")).first.click()
    screen.settle()


def says(screen: Screen, words: str) -> None:
    """The page says so, fits its window and can be read by everybody."""
    expect(screen.page.locator("main")).to_contain_text(words)
    screen.axe()
    screen.fits()


def test_the_day_of_a_meeting(offered: Chain, screens: Callable[..., Any]) -> None:
    code = offered.firms[FIRM].code or ""
    with screens() as screen:
        screen.sign_in("district", PASSWORD)
        screen.open("/meetings")
        says(screen, "没有将召开的对接会")
        press(screen, "link", "筹备对接会")
        for field, text in {
            "名称": "机器人专场对接会", "会期": TODAY.isoformat(), "地点": "科学会堂",
            "回复期限": TODAY.isoformat(),
        }.items():  # fmt: skip
            screen.page.get_by_role("textbox", name=field).fill(text)
        press(screen, "button", "开始筹备")
        says(screen, "还没有上会企业")
        for box in screen.page.locator("input[name=carrier]").all():
            box.check()
        press(screen, "button", "邀请所选")
        screen.page.get_by_role("textbox", name="统一社会信用代码").fill(code)
        press(screen, "button", "列入")
        says(screen, "已列入 1 家企业")
        box = screen.page.get_by_role("textbox", name="统一社会信用代码")
        expect(box).to_have_value("")
        box.fill("91310115")  # typed, and not sent: a code is no draft that comes back
        screen.open(re.sub(r"^https?://[^/]+", "", screen.page.url))
        expect(box).to_have_value("")
        agree(screen, "发出通知", "受邀单位看到安排")
        says(screen, "通知已发出")
        page = screen.page.url.split("#")[0]
    path = re.sub(r"^https?://[^/]+", "", page)
    with screens() as screen:
        screen.sign_in("park", PASSWORD)
        screen.open("/")
        screen.settle()
        screen.presses = 0
        press(screen, "link", "回复")
        screen.page.get_by_role("textbox", name="参会人").fill("韩经理")
        press(screen, "button", "保存回复")
        says(screen, "回复已记下")
        assert screen.presses <= 2, "from the to-do: two presses"
    with screens() as screen:
        screen.sign_in("district", PASSWORD)
        screen.open(path)
        agree(screen, "登记召开", "安排不能再改")
        says(screen, "已登记召开")
    with screens() as screen:
        screen.sign_in("park", PASSWORD)
        screen.open(path)
        screen.presses = 0
        screen.page.locator("select[name^=o-]").select_option("interested")
        screen.page.get_by_role("textbox", name=f"{FIRM}的说明").fill("承重合适")
        press(screen, "button", "保存结果")
        says(screen, "对接结果已保存")
        press(screen, "button", "提交承接意向")
        says(screen, FIRM)
        assert screen.presses <= 3, "a result and a claim"
    with screens() as screen:
        screen.sign_in("district", PASSWORD)
        screen.open(path)
        says(screen, "承重合适")
        screen.page.emulate_media(media="print")
        paper = "getComputedStyle(document.querySelector('.jl-app')).page"
        assert screen.page.evaluate(paper) == "plain", "it has margins on paper"
        expect(screen.page.locator("#record")).to_be_hidden()
        screen.page.emulate_media(media="screen")
        press(screen, "button", "出具会议纪要")
        says(screen, "DJ-2026-0001")
        press(screen, "link", "DJ-2026-0001")
        screen.fits()
        expect(screen.page.locator("article")).to_contain_text("承重合适")
    session.rollback()
    assert session.scalars(select(Claim)).one().carrier.name == offered.carriers["park"].name
    talk = session.scalars(select(MeetingTalk)).one()
    assert (talk.outcome, talk.note) == (TalkOutcome.INTERESTED, "承重合适")
    answers = {
        one.carrier_id: one.answer
        for one in session.scalars(select(MeetingGuest).order_by(MeetingGuest.id))
    }
    assert answers[offered.carriers["park"].id] is GuestAnswer.COMING
    assert answers[offered.carriers["rival"].id] is GuestAnswer.WAITING
