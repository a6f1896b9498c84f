"""A round of applications from the notice to the certificate, pressed by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from app.core.db import session
from app.firms.models import Milestone, Title
from tests.conftest import TODAY
from tests.journeys.hand import Hand

FIRM, NUMBER = "竹外桃集成电路设计", "SH2026000777"
ROUND = "2026 年第 9 批 上海科技小巨人培育企业"
CLERK, OFFICIAL = "linxiaolan", "shenzhiyuan"

pytestmark = [
    pytest.mark.browser, pytest.mark.slow,
    pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True),
]  # fmt: skip


def to_the_round(hand: Hand) -> None:
    """From the rail to the round's list."""
    hand.goto("培育名单")
    hand.press("link", "申报批次")
    hand.press("link", ROUND)
    hand.look()


def step(hand: Hand, text: str) -> None:
    """Tick the firm, press the step, and press it again on its page."""
    hand.row(FIRM).get_by_role("checkbox").check()
    hand.press("button", text)
    hand.look()
    hand.press("button", text)


def test_from_the_notice_to_the_certificate(app: Flask, screens: Callable[..., Any]) -> None:
    def at(screen: Any, login: str) -> Hand:
        hand = Hand(screen, "zh", login, set())
        hand.enter(login)
        return hand

    with screens() as first, screens() as second:
        official, clerk = at(first, OFFICIAL), at(second, CLERK)
        official.goto("培育名单")
        official.press("link", "申报批次")
        official.press("link", "新建批次")
        official.look()
        official.page.get_by_label("标准", exact=True).select_option("sh_tech_giant_cultivation")
        official.page.get_by_role("spinbutton", name="批次").fill("9")
        last = TODAY + dt.timedelta(days=14)
        official.page.get_by_label("区级截止日").fill(last.isoformat())
        official.page.get_by_label("通知文号").fill("沪科〔2026〕99号")
        official.press("button", "保存")

        clerk.screen.presses = 0
        to_the_round(clerk)
        clerk.press("link", "列入企业", clerk.page.locator(".jl-head"))
        clerk.look()
        clerk.row(FIRM).get_by_role("checkbox").check()
        clerk.press("button", "列入拟申报")
        expect(clerk.row(FIRM)).to_contain_text("还有 14 天")
        step(clerk, "登记已报")

        to_the_round(official)
        step(official, "推荐")
        step(official, "登记公示")
        official.row(FIRM).get_by_role("checkbox").check()
        official.press("button", "登记认定")
        official.look()
        official.page.get_by_label(f"{FIRM}的证书编号").fill(NUMBER)
        official.press("button", "登记认定")
        expect(official.row(FIRM)).to_contain_text("认定")
        official.row(FIRM).get_by_role("link", name="认定").click()
        expect(official.page.get_by_label("证书编号")).to_have_value(NUMBER)
    with app.app_context():
        entry = session.scalars(select(Milestone).where(Milestone.number == NUMBER)).one()
        assert entry.title is Title.SH_TECH_GIANT_CULTIVATION
