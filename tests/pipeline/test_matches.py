"""Matches on pages: both sides see one pair, nobody sees what the firm has not agreed to."""

from __future__ import annotations

import datetime as dt
import re
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Role
from app.carriers.models import ACCELERATOR, INCUBATOR, PARK, Carrier, CarrierSector, UnitUse
from app.core.db import session, write
from app.firms.models import Consent, Firm, Residency
from app.pipeline.models import Push
from app.pipeline.queries import matches, watching
from app.pipeline.queries import openings as pool
from tests.clients import Client, sign_in
from tests.factories.accounts import person_with_post
from tests.factories.carriers import ACTOR, make_carrier, viewer_at
from tests.factories.demand import need
from tests.factories.firms import TODAY, host, make_firm
from tests.factories.units import make_unit
from tests.pipeline.office import Office, admitted

SECTORS = ("ai", "biomedicine", "materials")


def speciality(carrier: Carrier, *sectors: str) -> None:
    with write("test:sectors", actor=ACTOR):
        for place, sector in enumerate(sectors):
            session.add(CarrierSector(carrier_id=carrier.id, sector=sector, position=place))


def pushed(firm: Firm, carrier: Carrier, day: dt.date = dt.date(2026, 11, 2)) -> None:
    with write("test:push", actor=ACTOR):
        session.add(Push(firm_id=firm.id, carrier_id=carrier.id, starts=day))


@pytest.mark.parametrize("seed", range(4))
def test_a_pair_shown_on_one_side_is_shown_on_the_other(app: Flask, seed: int) -> None:
    dice = Random(seed)
    home = make_carrier(tier=INCUBATOR)
    gone = dt.date(2026, 11, 20)
    bidders = [make_carrier(tier=dice.choice((ACCELERATOR, PARK))) for _ in range(3)]
    for carrier in bidders:
        speciality(carrier, *dice.sample(SECTORS, dice.randint(0, 2)))
        for _ in range(dice.randint(0, 3)):
            make_unit(
                carrier, dice.randint(50, 900) * 100, rent=dice.choice((None, 300, 600)),
                uses=tuple(dice.sample(list(UnitUse), 2)), load_kg=dice.choice((None, 500, 1200)),
            )  # fmt: skip
    with write("test:inside", actor=ACTOR):
        session.get_one(Carrier, home.id).host_id = bidders[seed % 3].id
    firms = [make_firm(at=home, sector=dice.choice((*SECTORS, None))) for _ in range(5)]
    with write("test:left", actor=ACTOR):
        left = select(Residency).where(Residency.firm_id == firms[0].id)
        session.scalars(left).one().ends = gone
    for firm in firms:
        pushed(firm, home)
        if dice.random() < 0.7:
            need(
                firm, agreed=dice.random() < 0.6, area_low=dice.randint(50, 500), area_high=900,
                uses=tuple(dice.sample(list(UnitUse), 1)), regions=dice.choice((None, ("any",))),
                rent_most=dice.choice((None, 400)), load_kg=dice.choice((None, 0, 900)),
            )  # fmt: skip
    seen = {c.id: matches.matches(viewer_at(c), TODAY) for c in bidders}
    theirs = {(i, c): one.score for c, fits in seen.items() for i, one in fits.items() if one.suits}
    own = {
        (one.firm_id, one.carrier_id): one.score
        for firm in firms for one in matches.mirror(firm, TODAY)
    }  # fmt: skip
    assert own == theirs
    assert {firm.id for firm in firms} == set(seen[bidders[0].id])


def answers(client: Client, *pages: str) -> str:
    """Pages without what differs between two firms: names, codes, ids."""
    text = "".join(client.get(page).text for page in pages)
    return re.sub(
        r'"request": "[0-9a-f]+"|name="(csrf_token|token)"[^>]*value="[^"]*"|cut=\d+', "", text
    )


