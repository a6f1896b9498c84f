"""去向与跟踪 in a real browser: accessible, off paper, few presses."""

from __future__ import annotations

import datetime as dt

import pytest

from app.carriers.models import UnitUse
from app.core.db import session, write
from app.firms.models import Demand, DemandState, Destination, LeaveReason
from app.pipeline.models import GraduationState
from tests.browser import Screen
from tests.conftest import TODAY
from tests.factories.accounts import PASSWORD
from tests.factories.chain import SEEDER, Chain


@pytest.fixture
def engine_name() -> str:
    """Looks are the same on either engine."""
    return "sqlite"


def test_the_warnings_are_accessible_and_never_on_paper(screen: Screen, made: Chain) -> None:
    since = TODAY - dt.timedelta(days=91)
    with write("test:search", actor=SEEDER):
        session.add(
            Demand(
                firm_id=made.firms["石上泉传感"].id, state=DemandState.OPEN, opened_on=since,
                checked_on=since, area_low=300, area_high=500, uses=(UnitUse.OFFICE,),
                needed_by=TODAY + dt.timedelta(days=200),
            )
        )  # fmt: skip
    screen.sign_in("incubator", PASSWORD)
    page = screen.open("/leavers/warnings")
    screen.axe()
    screen.fits()
    firm = page.locator("main").get_by_text("石上泉传感")
    assert firm.is_visible()
    page.emulate_media(media="print")
    assert not firm.is_visible()
    assert page.get_by_text("不打印。", exact=False).first.is_visible()


def test_a_year_of_a_graduate_in_five_presses(screen: Screen, made: Chain) -> None:
    left = dt.date(2024, 6, 1)
    with write("test:graduate", actor=SEEDER):
        firm = made.firm(
            "甲楼宇", starts=dt.date(2020, 1, 1), ends=left, destination=Destination.BUILDING,
            leave_reason=LeaveReason.GRADUATED,
        )  # fmt: skip
        made.graduation("甲楼宇", left, GraduationState.VERIFIED)
    screen.sign_in("incubator", PASSWORD)
    page = screen.open("/todo")
    screen.presses = 0
    page.locator("tr", has_text="补填毕业企业年度数据").get_by_role("link", name="填报").click()
    page.wait_for_selector("[data-grid]")
    screen.axe()
    screen.fits()
    page.set_viewport_size({"width": 1366, "height": 768})
    why = page.locator("thead .jl-why-cell").bounding_box()
    sheet = page.locator(".jl-sheet").bounding_box()
    assert why is not None
    assert sheet is not None
    assert why["x"] + why["width"] <= sheet["x"] + sheet["width"] + 1, "核对 is in sight"
    cells = page.locator("[data-cell]")
    for number in range(12):  # whatever is typed in stands clear of the columns that stay
        cells.nth(number).focus()
        box = cells.nth(number).bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= why["x"], number
    cells.first.focus()
    page.fill(f"[name='{firm.pid}-revenue']", "1234.5")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/following")
    assert page.locator("tr", has_text="甲楼宇").get_by_text("已填").count() == 1
    assert screen.presses <= 5
    screen.axe()


@pytest.mark.parametrize("way", ["去向不明", "迁出预警"])
def test_where_firms_leak_in_two_presses(screen: Screen, made: Chain, way: str) -> None:
    """From the workbench of the district: the flow of the year, then who is lost or may leave."""
    left = dt.date(2025, 6, 1)
    with write("test:graduate", actor=SEEDER):
        made.firm("乙不明", starts=dt.date(2021, 1, 1), ends=left, destination=Destination.UNKNOWN)
        made.graduation("乙不明", left, GraduationState.VERIFIED)
    screen.sign_in("district", PASSWORD)
    page = screen.open("/")
    screen.presses = 0
    page.get_by_role("link", name="毕业统计").first.click()
    page.wait_for_url("**/statistics")
    flow = page.locator("section", has=page.get_by_role("heading", name="毕业企业去向"))
    assert flow.is_visible()
    if way == "迁出预警":
        flow.get_by_role("link", name=way).click()
        page.wait_for_url("**/leavers/warnings")
    else:
        flow.locator("footer > span a").first.click()
        page.wait_for_url("**/statistics/list?*")
        assert page.get_by_text("乙不明").first.is_visible()
    assert screen.presses <= 2
    screen.fits()
