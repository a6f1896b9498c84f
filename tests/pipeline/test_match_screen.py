"""A park's morning in a real browser, counted in presses: the list, one firm, three, a claim."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.core.db import session, write
from app.pipeline.models import Claim
from seed import reference
from tests.browser import Screen
from tests.conftest import TODAY
from tests.factories.accounts import PASSWORD
from tests.factories.chain import SEEDER, Chain, chain
from tests.factories.demand import need

# presses are the same on either engine
pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])


@pytest.fixture
def offered(app: object) -> Chain:
    """Three firms that their incubator has pushed, one with its need on record."""
    reference.load()
    made = chain(TODAY)
    with write("test:firms", actor=SEEDER):
        for name in ("松间月机器人", "砚池云数据", "竹外桃电路"):
            made.firm(name, sector="ai")
            made.push(name, TODAY)
    need(made.firms["松间月机器人"], agreed=True)
    return made


def test_a_view_has_room_for_its_name_and_export_stays_alive(
    screen: Screen, offered: Chain
) -> None:
    screen.sign_in("park", PASSWORD)
    page = screen.open("/openings?sector=ai")
    page.get_by_text("存为视图").click()
    name = page.get_by_label("视图名称")
    box = name.bounding_box()
    assert box
    assert box["width"] > 180
    expect(page.locator("label[for=view-name]")).to_be_visible()
    screen.fits()
    page.keyboard.press("Escape")
    page = screen.open("/openings")
    for _time in range(2):
        with page.expect_download(timeout=5_000):
            page.get_by_role("button", name="导出").click()
        page.wait_for_timeout(1_000)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_from_the_list_to_a_claim(screen: Screen, offered: Chain, lang: str) -> None:
    words = {
        "zh": ("承接机会", "对比所选", "企业对比", "提交承接意向", "给企业的话"),
        "en": ("Openings", "Compare chosen", "Firms compared", "Submit claim", "Message"),
    }[lang]
    screen.sign_in("park", PASSWORD, lang=lang)
    page = screen.open("/")
    screen.presses = 0
    page.locator("a[href='/openings']").first.click()
    page.wait_for_url("**/openings")
    assert screen.presses == 1
    screen.axe()
    screen.fits()
    screen.presses = 0
    page.get_by_role("link", name="松间月机器人").first.click()
    page.wait_for_url("**firm=**")
    assert screen.presses == 1
    expect(page.locator("section[aria-labelledby=one]")).to_contain_text("400—600 ㎡")
    page.go_back()
    screen.presses = 0
    for place in range(3):
        page.locator("input[name=firm]").nth(place).click()
    page.get_by_role("button", name=words[1]).click()
    page.wait_for_url("**/compare?**")
    expect(page.get_by_role("heading", level=1)).to_have_text(words[2])
    assert page.locator("thead th").count() == 4
    assert screen.presses <= 4
    screen.axe()
    screen.fits()
    screen.open("/")
    screen.presses = 0
    page.locator("a[href='/openings']").first.click()
    page.get_by_role("link", name="砚池云数据").first.click()
    page.wait_for_url("**firm=**")
    page.locator("section[aria-labelledby=one] form button[type=submit]").last.click()
    page.wait_for_url("**/claims**")
    assert screen.presses <= 5
    session.rollback()
    assert session.scalars(select(Claim)).one().firm_id == offered.firms["砚池云数据"].id
