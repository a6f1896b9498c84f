"""The workbench of each role: what it counts is what its lists hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import viewing
from app.core.access import Viewer
from app.core.db import session, write
from app.core.panels import KeyFigure, Todo, registry
from app.firms.hooks import Relation, hooks
from app.firms.models import Firm, Residency, Title
from app.workbench import home, home_district, home_park
from tests.clients import Client
from tests.conftest import TODAY
from tests.factories.chain import SEEDER, Chain, enter

DAY = dt.timedelta(days=1)


@pytest.fixture
def act_as(app: Flask) -> Callable[[str], Client]:
    """A client signed in as somebody of the chain."""

    def become(kind: str) -> Client:
        made = app.test_client()
        assert isinstance(made, Client)
        return enter(made, kind)

    return become


def by_text(figures: list[KeyFigure]) -> dict[str, Any]:
    return {one.text: one for one in figures}


def built(app: Flask, viewer: Viewer) -> home.Home:
    with app.test_request_context("/"):
        return home.build(viewer, TODAY)


def test_a_carrier_counts_its_own_firms(app: Flask, made: Chain) -> None:
    figures = by_text(built(app, made.viewer("incubator")).figures)
    assert figures["本年毕业（申报）"].value == "2"
    assert figures["本年毕业（申报）"].lines == ("其中核定 1",)
    assert figures["将到孵化期限"].value == "1"
    assert figures["将到孵化期限"].lines == ("另有 1 家已超期",)
    assert figures["在孵企业"].value == "4"
    assert figures["季报填报"].value == "0 / 5"
    assert figures["季报填报"].lines == ("2026 年第 3 季度", "已填企业 0.0%")


def test_a_park_counts_the_pool_and_its_own(app: Flask, made: Chain) -> None:
    figures = by_text(built(app, made.viewer("park")).figures)
    assert figures["在园企业"].value == "1"
    assert figures["跟进中意向"].value == "1"
    assert figures["跟进中意向"].lines == ("7 天内到跟进期 1 项",)
    assert figures["本年落地"].value == "1"


def test_the_district_counts_all(app: Flask, made: Chain) -> None:
    figures = by_text(built(app, made.viewer("district")).figures)
    assert figures["本年毕业（申报）"].value == "2"
    assert figures["已超孵化期限"].value == "1"
    assert figures["季报已报"].value == "0 / 1"


@pytest.mark.parametrize("kind", ["incubator", "park", "district"])
def test_each_figure_opens_a_list_of_as_many_firms(
    app: Flask, made: Chain, act_as: Callable[[str], Client], kind: str
) -> None:
    viewer = made.viewer(kind)
    doors = [one for one in built(app, viewer).figures if one.url]
    assert doors
    client = act_as(kind)
    for one in doors:
        page = client.get(one.url)
        assert page.status_code == 200
        if one.text == "季报填报":
            assert one.value in client.get("/returns").text
            continue
        assert page.text.count('<th scope="row">') == int(one.value), one


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", ["incubator", "park", "district"])
def test_the_page_is_in_order(
    made: Chain, act_as: Callable[[str], Client], kind: str, lang: str
) -> None:
    client = act_as(kind)
    client.set_cookie("lang", lang)
    assert client.get("/").status_code == 200
    assert client.get("/todo").status_code == 200


def test_todos_come_by_day_and_count_in_the_rail(
    app: Flask, made: Chain, act_as: Callable[[str], Client]
) -> None:
    def source(_viewer: Any, day: dt.date) -> list[Todo]:
        return [
            Todo(day + 7 * DAY, "确认空间需求", "", "鹿鸣溪", "/a", "核对"),
            Todo(day - 3 * DAY, "报送三季报", "还差 3 家", "本载体", "/b", "继续填报", True),
            *(Todo(day, f"事项 {n:02d}", "", "", "/c", "办理") for n in range(12)),
        ]

    registry(app).todos[:] = [source]
    page = act_as("incubator").get("/").text
    assert '<span class="n n-hot">14</span>' in page
    assert "待办 14 项，其中逾期 1 项，7 天内到期 13 项" in page
    assert page.index("报送三季报") < page.index("事项 00") < page.index("事项 08")
    assert "事项 09" not in page
    assert "确认空间需求" in act_as("incubator").get("/todo").text


def test_the_last_working_day_skips_the_weekend() -> None:
    monday = dt.date(2026, 11, 23)
    assert home.last_working_day(monday) == dt.date(2026, 11, 20)
    assert home.last_working_day(monday + DAY) == monday
    assert home.last_working_day(monday - DAY) == dt.date(2026, 11, 20)
    assert home.starts_at(monday) == dt.datetime(2026, 11, 22, 16, tzinfo=dt.UTC)


def test_openings_put_lead_sectors_first_and_count_live_bids_of_others(
    app: Flask, made: Chain
) -> None:
    park = made.viewer("park")
    hooks().relations[Relation.POOL] = lambda _viewer, _day: made_firms(made)
    with app.test_request_context("/"):
        rows = home_park.openings(park, TODAY)
    assert [(r.name, r.why, r.others, r.mine, r.ours) for r in rows] == [
        ("松间月机器人", "毕业", 1, True, True),
        ("砚池云数据", "推送", 0, False, True),
    ]


def made_firms(made: Chain) -> Any:
    return Firm.id.in_([f.id for f in made.firms.values()])


def test_late_carriers_are_those_whose_registration_stands(app: Flask, made: Chain) -> None:
    found = home_district.filing(made.viewer("district"), TODAY)
    assert (found.period.code, found.expected, found.filed) == ("2026Q3", 1, 0)
    assert [(one.name, one.due, one.returned) for one in found.late] == [
        ("金科路青禾孵化器", dt.date(2026, 11, 20), True)
    ]
    assert home_district.filing(made.viewer("district"), dt.date(2020, 1, 1)).expected == 0


def test_changes_since_the_last_working_day_name_who_and_what(app: Flask, made: Chain) -> None:
    with app.test_request_context("/"):
        found = home.changes(made.viewer("incubator"), home.last_working_day(dt.date.today()))
        other = home.changes(made.viewer("park"), home.last_working_day(dt.date.today()))
    told = {one.subject: one.text for one in found}
    assert told["苇间雪软件"] == "金科路青禾孵化器 实地，自 2022-09-18 起"
    assert told["竹外桃电路"] == "资质 高新技术企业；金科路青禾孵化器 实地，自 2026-08-16 起"
    assert {one.who for one in found} == {"系统"}
    assert "鹿鸣溪器械" not in told
    assert [one.subject for one in other] == ["半亩塘医药"]


def test_changes_of_a_firm_that_is_only_counted_are_not_told_to_its_area(
    app: Flask, made: Chain
) -> None:
    post = made.area_reader("苇间雪软件", "竹外桃电路")
    who = viewing.build(post.person_id, "x", "片区", made.today, None)
    with app.test_request_context("/"):
        told = home.changes(who, home.last_working_day(dt.date.today()))
    assert {one.subject for one in told} == {"竹外桃电路"}


def test_a_former_host_is_told_that_a_firm_left_and_nothing_after_it(
    app: Flask, made: Chain
) -> None:
    firm = made.firms["竹外桃电路"]
    with write("test:leave", actor=SEEDER):
        tie = session.scalars(select(Residency).where(Residency.firm_id == firm.id)).one()
        tie.ends = made.today
        made.tie("竹外桃电路", "park", starts=made.today)
    with write("test:title", actor=SEEDER):
        made.title("竹外桃电路", Title.LITTLE_GIANT, TODAY + 900 * DAY)

    def told(who: str) -> str:
        with app.test_request_context("/"):
            found = home.changes(made.viewer(who), home.last_working_day(made.today))
        return "；".join(one.text for one in found if one.subject == "竹外桃电路")

    assert "小巨人" in told("park")
    assert "小巨人" not in told("incubator")
    assert "金科路青禾孵化器 实地，到" in told("incubator")
    with write("test:correct", actor=SEEDER):
        session.get_one(Residency, tie.id).remark = "更正"
    assert "小巨人" not in told("incubator"), "a correction opens nothing"
