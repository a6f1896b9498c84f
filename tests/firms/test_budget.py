"""The managers' main job in a real browser, counted in presses."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.core.db import session, write
from app.firms.models import Demand, Evidence, Milestone, MoneyState
from app.firms.search_text import refill
from tests.browser import Screen
from tests.conftest import TODAY
from tests.factories.accounts import PASSWORD
from tests.factories.chain import SEEDER, Chain, chain

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
WORDS = {
    "zh": ("搜索企业", "金额", "记一笔", "已记入"),
    "en": ("Search firms", "Amount", "Log entry", "Logged"),
}

# presses are the same on either engine
pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])


@pytest.fixture
def found(app: object) -> Chain:
    """A firm that the search finds."""
    made = chain(TODAY)
    with write("test:firms", actor=SEEDER):
        made.firm("石上泉传感")
        made.firm("竹外桃电路")
        session.flush()
        refill(firm.id for firm in made.firms.values())
    return made


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_money_is_logged_in_four_presses_with_its_slip(
    screen: Screen, found: Chain, lang: str, tmp_path: Path
) -> None:
    search, amount, button, logged = WORDS[lang]
    screen.sign_in("incubator", PASSWORD, lang=lang)
    page = screen.open("/")
    slip = tmp_path / "slip.pdf"
    slip.write_bytes(PDF)
    screen.presses = 0
    page.get_by_role("searchbox", name=search).click()
    page.keyboard.type("石上泉")
    page.keyboard.press("Enter")
    page.wait_for_url("**/firms/*")
    expect(page.get_by_role("heading", level=1)).to_contain_text("石上泉传感")
    form = page.locator("form[action$='/log']")
    form.get_by_label(amount).first.click()
    page.keyboard.type("600")
    form.locator("input[type=file]").set_input_files(slip)
    form.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url("**/firms/*")
    expect(page.locator("main")).to_contain_text(logged)
    assert screen.presses <= 4, "the box, Enter, the amount, the button"
    session.expire_all()
    entry = session.scalars(select(Milestone)).one()
    assert (entry.amount, entry.money_state) == (600_000_000, MoneyState.RECEIVED)
    assert [p.name for p in session.scalars(select(Evidence))] == ["slip.pdf"]
    screen.axe()
    screen.fits()


def test_a_space_need_is_written_down_in_three_presses(screen: Screen, found: Chain) -> None:
    """From the firm's page, which is open: the way in, one use, the button; the rest is typed."""
    screen.sign_in("incubator", PASSWORD)
    page = screen.open(f"/firms/{found.firms['石上泉传感'].pid}")
    screen.presses = 0
    page.locator("section", has=page.get_by_role("heading", name="空间需求")).get_by_role(
        "link", name="登记"
    ).click()
    page.wait_for_url("**/demand")
    page.get_by_label("面积（至少）").fill("800")
    page.get_by_label("最迟入驻日").fill("2027-05-31")
    page.locator("label", has_text="研发").click()
    page.get_by_role("button", name="保存空间需求").click()
    expect(page.locator("main")).to_contain_text("空间需求已保存")
    assert screen.presses <= 3
    session.rollback()
    row = session.scalars(select(Demand)).one()
    assert (row.area_low, row.area_high, row.uses) == (800, 800, ("research",))
    screen.axe()
    screen.fits()
