"""The list of firms: what it opens with, conditions in words, the bar of chosen firms."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import paging
from app.core.db import session, write
from app.firms.models import Firm, FirmName, Residency
from app.firms.search_text import refill
from app.workbench import columns
from tests.browser import Screen
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.factories.accounts import PASSWORD
from tests.factories.chain import SEEDER, Chain

ROWS = re.compile(r'name="firm" value="(\w+)"')
COUNT = re.compile(r"符合条件 ([\d,]+) 家")


@pytest.fixture
def found(made: Chain) -> Chain:
    """The firms with their search text, one with a former name."""
    with write("test:search", actor=SEEDER):
        one = made.firms["石上泉传感"]
        starts, ends = dt.date(2022, 6, 8), dt.date(2024, 6, 8)
        session.add(FirmName(firm_id=one.id, name="旧渡测控", starts=starts, ends=ends))
        session.flush()
        refill(firm.id for firm in made.firms.values())
    return made


def rows(client: Client, path: str) -> list[str]:
    """Names of the firms that a list shows, in its order; as many as it says."""
    page = client.get(path).get_data(as_text=True)
    found = ROWS.findall(page)
    assert COUNT.findall(page) == [str(len(found))]
    held = {f.pid: f.short_name for f in session.scalars(select(Firm).order_by(Firm.id))}
    return [held[pid] for pid in found]


def test_a_carrier_starts_with_those_it_has_today(
    app: Flask, client: Client, made: Chain
) -> None:  # fmt: skip
    sign_in(client, made.people["incubator"])
    page = client.get("/firms").get_data(as_text=True)
    assert rows(client, "/firms") == rows(client, "/firms?standing=incubating")
    assert len(rows(client, "/firms?whole=1")) > len(rows(client, "/firms"))
    assert 'href="/firms?whole=1"' in page, "the condition can be dropped"
    rail = re.search(r'href="/firms"[^>]*>.*?<span class="n[^"]*">([\d,]+)</span>', page, re.S)
    assert rail
    assert rail[1] == str(len(rows(client, "/firms")))


def test_the_limit_reached_first_stands_on_top(client: Client, made: Chain) -> None:
    sign_in(client, made.people["incubator"])
    assert rows(client, "/firms")[:2] == ["苇间雪软件", "石上泉传感"]
    assert rows(client, "/firms?sort=-name")[0] != "苇间雪软件"


@pytest.mark.parametrize("typed", ["石上", "ssqcg", "SSQ", "旧渡"])
def test_search_finds_each_way_to_name_a_firm(client: Client, found: Chain, typed: str) -> None:
    sign_in(client, found.people["district"])
    assert rows(client, f"/firms?q={typed}") == ["石上泉传感"]


@pytest.mark.parametrize("sort", ["name", "-name", "-months"])
def test_a_search_is_paged_like_any_list(
    client: Client, found: Chain, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    """Its pages make up the list in its order; a page beyond the end is the last one."""
    sign_in(client, found.people["district"])
    path = f"/firms?q=公司&sort={sort}"
    every = ROWS.findall(client.get(path).get_data(as_text=True))
    monkeypatch.setattr(paging, "SIZES", (2,))
    last = -(-len(every) // 2)
    assert last > 2
    pages = [client.get(f"{path}&page={n}").get_data(as_text=True) for n in range(1, last + 2)]
    assert {number for page in pages for number in COUNT.findall(page)} == {str(len(every))}
    assert [pid for page in pages[:-1] for pid in ROWS.findall(page)] == every
    assert ROWS.findall(pages[-1]) == ROWS.findall(pages[-2])


def test_search_by_a_fragment_of_the_code(client: Client, found: Chain) -> None:
    sign_in(client, found.people["district"])
    code = found.firms["石上泉传感"].code
    assert code
    assert rows(client, f"/firms?q={code[9:].lower()}") == ["石上泉传感"]


def test_an_empty_list_says_what_dropping_a_condition_gives(client: Client, found: Chain) -> None:
    sign_in(client, found.people["district"])
    page = client.get("/firms?q=石上泉&limit=over").get_data(as_text=True)
    assert COUNT.findall(page) == ["0"]
    ways = dict.fromkeys(unescape(h) for h in re.findall(r'href="(/firms\?[^"]+)"', page))
    assert [len(rows(client, way)) for way in ways if way in ("/firms?limit=over",)] == [1]
    assert "/firms?q=%E7%9F%B3%E4%B8%8A%E6%B3%89" in ways


def test_chosen_firms_give_a_list_of_gaps(client: Client, made: Chain) -> None:
    sign_in(client, made.people["incubator"])
    mine, other = made.firms["石上泉传感"], made.firms["鹿鸣溪器械"]
    page = client.get(f"/firms/gaps?firm={mine.pid}&firm=nowhere").get_data(as_text=True)
    assert mine.name in page
    assert "核对时点 2026-11-24" in page
    assert other.name not in page
    assert client.get("/firms/gaps").status_code == 303
    sign_in(client, made.people["rival"])
    assert client.get(f"/firms/gaps?firm={mine.pid}").status_code == 303


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_tick_brings_the_bar(screen: Screen, engine_name: str) -> None:
    screen.sign_in("incubator", PASSWORD)
    page = screen.open("/firms")
    bar = page.locator(".jl-bulk")
    assert not bar.is_visible()
    page.locator("[data-tick]").first.check()
    assert bar.is_visible()
    screen.axe()
    screen.fits()
    bar.get_by_role("button", name="差距清单").click()
    page.wait_for_url("**/firms/gaps?*")
    assert page.locator("tbody tr").count() == 1
    screen.axe()


def test_of_the_pool_a_park_learns_neither_foundation_nor_limit(
    client: Client, made: Chain
) -> None:  # fmt: skip
    with write("test:founded", actor=SEEDER):
        for name, year in (("鹿鸣溪器械", 2001), ("砚池云数据", 2002), ("半亩塘医药", 2003)):
            made.firms[name].founded_on = dt.date(year, 5, 17)
        stay = session.scalars(
            select(Residency).where(Residency.firm_id == made.firms["砚池云数据"].id)
        ).one()
        stay.incubated_on, stay.limit_on = stay.starts, TODAY - dt.timedelta(days=30)
    sign_in(client, made.people["park"])
    page = client.get("/firms?whole=1&col=founded&col=months").get_data(as_text=True)
    assert "砚池云数据" in page
    assert re.findall(r"\d{4}-05-17", page) == ["2003-05-17"], "only of the firm in the park"
    ids = [made.firms["砚池云数据"].id]
    assert columns.months_cells(made.viewer("park"), ids, TODAY) == {}
    assert columns.months_cells(made.viewer("district"), ids, TODAY)[ids[0]]["used"] == 29
    assert rows(client, "/firms?whole=1&sort=founded")[0] == "半亩塘医药"
    closed = [one for one in rows(client, "/firms?whole=1&sort=name") if one != "半亩塘医药"]
    for sort in ("founded", "-founded", "months", "-months"):
        found = rows(client, f"/firms?whole=1&sort={sort}")
        assert [one for one in found if one != "半亩塘医药"] == closed
    assert rows(client, "/firms?limit=over") == []
    pid = made.firms["砚池云数据"].pid
    for path in (f"/firms/{pid}", f"/openings?firm={pid}"):
        page = client.get(path).get_data(as_text=True)
        assert "2002-05-17" not in page
        assert "第 30 个月" in page
        assert "第 30 个月，期限" not in page
    sign_in(client, made.people["district"])
    assert "砚池云数据" in rows(client, "/firms?limit=over")
    for days, condition in ((90, "soon"), (400, "")):
        with write("test:extended", actor=SEEDER):
            stay.extended_to = TODAY + dt.timedelta(days=days)
        for one in ("over", "soon"):
            assert ("砚池云数据" in rows(client, f"/firms?limit={one}")) == (one == condition)


def test_the_district_registers_a_firm_from_its_list(client: Client, made: Chain) -> None:
    sign_in(client, made.people["district"])
    assert 'href="/firms/new"' in client.get("/firms").get_data(as_text=True)


def test_the_districts_tabs_are_counted_once_a_revision(
    client: Client, made: Chain, queries: Callable[[], Any]
) -> None:
    def tab() -> str:
        page = client.get("/firms").get_data(as_text=True)
        return re.findall(r"在孵企业\s*<span[^>]*>([\d,]+)</span>", page)[0]

    sign_in(client, made.people["district"])
    with queries() as first:
        before = int(tab())
    with queries() as second:
        assert int(tab()) == before
    assert len(second.selects) < len(first.selects)
    with write("test:one-more", actor=SEEDER):
        made.firm("新荷芯片", starts=TODAY)
    assert int(tab()) == before + 1