LISTS = (
    "/openings", "/openings?tab=fit", "/openings?use=gmp", "/openings?use=research",
    "/openings?sort=day", "/firms", "/", "/todo",
)  # fmt: skip


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_two_firms_that_differ_in_what_is_hidden_look_the_same(app: Flask, office: Office) -> None:
    """The demand of a firm that has not agreed moves no score, order, filter, count or sum."""
    admitted(office)
    speciality(office.park, "ai")
    make_unit(office.park, 60_000, rent=500, load_kg=800, uses=(UnitUse.GMP, UnitUse.RESEARCH))
    office.be("clerk")
    office.act("push")
    other = make_firm("上海另一家科技有限公司", at=office.incubator, sector="ai")
    pushed(other, office.incubator)
    pages = (
        *LISTS, f"/openings?firm={office.pid}", f"/firms/{office.pid}",
        f"/openings/compare?firm={office.pid}&firm={other.pid}",
    )  # fmt: skip
    park = office.be("park")
    park.lint = False
    bare = answers(park, *pages)
    demand = need(office.firm, uses=("gmp",), area_low=111, area_high=222, load_kg=99)
    first = answers(park, *pages)
    with write("test:other", actor=ACTOR):
        row = session.get_one(type(demand), demand.id)
        row.area_low, row.area_high, row.uses = 5_111, 6_222, (UnitUse.OFFICE,)
        row.needed_by, row.rent_most, row.regions = dt.date(2029, 1, 1), 1, ("lingang",)
    assert answers(park, *pages) == first == bare
    assert park.get(f"/firms/{office.pid}/demand").status_code == 404
    with write("test:agree", actor=ACTOR):
        session.add(Consent(firm_id=office.firm.id, starts=dt.date(2026, 11, 20)))
    now = answers(park, *pages)
    assert now != bare
    assert "5,111" in now


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_firm_side_is_told_no_room_and_no_rent(app: Flask, office: Office) -> None:
    admitted(office)
    speciality(office.park, "ai")
    make_unit(office.park, 77_700, rent=987, number="密室", uses=(UnitUse.RESEARCH,))
    with write("test:sector", actor=ACTOR):
        session.scalars(select(Firm).where(Firm.pid == office.pid)).one().sector = "ai"
    need(office.firm, agreed=True, rent_most=500)
    page = office.be("clerk").get(f"/firms/{office.pid}").text
    panel = page[page.index('id="suiting"') :]
    assert "北河机器人园" in panel
    assert "面积合适" in panel
    for hidden in ("密室", "777", "9.87", "挂牌价", "预算与"):
        assert hidden not in panel
    assert 'id="suiting"' not in office.be("park").get(f"/firms/{office.pid}").text
    assert 'id="suiting"' in office.be("head").get(f"/firms/{office.pid}").text


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_list_says_why_and_how_the_score_came_about(app: Flask, office: Office) -> None:
    admitted(office)
    speciality(office.park, "ai")
    make_unit(office.park, 80_000, rent=300, load_kg=800, uses=(UnitUse.RESEARCH,))
    office.be("clerk")
    office.act("push")
    other = make_firm("上海无需求科技有限公司", at=office.incubator)
    pushed(other, office.incubator)
    with write("test:sector", actor=ACTOR):
        session.scalars(select(Firm).where(Firm.pid == office.pid)).one().sector = "ai"
    need(office.firm, agreed=True, load_kg=1_000, rent_most=400, regions=("any",))
    park = office.be("park")
    page = park.get("/openings").text
    for words in (
        "承重需 1,000，现有 800 kg/㎡", "本园（载体）定位的领域", "400—600", "评分规则第 1 版",
        "预算与挂牌价相符", "本单位可供 800 ㎡",
    ):  # fmt: skip
        assert words in page, words
    assert page.index("松间月机器人") < page.index("无需求"), "the best fit first"
    assert "无需求" not in park.get("/openings?use=research").text
    table = park.send("/exports/pipeline.openings", {"format": "csv"}, page="/openings").text
    assert "承重需 1,000，现有 800 kg/㎡" in table
    both = park.get(f"/openings/compare?firm={office.pid}&firm={other.pid}").text
    assert "承重需 1,000，现有 800 kg/㎡" in both
    assert "未填或未经企业同意展示" in both
    for who, code in (("clerk", 404), ("booster", 200)):
        assert office.be(who).get("/openings/compare").status_code == code


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_views_and_subscriptions_are_kept_and_told(app: Flask, office: Office) -> None:
    admitted(office)
    firm = make_firm("上海智识科技有限公司", at=office.incubator, sector="ai")
    pushed(firm, office.incubator, TODAY)
    park = office.be("park")
    say = {"query": "tab=pushed&sector=ai", "keep": "智能类"}
    assert park.send("/openings/watch", say, page="/openings").status_code == 303
    page = park.get("/openings?tab=pushed&sector=ai").text
    assert "智能类" in page
    assert "删除视图" in page
    assert "人工智能 新增" not in park.get("/todo").text
    park.send("/openings/watch", {"watch": "ai", "query": "sector=ai"}, page="/openings")
    park.send("/openings/watch", {"watch": "nonsense"}, page="/openings")
    assert "已订阅人工智能" in park.get("/openings?sector=ai").text
    assert "人工智能 新增 1 家可承接" in park.get("/todo").text
    mine = viewer_at(office.park)
    assert watching.watched(mine) == set(), "another person's"
    with write("test:older", actor=ACTOR):
        session.scalars(select(Push)).one().starts = TODAY - dt.timedelta(days=30)
    assert "人工智能 新增" not in park.get("/todo").text
    park.send("/openings/watch", {"unwatch": "ai"}, page="/openings")
    number = re.search(
        r'name="drop" value="(\d+)"', park.get("/openings?tab=pushed&sector=ai").text
    )
    assert number
    park.send("/openings/watch", {"drop": number[1]}, page="/openings")
    assert "智能类" not in park.get("/openings").text
    assert "订阅人工智能" in park.get("/openings?sector=ai").text


