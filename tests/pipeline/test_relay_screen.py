"""From a contact to the handover in a real browser, each step counted in presses."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from app.core.db import session, write
from app.pipeline.models import Claim, ClaimState, Handover, Mediation
from tests.browser import Screen
from tests.conftest import TODAY
from tests.factories.accounts import PASSWORD
from tests.factories.chain import SEEDER, Chain, chain

FIRM = "松间月机器人"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

# presses are the same on either engine
pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])


@pytest.fixture
def courted(app: Flask) -> Chain:
    """A firm that its incubator shows to parks, with a claim of each of two."""
    made = chain(TODAY)
    with write("test:firms", actor=SEEDER):
        made.firm(FIRM, sector="robot")
        made.push(FIRM, TODAY - dt.timedelta(days=20))
        for park in ("park", "rival"):
            made.claim(FIRM, park, ClaimState.OPEN, TODAY + dt.timedelta(days=12))
    return made


def press(screen: Screen, role: Any, name: str) -> None:
    """Press what begins with these words on the page itself."""
    words = re.compile(rf"^\s*{re.escape(name)}")
    screen.page.locator("main").get_by_role(role, name=words).first.click()
    screen.settle()


def test_each_step_keeps_its_budget(
    courted: Chain, screens: Callable[..., Any], tmp_path: Path
) -> None:
    def begin(screen: Screen, who: str) -> None:
        screen.sign_in(who, PASSWORD)
        screen.open("/")
        screen.settle()
        screen.presses = 0

    def done(screen: Screen, most: int, said: str) -> None:
        expect(screen.page.locator("main")).to_contain_text(said)
        assert screen.presses <= most, screen.page.url
        screen.axe()
        screen.fits()

    with screens() as screen:
        begin(screen, "park")
        press(screen, "link", "记跟进")
        screen.page.locator("label", has_text="带看").click()
        screen.page.get_by_role("textbox", name="下次联系").fill("2026-12-03")
        press(screen, "button", "记跟进")
        done(screen, 3, "已记跟进")
        screen.presses = 0
        screen.page.get_by_role("textbox", name="要协调的事").fill("两家都说已谈妥")
        press(screen, "button", "提请协调")
        done(screen, 1, "已提请协调")
        expect(screen.page.locator("main")).to_contain_text("另有 1 家意向方")
    with screens() as screen:
        begin(screen, "district")
        press(screen, "link", "出具协调意见")
        screen.page.get_by_role("textbox", name="协调意见").fill("请企业实地比较后自行选择。")
        press(screen, "button", "出具协调意见")
        done(screen, 3, "XT-2026-0001")
        press(screen, "link", "打印")
        screen.fits()
    with screens() as screen:
        begin(screen, "park")
        press(screen, "link", "记跟进")
        letter = tmp_path / "letter.pdf"
        letter.write_bytes(PDF)
        screen.page.locator("input[type=file]").set_input_files(letter)
        press(screen, "button", "记录企业选定")
        done(screen, 3, "已记录")
    with screens() as screen:
        begin(screen, "incubator")
        press(screen, "link", "发送")
        screen.page.get_by_role("textbox", name="已提供的服务").fill("两次银行对接")
        press(screen, "button", "发送")
        done(screen, 3, "SS-2026-0001")
    with screens() as screen:
        begin(screen, "park")
        press(screen, "link", "确认")
        press(screen, "button", "确认收到")
        done(screen, 2, "已确认")
        press(screen, "link", "打印")
        screen.fits()
        screen.open("/")
        screen.settle()
        screen.presses = 0
        screen.page.locator("main table").get_by_role("link", name="登记落地").first.click()
        screen.settle()
        screen.page.get_by_role("textbox", name="实际入驻").fill(TODAY.isoformat())
        press(screen, "button", "登记落地")
        done(screen, 3, "已登记落地")
    session.rollback()
    states = {row.carrier.short_name: row.state for row in session.scalars(select(Claim))}
    assert list(states.values()) == [ClaimState.DONE, ClaimState.REFUSED]
    assert session.scalars(select(Mediation)).one().end_reason == "chosen"
    assert session.scalars(select(Handover)).one().remark is None


def test_a_claim_is_let_go_in_three_presses(courted: Chain, screen: Screen) -> None:
    screen.sign_in("rival", PASSWORD)
    screen.open("/")
    screen.settle()
    screen.presses = 0
    press(screen, "link", "记跟进")
    form = screen.page.locator("form[action$='/end/withdraw']")
    form.locator("label", has_text="价格未谈拢").click()
    form.get_by_role("button").click()
    screen.settle()
    expect(screen.page.locator("main")).to_contain_text("意向已结束")
    assert screen.presses <= 3
    screen.open("/claims?tab=ended")
    expect(screen.page.locator("main")).to_contain_text("价格未谈拢")
    screen.axe()
    screen.fits()
