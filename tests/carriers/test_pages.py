"""Carriers: their list, their page, acts and figures."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import OrganisationKind, Role
from app.carriers import queries, service
from app.carriers.models import CarrierFigures, Site, Source, StatusAct, Verification
from app.core.db import session, write
from app.core.errors import DomainError
from tests.clients import Client, sign_in
from tests.factories.accounts import make_person
from tests.factories.carriers import ACTOR, make_carrier, organisation

TODAY = dt.date(2026, 11, 24)


def test_registered_carriers_are_counted_as_of_a_day(app: Flask) -> None:
    one = make_carrier()
    make_carrier(tier=2)
    for act, day in (
        (StatusAct.SUSPENDED, "2024-01-01"), (StatusAct.CHANGED, "2024-02-01"),
        (StatusAct.RESUMED, "2025-01-01"), (StatusAct.CLOSED, "2026-01-01"),
    ):  # fmt: skip
        with write("test:act", actor=ACTOR):
            service.add_act(
                actor=ACTOR, today=TODAY, carrier=one, act=act, day=dt.date.fromisoformat(day)
            )
    wanted = {
        "2019-12-31": 0, "2020-01-01": 1, "2024-01-01": 0, "2024-06-01": 0, "2025-06-01": 1,
        "2026-01-01": 0,
    }  # fmt: skip
    held = {d: queries.count_registered(dt.date.fromisoformat(d), 1) for d in wanted}
    assert held == wanted
    assert queries.count_registered(TODAY) == 1


@pytest.mark.parametrize("act", [StatusAct.RESUMED, StatusAct.REGISTERED])
def test_acts_keep_their_order(app: Flask, act: StatusAct) -> None:
    one = make_carrier()
    with pytest.raises(DomainError) as refused, write("test:act", actor=ACTOR):
        service.add_act(actor=ACTOR, today=TODAY, carrier=one, act=act, day=TODAY)
    assert refused.value.code == "act_order"


def test_of_other_carriers_only_what_is_public_is_shown(app: Flask, client: Client) -> None:
    mine, other = make_carrier(area_m2=4321), make_carrier(area_m2=8765)
    make_person(Role.CARRIER_CLERK, other.organisation, name="秘书长")
    with write("test:figures", actor=ACTOR):
        for one in (mine, other):
            session.add(
                CarrierFigures(
                    carrier_id=one.id,
                    year=2025,
                    quarter=0,
                    source=Source.EXPRESS,
                    verification=Verification.CARRIER,
                    total_income=7_654_321_000,
                )
            )
    sign_in(client, make_person(Role.CARRIER_HEAD, mine.organisation))
    listed = client.get("/carriers").get_data(as_text=True)
    assert mine.name in listed
    assert other.name in listed
    own = client.get(f"/carriers/{mine.pid}").get_data(as_text=True)
    assert "7,654.32" in own
    theirs = client.get(f"/carriers/{other.pid}").get_data(as_text=True)
    assert other.name in theirs
    assert "科苑路 1 号" in theirs
    for secret in ("7,654.32", "8,765", "秘书长", "填报", "报表"):
        assert secret not in theirs.partition("</h1>")[2], secret
    assert client.get(f"/carriers/{other.pid}/figures").status_code == 404
    assert client.get(f"/carriers/{other.pid}/edit").status_code == 404


def test_a_carrier_enters_its_sites_and_figures(app: Flask, client: Client) -> None:
    mine = make_carrier()
    page = f"/carriers/{mine.pid}"
    sign_in(client, make_person(Role.CARRIER_HEAD, mine.organisation))
    done = client.send(
        f"{page}/sites",
        {"site-name": "二期", "site-address": "科苑路 2 号", "site-starts": "2026-1-1"},
        page=page,
    )
    assert done.status_code == 303
    assert len(session.scalars(select(Site)).all()) == 2
    done = client.send(f"{page}/figures?period=2026Q3", {"total_income": "120.5", "mentors": "8"})
    assert done.status_code == 303
    row = session.scalars(select(CarrierFigures)).one()
    assert (row.total_income, row.mentors, row.quarter) == (120_500_000, 8, 3)
    late = client.send(f"{page}/figures?period=2026Q3", {"total_income": "99", "rev": ""})
    assert late.status_code == 409
    for shown in ("改过这条记录", "120.50", 'value="99"'):
        assert shown in late.text
    site = session.scalars(select(Site).where(Site.name == "二期")).one().pid
    ends = f"{page}/sites/{site}/end"
    assert client.send(ends, {"ends": ""}, page=page).status_code == 422
    assert client.send(ends, {"ends": "2026-10-1"}, page=page).status_code == 303
    late = client.send(ends, {"ends": "2026-11-1"}, page=page)
    assert late.status_code == 409
    assert "已登记止日 2026-10-01，没有改动。" in late.text
    assert 'value="2026-11-1"' in late.text


def test_the_district_records_acts(app: Flask, client: Client) -> None:
    one = make_carrier()
    office = organisation(OrganisationKind.DISTRICT)
    sign_in(client, make_person(Role.DISTRICT_HEAD, office))
    page = f"/carriers/{one.pid}"
    form = {"act-act": "suspended", "act-day": "2026-10-01", "act-document": "浦科〔2026〕1号"}
    assert client.send(f"{page}/acts", form, page=page).status_code == 303
    assert "浦科〔2026〕1号" in client.get(page).get_data(as_text=True)
    assert client.send(f"{page}/acts", form, page=page).status_code in (409, 422)