def test_the_digest_begins_on_monday() -> None:
    monday = dt.date(2026, 11, 23)
    assert watching.since(monday) == dt.date(2026, 11, 16)
    assert {watching.since(monday + dt.timedelta(days=n)) for n in range(1, 7)} == {monday}


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_each_tab_and_filter_counts_what_it_lists(app: Flask, office: Office) -> None:
    admitted(office)
    speciality(office.park, "ai", "materials")
    for number, sector in enumerate(("ai", "materials", None, "aviation")):
        firm = make_firm(at=office.incubator, sector=sector)
        pushed(firm, office.incubator)
        need(firm, agreed=number < 2, uses=("gmp",))
    park = office.be("park")
    page = park.get("/openings").text
    for code in pool.TABS:
        shown = park.get(f"/openings?tab={code}").text
        told = re.search(r'aria-current="page">[^<]+<span class="jl-count">(\d+)', shown)
        assert told
        assert shown.count('name="firm" value=') == int(told[1]), code
    assert page.count('name="firm" value=') == 4
    assert park.get("/openings?use=gmp").text.count('name="firm" value=') == 2


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_tabs_and_subscriptions_keep_the_filters(app: Flask, office: Office) -> None:
    admitted(office)
    for sector in ("ai", "ai", "materials"):
        pushed(make_firm(at=office.incubator, sector=sector), office.incubator)
    park = office.be("park")
    page = park.get("/openings?sector=ai").text
    tabs = dict(re.findall(r'<a href="([^"]*)"[^>]*>已推送 <span class="jl-count">(\d+)', page))
    [(address, count)] = tabs.items()
    assert (count, "sector=ai" in address) == ("2", True)
    held = park.get(address.replace("&amp;", "&")).text
    assert held.count('name="firm" value=') == 2
    query = re.search(
        r'name="watch" value="ai"><input type="hidden" name="query" value="([^"]*)"', held
    )
    assert query
    asked = query[1].replace("&amp;", "&")
    assert set(asked.split("&")) == {"tab=pushed", "sector=ai"}
    answer = park.send("/openings/watch", {"watch": "ai", "query": asked}, page="/openings")
    assert "tab=pushed" in answer.location
    assert "sector=ai" in answer.location
    after = park.get(answer.location).text
    assert "已订阅人工智能：新增的可承接企业每周列在待办里。" in after
    assert re.search(r"<button[^>]*>(?:(?!</button>).)*取消订阅", after, re.S)
    empty = park.get("/openings?sector=biomedicine&tab=graduated").text
    assert "这些条件下目前没有可承接的企业" in empty
    assert "去掉条件 领域 为" in empty, "a filter without firms can still be taken off"


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_condition_that_there_is_not_is_named(app: Flask, office: Office) -> None:
    admitted(office)
    pushed(make_firm(at=office.incubator, sector="ai"), office.incubator)
    page = office.be("park").get("/openings?sector=zz&use=castle&tab=moon").text
    assert "地址里的条件 moon、zz、castle 不存在，未按它筛选。" in page
    assert "订阅zz" not in page
    assert page.count('name="firm" value=') == 1


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_comparison_says_a_sector_once_and_leads_to_a_live_claim(
    app: Flask, office: Office
) -> None:
    admitted(office)
    office.be("clerk")
    office.act("push")
    park = office.be("park")
    before = park.get(f"/openings/compare?firm={office.pid}").text
    assert len(re.findall(r'<th scope="row"[^>]*>领域</th>', before)) == 1
    assert "提交承接意向" in before
    form = park.get(f"/openings?firm={office.pid}").text
    token, carrier = (
        re.search(rf'name="{name}"[^>]*value="([^"]*)"', form)[1]  # type: ignore[index]
        for name in ("token", "carrier")
    )
    said = {"carrier": carrier, "token": token}
    sent = park.send(f"/openings/{office.pid}", said, page=f"/openings?firm={office.pid}")
    assert sent.status_code == 303
    after = park.get(f"/openings/compare?firm={office.pid}").text
    assert "提交承接意向" not in after
    assert "看意向" in after


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_home_link_counts_the_list_it_opens(app: Flask, office: Office) -> None:
    """Long graduated firms stand in the list and not in the panel of new ones."""
    admitted(office)
    for _number in range(3):
        pushed(make_firm(at=office.incubator), office.incubator)
    park = office.be("park")
    told = re.search(r'<a href="/openings">可承接企业 (\d+) 家', park.get("/").text)
    assert told
    assert park.get("/openings").text.count('name="firm" value=') == int(told[1])


def test_members_of_other_organisations_see_no_pool(app: Flask, client: Client) -> None:
    sign_in(client, person_with_post(Role.CARRIER_CLERK))
    assert client.send("/openings/watch", {"watch": "ai"}, page="/me").status_code == 404


def test_a_firm_at_a_bidder_is_not_offered_to_it(app: Flask) -> None:
    park = make_carrier(tier=ACCELERATOR)
    firm = make_firm()
    host(firm, park)
    assert park.id not in {one.carrier_id for one in matches.mirror(firm, TODAY)}
    assert firm.id not in matches.matches(viewer_at(park), TODAY)
