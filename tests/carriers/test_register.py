"""Registering a carrier, changing its operator, levels that would overlap."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import OrganisationKind, Role
from app.carriers import queries, service
from app.carriers.models import Carrier, CarrierTitle, Level, Operator
from app.core.codes import outer_check
from app.core.db import session, write
from app.core.errors import DomainError
from app.core.terms import Term
from tests.clients import Client, sign_in
from tests.factories.accounts import make_person
from tests.factories.carriers import ACTOR, make_carrier, organisation

TODAY = dt.date(2026, 11, 24)
BODY = "91310115MA1H8ABC3"
CODE = BODY + outer_check(BODY)
WRONG = BODY + ("A" if CODE[-1] != "A" else "B")
FORM = {
    "type": "goi",
    "name": "浦东海上大企业开放创新中心",
    "operator_name": "上海海上科创运营有限公司",
    "operator_code": CODE,
    "day": "2026-11-01",
    "document": "浦科经委〔2026〕9号",
    "level": "district",
    "sectors": ["ic", "bio"],
    "site_name": "主楼",
    "address": "科苑路 88 号",
    "site_m2": "3200",
}


def district(client: Client) -> None:
    """Somebody at the district signs in; the list of sectors has two."""
    with write("test:terms", actor=ACTOR):
        for code, zh in (("ic", "电子信息"), ("bio", "生物医药")):
            session.add(Term(list="sector", code=code, zh=zh, en=code))
    unit = organisation(OrganisationKind.DISTRICT)
    sign_in(client, make_person(Role.DISTRICT_HEAD, unit))


def test_a_new_carrier_counts_and_takes_people_at_once(app: Flask, client: Client) -> None:
    district(client)
    before = queries.count_registered(TODAY, 1)
    done = client.send("/carriers/new", FORM)
    assert done.status_code == 303
    session.expire_all()
    made = session.scalars(select(Carrier).where(Carrier.name == FORM["name"])).one()
    assert (made.tier, made.operator.code) == (1, CODE)
    assert made.organisation.parent_id == made.operator.organisation_id
    assert queries.count_registered(TODAY, 1) == before + 1
    assert FORM["name"] in client.get("/carriers").get_data(as_text=True)
    page = client.get(f"/carriers/{made.pid}").get_data(as_text=True)
    for word in ("浦科经委〔2026〕9号", "区级", "科苑路 88 号", "还没有人任职"):
        assert word in page
    sign_in(client, make_person(Role.CARRIER_HEAD, made.organisation))
    assert client.get(f"/carriers/{made.pid}/figures").status_code == 200


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"operator_code": CODE[:-1]}, "应为 18 位"),
        ({"operator_code": WRONG}, f"校验位应为“{CODE[-1]}”"),
        ({"day": "2030-01-01"}, "日期不能晚于今天"),
        ({"name": ""}, "未保存"),
    ],
)
def test_a_wrong_entry_is_told_and_kept(
    app: Flask, client: Client, change: dict[str, str], words: str
) -> None:
    district(client)
    answer = client.send("/carriers/new", {**FORM, **change})
    assert answer.status_code in (409, 422)
    page = answer.get_data(as_text=True)
    assert words in page
    assert "科苑路 88 号" in page
    assert session.scalars(select(Carrier)).all() == []
    assert session.scalars(select(Operator)).all() == []


def test_an_odd_code_passes_with_a_tick_and_a_known_operator_is_taken(
    app: Flask, client: Client
) -> None:
    district(client)
    odd = {**FORM, "operator_code": WRONG, "operator_sure": "y"}
    assert client.send("/carriers/new", odd).status_code == 303
    second = {**odd, "name": "海上二号孵化器", "type": "incubator"}
    assert client.send("/carriers/new", second).status_code == 303
    assert len(session.scalars(select(Operator)).all()) == 1
    assert client.send("/carriers/new", second).status_code == 409
    other = {**odd, "name": "海上三号孵化器", "operator_name": "别家公司"}
    assert "名称不一致" in client.send("/carriers/new", other).get_data(as_text=True)


def test_carriers_do_not_register(app: Flask, client: Client) -> None:
    mine = make_carrier()
    sign_in(client, make_person(Role.CARRIER_HEAD, mine.organisation))
    assert client.get("/carriers/new").status_code == 403
    assert client.get(f"/carriers/{mine.pid}/change").status_code == 403


def test_a_change_of_operator_moves_who_looks_after_it(app: Flask, client: Client) -> None:
    one = make_carrier("海上一号孵化器")
    district(client)
    old = one.operator.name
    page = f"/carriers/{one.pid}/change"
    form = {
        "name": one.name, "operator_name": "新运营有限公司", "operator_code": CODE,
        "day": "2026-11-02", "document": "浦科〔2026〕3号",
    }  # fmt: skip
    assert client.send(page, form).status_code == 303
    session.expire_all()
    held = session.scalars(select(Carrier).where(Carrier.id == one.id)).one()
    assert held.operator.name == "新运营有限公司"
    assert held.organisation.parent_id == held.operator.organisation_id
    shown = client.get(f"/carriers/{one.pid}").get_data(as_text=True)
    assert f"运营主体：{old} → 新运营有限公司" in shown
    assert queries.count_registered(TODAY, 1) == 1


def test_levels_do_not_overlap(app: Flask) -> None:
    one = make_carrier()

    def add(level: Level, starts: str, ends: str | None = None) -> None:
        with write("test:title", actor=ACTOR):
            service.add_title(
                actor=ACTOR, today=TODAY, carrier=one, level=level,
                starts=dt.date.fromisoformat(starts),
                ends=dt.date.fromisoformat(ends) if ends else None,
            )  # fmt: skip

    add(Level.STANDARD, "2022-01-01", "2024-01-01")
    add(Level.NATIONAL, "2022-01-01")
    add(Level.EXCELLENT, "2024-01-01")
    for level, day in ((Level.NATIONAL, "2025-01-01"), (Level.STANDARD, "2023-06-01")):
        with pytest.raises(DomainError) as refused:
            add(level, day)
        assert refused.value.code == "title_overlap"
    assert len(session.scalars(select(CarrierTitle)).all()) == 3


def test_the_list_is_narrowed_and_counted(app: Flask, client: Client) -> None:
    one, _two, park = make_carrier("金桥一号"), make_carrier("张江二号"), make_carrier(tier=3)
    with write("test:title", actor=ACTOR):
        service.add_title(
            actor=ACTOR, today=TODAY, carrier=one, level=Level.MUNICIPAL, starts=TODAY
        )
        service.set_sectors(actor=ACTOR, today=TODAY, carrier=park, sectors=["ic"])
    district(client)
    wanted = {
        "": 3, "tier=1": 2, "level=municipal": 1, "sector=ic": 1, "area=zhangjiang": 3,
        "q=jinqiao": 1, "standing=registered": 3, "standing=closed": 0, "type=park": 1,
        "tier=1&sort=-name": 2, "town=none-such": 0,
    }  # fmt: skip
    found = {
        query: client.get(f"/carriers?{query}").get_data(as_text=True).count('<th scope="row">')
        for query in wanted
    }
    assert found == wanted


def test_a_new_carrier_can_come_from_another_one(app: Flask, client: Client) -> None:
    old = make_carrier("老孵化器")
    district(client)
    assert client.send("/carriers/new", {**FORM, "predecessor": old.pid}).status_code == 303
    session.expire_all()
    made = session.scalars(select(Carrier).where(Carrier.name == FORM["name"])).one()
    shown = client.get(f"/carriers/{made.pid}").get_data(as_text=True)
    assert '老孵化器</a> <span class="jl-xs jl-2">更名设立 · 自 2026-11-01' in shown
    assert "更名设立为" in client.get(f"/carriers/{old.pid}").get_data(as_text=True)
