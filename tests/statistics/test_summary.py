"""综合情况表: every number is the sum of what it opens, an unknown is no zero, and what was handed
in stays what it was."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Role
from app.carriers.models import (
    CarrierFigures,
    CarrierStated,
    Return,
    Site,
    Source,
    Verification,
)
from app.core.access import System
from app.core.db import session, write
from app.criteria.queries import version_of
from app.firms.models import (
    Figures,
    FirmTag,
    InvestorKind,
    IpType,
    Milestone,
    MilestoneKind,
    MoneyState,
    Residency,
)
from app.pipeline.judging import RULE
from app.pipeline.models import Graduation, GraduationState
from app.statistics.summary.form import form_of
from app.statistics.summary.items import ITEMS
from app.statistics.summary.words import shown
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.exchange.conftest import press, read_xlsx
from tests.factories.accounts import person_with_post
from tests.factories.carriers import make_carrier, viewer_at
from tests.factories.firms import make_firm

ACTOR = System("test")
WAN = 1_000_000
HEAD = 24


class Place:
    """An incubator with three firms, one of them graduated, and its yearly return of 2025."""

    def __init__(self) -> None:
        self.home, self.other = make_carrier("金科路青禾孵化器"), make_carrier("北岸孵化器")
        self.firms = [
            make_firm(name, at=self.home, since="2024-03-01", founded_on=dt.date(2024, 1, 5))
            for name in ("石上泉传感有限公司", "苇间雪软件有限公司", "竹外桃电路有限公司")
        ]
        self.clerk = person_with_post(Role.CARRIER_HEAD, self.home.organisation)
        self.stranger = person_with_post(Role.CARRIER_HEAD, self.other.organisation)
        self.district = person_with_post(Role.DISTRICT_HEAD)
        with write("test:fill", actor=ACTOR):
            session.add(Return(carrier_id=self.home.id, year=2025, quarter=0, state="draft",
                               due_on=dt.date(2026, 2, 20)))  # fmt: skip
            self._fill()
        self.path = f"/returns/{self.one.pid}"

    def _fill(self) -> None:
        first, second, third = self.firms
        site = session.scalars(select(Site).where(Site.carrier_id == self.home.id)).first()
        if site is None:
            site = Site(carrier_id=self.home.id, name="总部", address="金科路8号",
                        starts=dt.date(2020, 1, 1))  # fmt: skip
            session.add(site)
        site.area_m2 = 1_000
        for tie, area in zip(self.ties(), (120, 80, None), strict=True):
            tie.area_m2 = area
        self.own = CarrierFigures(
            carrier_id=self.home.id, year=2025, quarter=0, source=Source.AUDIT,
            verification=Verification.CARRIER, total_income=100 * WAN, service_income=60 * WAN,
            property_income=30 * WAN, investment_income=0, other_income=10 * WAN, staff=9,
            staff_professional=7,
        )  # fmt: skip
        session.add(self.own)
        for firm, revenue, source in (
            (first, 500, Source.EXPRESS), (first, 510, Source.AUDIT), (second, 0, Source.EXPRESS),
        ):  # fmt: skip
            session.add(
                Figures(firm_id=firm.id, year=2025, quarter=0, source=source,
                        verification=Verification.CARRIER, revenue=revenue * WAN,
                        staff_end=6 * HEAD)
            )  # fmt: skip
        session.add(
            Figures(firm_id=first.id, year=2025, quarter=4, source=Source.EXPRESS,
                    verification=Verification.CARRIER, revenue=480 * WAN)
        )  # fmt: skip
        session.add(FirmTag(firm_id=first.id, tag="returnee"))
        for day, amount, who, state in (
            ("2024-06-01", 300, InvestorKind.ANGEL, MoneyState.RECEIVED),
            ("2025-06-01", 200, InvestorKind.VENTURE, MoneyState.RECEIVED),
            ("2025-07-01", 900, InvestorKind.VENTURE, MoneyState.AGREED),
            ("2025-08-01", 50, InvestorKind.LOAN, MoneyState.RECEIVED),
            ("2026-01-01", 70, InvestorKind.VENTURE, MoneyState.RECEIVED),
        ):  # fmt: skip
            on = dt.date.fromisoformat(day)
            session.add(
                Milestone(firm_id=first.id, kind=MilestoneKind.FINANCING, day=on, investor=who,
                          money_state=state, amount=amount * WAN, verification="carrier",
                          received_on=on if state is MoneyState.RECEIVED else None)
            )  # fmt: skip
        for kind, granted, gone in (
            (IpType.INVENTION, "2025-02-01", None), (IpType.SOFTWARE, "2024-02-01", None),
            (IpType.DESIGN, "2024-02-01", "2025-06-01"), (IpType.INVENTION, "2026-02-01", None),
        ):  # fmt: skip
            on = dt.date.fromisoformat(granted)
            session.add(
                Milestone(firm_id=second.id, kind=MilestoneKind.IP, day=on, ip_type=kind,
                          granted_on=on, verification="carrier",
                          expires_on=dt.date.fromisoformat(gone) if gone else None)
            )  # fmt: skip
        day = dt.date(2025, 9, 1)
        session.add(
            Graduation(
                firm_id=third.id, carrier_id=self.home.id, state=GraduationState.REPORTED,
                basis="9-3", standard_id=version_of(RULE, day).id, frozen="{}", cut=1,
                frozen_hash="0" * 64, judged_on=day, graduated_on=day, reported_on=day,
                period_year=2025, period_quarter=3, late=False,
            )
        )  # fmt: skip

    def ties(self) -> list[Residency]:
        """Their ties, in the order of the firms."""
        ids = [firm.id for firm in self.firms]
        rows = session.scalars(select(Residency).where(Residency.firm_id.in_(ids)))
        return sorted(rows, key=lambda row: ids.index(row.firm_id))

    @property
    def one(self) -> Return:
        """The return."""
        return session.scalars(select(Return).where(Return.carrier_id == self.home.id)).one()

    def values(self) -> dict[str, tuple[str, int]]:
        """Item → (as written, how many parts are missing)."""
        found = form_of(viewer_at(self.home), self.one, TODAY).values
        return {code: (shown(value), value.missing) for code, value in found.items()}


@pytest.fixture
def place(rules: None) -> Place:
    return Place()


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return unescape(answer.get_data(as_text=True))


def test_each_number_is_what_is_on_record(place: Place) -> None:
    """Against what was put in, added up by hand."""
    found = place.values()
    expected = {
        "A1": ("1,000", 0), "A2": ("200", 0), "A3": ("—", 1), "A4": ("—", 1),
        "B1": ("1,000", 0), "B5": ("100", 0), "B6": ("—", 1), "B11": ("9", 0),
        "C1": ("3", 0), "C2": ("2", 0), "C3": ("1", 0), "C4": ("0", 0), "C5": ("0", 0),
        "C6": ("1", 0), "C7": ("1", 1), "D1": ("12", 0), "D2": ("5,100", 0), "D3": ("—", 2),
        "D5": ("2,000", 0), "D6": ("5,000", 0), "D7": ("1", 0), "D8": ("2", 0), "D9": ("1", 0),
        "D2:before": ("—", 3), "C2:before": ("3", 0), "D6:before": ("3,000", 0),
        "C6:before": ("0", 0),
    }  # fmt: skip
    assert {code: found[code] for code in expected} == expected


def test_each_number_opens_what_it_is_made_of(client: Client, place: Place) -> None:
    sign_in(client, place.clerk)
    text = page(client, f"{place.path}/summary")
    for item in ITEMS:
        assert f"{place.path}/summary/{item.code}" in text
        page(client, f"{place.path}/summary/{item.code}")
    parts = page(client, f"{place.path}/summary/D2")
    assert "合计 5,100 千元" in parts
    assert "石上泉传感" in parts
    assert "4,800" in parts, "the fourth quarter beside it"
    assert "竹外桃电路" not in parts, "it has graduated"
    missing = page(client, f"{place.path}/summary/D3")
    assert missing.count("未登记") >= 2
    assert client.get(f"{place.path}/summary/Z9").status_code == 404
    sheets = read_xlsx(press(client, f"{place.path}/summary").data)
    lines = {row[1]: row for row in sheets["综合情况表"][1:]}
    assert (lines["D2"][4], lines["D3"][4]) == (5100, "")
    assert sum(row[4] for row in sheets["构成"] if row[0] == "D2") == 5100
    assert "5,100" in page(client, f"{place.path}/summary/print")
    sign_in(client, place.stranger)
    for path in ("", "/print", "/D2"):
        assert client.get(f"{place.path}/summary{path}").status_code == 404


def test_what_does_not_agree_wants_words(client: Client, place: Place) -> None:
    with write("test:slip", actor=ACTOR):
        session.merge(place.own).other_income = 11 * WAN
    sign_in(client, place.clerk)
    text = page(client, place.path)
    assert "总收入等于四项收入之和" in text
    form = {"promised": "on"}
    refused = client.send(f"{place.path}/submit", form, page=place.path)
    assert refused.status_code == 422
    assert "1 项勾稽不符" in unescape(refused.text)
    assert place.one.state == "draft"
    form["explained"] = "含上年补记收入"
    assert client.send(f"{place.path}/submit", form, page=place.path).status_code == 303
    session.expire_all()
    assert (place.one.state, place.one.explained) == ("submitted", "含上年补记收入")
    sign_in(client, place.district)
    assert "含上年补记收入" in page(client, place.path)
    assert "含上年补记收入" in page(client, f"{place.path}/summary/print")


def test_what_was_handed_in_stays_what_it_was(client: Client, place: Place) -> None:
    sign_in(client, place.clerk)
    before = place.values()
    answer = client.send(f"{place.path}/submit", {"promised": "on"}, page=place.path)
    assert answer.status_code == 303
    session.expire_all()
    assert place.one.explained is None
    assert "报送后有" not in page(client, f"{place.path}/summary")
    with write("test:later", actor=ACTOR):
        row = session.scalars(
            select(Figures).where(Figures.source == Source.AUDIT, Figures.year == 2025)
        ).one()
        row.revenue = 777 * WAN
        session.merge(place.own).staff = 11
        session.add(
            CarrierStated(carrier_id=place.home.id, key="public_m2", day=dt.date(2025, 6, 1),
                          until=dt.date(2026, 6, 1), low=90, high=90, verification="carrier")
        )  # fmt: skip
    session.expire_all()
    assert place.values() == before
    text = page(client, f"{place.path}/summary")
    assert re.search(r"报送后有 (\d) 项更正", text)[1] == "4"  # type: ignore[index]
    assert "7,770" in text
    sign_in(client, place.district)
    back = client.send(f"{place.path}/send-back", {"reason": "重报"}, page=place.path)
    assert back.status_code == 303
    session.expire_all()
    assert place.values()["D2"] == ("7,770", 0), "open again, as of now"


def test_an_accelerator_tells_its_own(app: Flask) -> None:
    home = make_carrier("祖冲之路加速器", tier=2)
    make_firm("石上泉传感有限公司", at=home, since="2024-03-01")
    with write("test:return", actor=ACTOR):
        one = Return(carrier_id=home.id, year=2026, quarter=3, state="draft",
                     due_on=dt.date(2026, 11, 20))  # fmt: skip
        session.add(one)
    found: dict[str, Any] = form_of(viewer_at(home), one, TODAY).values
    assert (found["C1"].amount, found["C2"].amount) == (1, 1)
    assert form_of(viewer_at(home), one, TODAY).bridges == []
