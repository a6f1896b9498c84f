"""The pages: what they show, and that each number opens a list of as many rows."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import OrganisationKind, Role
from app.carriers.models import Carrier
from app.core.db import session, write
from app.firms.models import Firm
from app.pipeline.models import GraduationState
from tests.clients import Client
from tests.factories.accounts import make_organisation
from tests.statistics import world as w
from tests.statistics.district import CANARY, TOTAL, Reader, enter, numbers


def opens(client: Client, page: str) -> int:
    """Follow every number of a page; each list has as many rows as the number says."""
    return Reader(client).follow(page)


PAGES = [
    "/statistics",
    "/statistics?as_of=2025-12-31&count=reported",
    "/statistics?as_of=2009-12-31",
    "/statistics/carriers",
    "/statistics/cohorts",
    "/statistics/targets",
    *(f"/statistics/graduations?by={by}" for by in (
        "year", "carrier", "type", "sector", "town", "area", "clause", "end", "carrier-year",
        "sector-year")),
    "/statistics/graduations?by=sector&year=2025",
    *(f"/statistics/stock?by={by}" for by in (
        "type", "stage", "carrier", "sector", "town", "area")),
    *(f"/statistics/hatched?by={by}" for by in ("carrier", "type", "sector")),
]  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_are_complete_in_both_languages(
    district: dict[str, Any], client: Client, language: str
) -> None:
    client.send("/preferences", {"lang": language}, page="/statistics")
    for page in [*PAGES, "/statistics/indicators", "/statistics/list?indicator=G-02&year=2026"]:
        answer = client.get(page)
        assert answer.status_code == 200
        assert f'lang="{language}' in answer.get_data(as_text=True)[:300]


def test_the_part_within_carriers_names_its_own_days(
    district: dict[str, Any], client: Client
) -> None:  # fmt: skip
    """The mean of whole years stands beside a count of this year: both say which."""
    page = client.get("/statistics/targets?as_of=2026-06-30").get_data(as_text=True)
    part = r"indicator={}[^>]*>[\d,]+</a><br><span[^>]*>{}</span>"
    assert re.search(part.format("H-02", "2026 年截至 2026-06-30"), page)
    assert re.search(part.format("H-03", "2026-06-30"), page)


def test_years_before_the_map_stand_in_one_column(district: dict[str, Any], client: Client) -> None:
    page = "/statistics/graduations?by=carrier-year"
    assert "年及以前" not in client.get(page).text
    with write("test:long-ago", actor=w.TESTER):
        old = session.get_one(Carrier, district["a_id"])
        for year in (2009, 2011):
            firm = w.firm()
            w.stay(firm, old, f"{year - 2}-01-01")
            w.graduate(firm, old, f"{year}-05-01", state=GraduationState.VERIFIED)
    html = client.get(page).text
    early = [(href, n) for href, n in numbers(html).items() if "year_to=2016" in href and n != "0"]
    assert "2016 年及以前" in html
    assert sorted(n for _href, n in early) == ["2", "2"]  # its line, and the sum
    for href, n in early:
        assert f'id="rows">名单<span class="jl-count">{n}<' in client.get(href).text
    assert "jl-shade-5" in html


def test_a_curve_is_drawn_only_where_firms_entered(
    district: dict[str, Any], client: Client
) -> None:
    drawn = [
        "curve-chart-data" in client.get(f"/statistics?as_of={day}").text
        for day in ("2026-06-30", "2009-12-31")
    ]
    assert drawn == [True, False]
    assert "这些年没有企业入孵" in client.get("/statistics?as_of=2009-12-31").text


def test_a_carrier_sees_its_own_figures_only(district: dict[str, Any], client: Client) -> None:
    enter(client, Role.CARRIER_CLERK, district["a"])
    assert opens(client, "/statistics")
    whole = client.get("/statistics/list?indicator=S-01").get_data(as_text=True)
    assert district["b_name"] not in whole
    assert district["a_name"] in whole
    other = client.get(f"/statistics/list?indicator=S-01&carrier={district['b_pid']}")
    assert TOTAL.search(other.get_data(as_text=True))[1] == "0"
    page = client.get("/statistics").get_data(as_text=True)
    assert "登记孵化器" not in page
    assert "填报率与审核率" not in page
    assert district["b_name"] not in client.get("/statistics/carriers").get_data(as_text=True)


def test_a_park_sees_who_landed_with_it(district: dict[str, Any], client: Client) -> None:
    enter(client, Role.PARK_INVEST, district["park"])
    page = client.get("/statistics").get_data(as_text=True)
    assert "落地园区企业" in page
    assert "毕业企业 · 本年" not in page
    assert opens(client, "/statistics")
    assert opens(client, "/statistics/stock?by=stage")


def test_an_area_reader_sees_its_area_only(district: dict[str, Any], client: Client) -> None:
    area = make_organisation("张江", OrganisationKind.AREA, area_code="zhangjiang")
    enter(client, Role.AREA_READER, area.id)
    listed = client.get("/statistics/list?indicator=S-10&size=100").get_data(as_text=True)
    assert district["a_name"] in listed
    assert district["b_name"] not in listed
    assert opens(client, "/statistics")
    both = {"area_code": "zhangjiang", "town_code": "t02"}  # a 街镇 reads the 街镇, no 片区
    town = make_organisation("街镇", OrganisationKind.AREA, **both)
    enter(client, Role.AREA_READER, town.id)
    listed = client.get("/statistics/list?indicator=S-10&size=100").get_data(as_text=True)
    assert district["b_name"] in listed
    assert district["a_name"] not in listed
    for name, answer in ((f"{CANARY}企业6", 200), ("甲企业4", 404)):
        pid = session.scalars(select(Firm.pid).where(Firm.name == name)).one()
        assert client.get(f"/firms/{pid}").status_code == answer, name
    assert client.get(f"/carriers/{district['b_pid']}").status_code == 200


def test_who_may_not_read_statistics_is_refused(district: dict[str, Any], client: Client) -> None:
    platform = make_organisation("系统管理", OrganisationKind.PLATFORM)
    enter(client, Role.ADMINISTRATOR, platform.id)
    for page in PAGES:
        assert client.get(page).status_code == 403


def test_unreadable_questions_are_answered_and_said(
    district: dict[str, Any], client: Client
) -> None:
    late = client.get("/statistics?as_of=2027-01-01").get_data(as_text=True)
    assert "统计时点不能晚于今天" in late
    assert "日期写作" in client.get("/statistics?as_of=yesterday").get_data(as_text=True)
    assert "没有这个修订号" in client.get("/statistics?cut=999999").get_data(as_text=True)
    for page in (
        "/statistics/list", "/statistics/list?indicator=Z", "/statistics/graduations?by=x",
        "/statistics/list?indicator=G-01&year=abc", "/statistics/graduations?by=sector&year=1",
        "/statistics/list?indicator=S-01&carrier=zzzzzzzzzzzz",
    ):  # fmt: skip
        assert client.get(page).status_code == 404, page


def test_a_list_stays_as_it_was_when_its_number_was_shown(
    district: dict[str, Any], client: Client
) -> None:
    found = numbers(client.get("/statistics").get_data(as_text=True))
    href = next(h for h in found if "indicator=S-01" in h)
    with write("test:more", actor=w.TESTER):
        w.stay(w.firm(), session.get_one(Carrier, district["a_id"]), "2026-01-01")
    body = client.get(href).get_data(as_text=True)
    assert TOTAL.search(body)[1] == found[href]
    newer = numbers(client.get("/statistics").get_data(as_text=True))
    assert int(next(newer[h] for h in newer if "indicator=S-01" in h)) == int(found[href]) + 1


@pytest.mark.parametrize("page", ["/statistics", "/statistics/cohorts", "/statistics/carriers"])
def test_what_is_kept_of_entries_is_made_anew_after_a_write(
    district: dict[str, Any], client: Client, page: str
) -> None:
    """The second look gives the same; after an entry every number still opens as many rows."""

    def entered() -> list[int]:
        found = numbers(client.get(page).get_data(as_text=True))
        return [int(n) for href, n in found.items() if "F-01" in href and n.isdigit()]

    before = entered()
    assert before
    assert entered() == before
    with write("test:entry", actor=w.TESTER):
        w.stay(w.firm(), session.get_one(Carrier, district["a_id"]), "2026-01-01")
    assert sum(entered()) > sum(before)
    opens(client, page)
