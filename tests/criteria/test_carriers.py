"""Rules about carriers: against a second implementation, at the boundaries, and what a write does.

Whoever changes a rule changes ``oracle_carriers.py`` from the regulation, not from the engine.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app.accounts.models import OrganisationKind, Role
from app.carriers.models import (
    Carrier,
    CarrierFigures,
    CarrierSector,
    CarrierStated,
    CarrierType,
    Return,
)
from app.core.db import current_revision, session, write
from app.core.db.base import new_pid
from app.criteria.models import Standard, Verdict
from app.criteria.queries import assess, assess_many, in_force
from app.criteria.verdicts import judge_all, judge_stale, stale
from app.firms.models import Attestation, Figures, Firm, Milestone, Place, Residency
from app.pipeline.models import Graduation
from app.statistics.asof import now
from app.statistics.queries.figures import Desk
from tests.clients import Client, sign_in
from tests.criteria.conftest import ACTOR, TODAY
from tests.criteria.oracle_carriers import RULES, WAN, Guest, House, told
from tests.criteria.oracle_store import insert_all
from tests.factories.accounts import make_person
from tests.factories.carriers import make_carrier, organisation

DAY = dt.date(2026, 4, 30)
EARLY = dt.date(2026, 4, 29)
SIZES = (0, 1, 4, 5, 6, 7, 10, 20, 29, 30, 31, 49, 50, 51)
Row = dict[str, Any]
Command = Callable[..., Result]


class Maker:
    """Random carriers whose figures lie at the marks of the law."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.ids = 100_000

    def one(self, *words: Any) -> Any:
        return self.rng.choice(words)

    def chance(self, p: float) -> bool:
        return self.rng.random() < p

    def id(self) -> int:
        self.ids += 1
        return self.ids

    def house(self, n: int) -> House:
        """The first two in good order, the rest as it comes."""
        tier, best = n + 1 if n <= 1 else self.one(1, 1, 1, 2), n <= 1
        kind = self.one("incubator", "maker_space", "goi") if tier == 1 else "accelerator"
        area = self.one(None, 999, 1_000, 9_999, 10_000, 10_001, 16_667, 20_000)
        row = {
            "tier": tier, "type": kind, "area_m2": area,
            "incubating_m2": self.one(None, 6_500, 7_000, 7_499, 7_500, 12_500),
            "founded_on": self.one(None, dt.date(2023, 4, 30), dt.date(2023, 5, 1), DAY,
                                   dt.date(2025, 10, 30), dt.date(2025, 10, 31)),
        }  # fmt: skip
        good = best or self.chance(0.5)
        if good:
            row |= {"area_m2": 10_000, "incubating_m2": 7_000, "founded_on": dt.date(2015, 1, 1)}
        house = House(row, sectors=self.one([], ["ai"], ["ai", "bio"]) if not good else ["ai"])
        self.own(house, good, best)
        for _n in range(58 if best else self.one(*SIZES)):
            house.guests.append(self.guest(good))
        for guest in self.rng.sample(house.guests, min(len(house.guests) // 2, 20)):
            state, guest.graduated_on = self.one("verified", "verified", "reported"), self.past()
            house.graduations.append(
                {"state": state, "graduated_on": guest.graduated_on, "of": guest}
            )
        return house

    def own(self, house: House, good: bool, best: bool) -> None:
        keys = {
            "independent": (0, 1), "local_operator": (0, 1), "statistics_kept": (0, 1),
            "exit_mechanism": (0, 1), "service_accounts": (0, 1), "public_m2": (499, 500, 501),
            "high_growth_m2": (6_999, 7_000), "lease_years": (0, 1, 2), "fund_cases": (2, 3),
            "paid_in": (50 * WAN - 1, 50 * WAN), "graduates_before": (0, 5, 10, 14),
            "fraud": (1, 0),
        }  # fmt: skip
        for key, values in keys.items():
            if not best and self.chance(0.1 if good else 0.4):
                continue
            low = values[-1] if good else self.one(*values)
            high = low if values in ((0, 1), (1, 0)) or self.chance(0.8) else low + 1
            day = self.one(DAY, EARLY, dt.date(2025, 6, 1))
            until = self.one(DAY, dt.date(2027, 1, 1), dt.date(2027, 1, 1))
            if best or until <= day:
                day, until = dt.date(2025, 6, 1), dt.date(2027, 1, 1)
            house.stated.append({"key": key, "day": day, "until": until, "low": low, "high": high})
        for year, quarter in ((2024, 0), (2025, 0), (2025, 4), (2025, 3), (2026, 1)):
            for source in ("express", "audit"):
                if not best and self.chance(0.5):
                    continue
                total = self.one(100, 1_000) * WAN
                figures = {
                    "total_income": total, "property_income": total * self.one(69, 70, 71) // 100,
                    "fund_total": 500 * WAN - self.one(0, 1), "staff": self.one(2, 3, 10),
                    "staff_professional": self.one(2, 8, 5), "mentors": self.one(0, 3, 5),
                }  # fmt: skip
                if good:
                    figures |= {"staff": 10, "staff_professional": 8, "fund_total": 500 * WAN,
                                "mentors": 6}  # fmt: skip
                figures = {
                    k: None if not best and self.chance(0.05) else v for k, v in figures.items()
                }
                house.figures.append({"year": year, "quarter": quarter, "source": source} | figures)
        for year in (2023, 2024, 2025):
            quarter = self.one(0, 4, 4, 3)
            state = self.one("draft", "submitted", "verified", "verified")
            house.returns.append({"year": year, "quarter": quarter, "state": state})

    def past(self) -> dt.date:
        return self.one(DAY, EARLY, dt.date(2026, 5, 1), dt.date(2025, 1, 1), dt.date(2024, 12, 31))

    def guest(self, good: bool) -> Guest:
        team = self.chance(0.08)
        firm = {
            "kind": "team" if team else "firm",
            "legal_form": None if team else "company" if good else self.one("company", "branch"),
            "founded_on": None if team else self.one(dt.date(2023, 5, 5), dt.date(2025, 2, 1)),
            "sector": "ai" if good else self.one("ai", "bio", None),
        }
        tie = {
            "kind": "on_site" if good else self.one("on_site", "on_site", "registered_only"),
            "starts": dt.date(2024, 1, 1),
            "ends": None if good else self.one(None, None, DAY, TODAY),
        }  # fmt: skip
        guest = Guest(firm, tie)
        if self.chance(0.8):
            guest.attestations.append({
                "kind": self.one(None, None, "financing", "ip"),
                "starts": self.one(None, dt.date(2025, 1, 1)),
                "ends": self.one(TODAY, DAY - dt.timedelta(100), DAY - dt.timedelta(101)),
            })  # fmt: skip
        for kind in ("registered", "operating"):
            if self.chance(0.9):
                guest.places.append({
                    "kind": kind, "district": self.one("310115", "310115", "310115", "310104"),
                    "starts": dt.date(2024, 1, 1), "ends": None,
                })  # fmt: skip
        if good or self.chance(0.4):
            guest.milestones.append(self.money())
        if good or self.chance(0.6):
            guest.milestones.append(self.right())
        for year in (2024, 2025):
            if self.chance(0.8):
                money = self.one(0, 100 * WAN, 120 * WAN, 120 * WAN + 1, 150 * WAN)
                guest.figures.append({
                    "year": year, "revenue": self.one(None, money, money), "rd_accounting": money,
                })  # fmt: skip
        return guest

    def money(self) -> Row:
        received = self.chance(0.8)
        day = self.past()
        return {
            "kind": "financing", "day": day, "amount": self.one(None, 1, 100 * WAN),
            "investor": self.one("angel", "venture", "government", "loan", "founder", "unknown"),
            "money_state": "received" if received else "agreed",
            "received_on": day if received else None,
        }  # fmt: skip

    def right(self) -> Row:
        applied, granted = self.one(None, DAY, TODAY), self.one(None, DAY, EARLY)
        return {
            "kind": "ip", "day": EARLY, "ip_type": self.one("invention", "utility", "software"),
            "applied_on": applied, "granted_on": granted, "obtained": self.one("own", "own", None),
            "obtained_on": self.one(None, EARLY), "expires_on": self.one(None, DAY, EARLY),
        }  # fmt: skip


Add = Callable[..., int]


def of_house(carrier: int, house: House, add: Add, rule: int) -> None:
    """What is recorded of a carrier itself, and of its guests."""
    of: Row = {"carrier_id": carrier}
    for n, sector in enumerate(house.sectors):
        add(CarrierSector, of, sector=sector, position=n)
    for model, rows in ((CarrierStated, house.stated), (CarrierFigures, house.figures)):
        for row in rows:
            add(model, row | of, verification="carrier")
    for row in house.returns:
        add(Return, row | of, pid=new_pid(), due_on=DAY, promised=True)
    for guest in house.guests:
        of_guest(guest, of, add)
    for g in house.graduations:
        row = {k: v for k, v in g.items() if k != "of"}
        row |= {"reported_on": g["graduated_on"], "period_year": 2020, "period_quarter": 1}
        row |= {"standard_id": rule, "frozen": "{}", "frozen_hash": "", "cut": 1, "judged_on": DAY}
        add(Graduation, row | of, pid=new_pid(), firm_id=g["of"].firm["id"], late=False)


def of_guest(guest: Guest, of: Row, add: Add) -> None:
    """A firm with its tie and all that is recorded of it."""
    pid = new_pid()
    code = None if guest.firm["kind"] == "team" else f"9131{pid.upper()}00"
    names = {"name": pid, "short_name": pid, "sort_key": pid}
    firm = guest.firm["id"] = add(Firm, guest.firm, pid=pid, code=code, mainland=True, **names)
    it = {"firm_id": firm}
    tie = guest.tie | it | of | {"route": "admitted", "counted": True}
    add(Residency, tie, pid=new_pid())
    for m in guest.milestones:
        add(Milestone, m | it, pid=new_pid(), verification="carrier")
    for f in guest.figures:
        add(Figures, f | it, quarter=0, source="audit", verification="carrier")
    for model, rows in ((Attestation, guest.attestations), (Place, guest.places)):
        for row in rows:
            add(model, row | it)


def store(maker: Maker, houses: list[House]) -> dict[int, House]:
    """Write carriers and all that is recorded at them; by id."""
    held = {}
    for house in houses:
        row = dict(house.row)
        kind = CarrierType(row.pop("type"))
        held[make_carrier(tier=row.pop("tier"), type=kind, **row).id] = house
    rows: dict[Any, list[Row]] = {}

    def add(model: Any, row: Row, **more: Any) -> int:
        made = row | more | {"id": maker.id()}
        rows.setdefault(model, []).append(made)
        return int(made["id"])

    rule = session.scalars(
        select(Standard.id).where(Standard.rule == "incubator.graduation").order_by(Standard.id)
    ).all()[0]
    session.rollback()
    for carrier, house in held.items():
        of_house(carrier, house, add, rule)
    with write("test:carriers", actor=ACTOR):
        rev = current_revision()
        for model, made in rows.items():
            insert_all(model, made, rev)
    return held


WORDS = {"met": True, "not_met": False, "unknown": None, "not_applicable": "-"}


def differences(held: dict[int, House], day: dt.date) -> tuple[Counter[str], Counter[str]]:
    """Where engine and oracle part, and how often each outcome was found."""
    wrong: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for rule in RULES:
        answers = assess_many(rule, None, day)
        assert set(answers) == set(held)
        for carrier, house in held.items():
            outcome, clauses = told(house, day)[rule]
            found = answers[carrier]
            seen[f"{rule} {outcome}"] += 1
            if found.outcome.value != outcome:
                wrong[f"{rule}: {outcome} / {found.outcome.value} ({carrier})"] += 1
            mine = {f.clause: WORDS[f.outcome.value] for f in found.findings}
            for clause, truth in clauses.items():
                if outcome != "not_applicable" and mine[clause] is not truth:
                    wrong[f"{rule} {clause}: {truth} / {mine[clause]} ({carrier})"] += 1
    return wrong, seen


def test_engine_and_oracle_agree_on_carriers(app: Flask, rules: None) -> None:
    maker = Maker(4)
    held = store(maker, [maker.house(n) for n in range(20)])
    for day in (DAY, EARLY):
        wrong, seen = differences(held, day)
        assert not wrong, "\n".join(f"{n} × {text}" for text, n in wrong.most_common(40))
    for rule in ("national_incubator", "pudong_incubator", "pudong_accelerator"):
        for outcome in ("met", "not_met", "unknown"):
            assert seen[f"carrier.{rule} {outcome}"], (rule, outcome, seen)
    assert not seen["carrier.standard_incubator met"]
    judge_all(EARLY, actor=ACTOR, rules=list(RULES))
    for rule in RULES:
        answers = assess_many(rule, None, EARLY)
        version = in_force(EARLY, subject="carrier")[rule].id
        rows = session.scalars(select(Verdict).where(Verdict.standard_id == version))
        assert {r.subject_id: r.display for r in rows} == {n: a.display for n, a in answers.items()}


def kept(carrier: Carrier, rule: str) -> Verdict:
    number = in_force(TODAY, subject="carrier")[rule].id
    return session.scalars(
        select(Verdict).where(Verdict.standard_id == number, Verdict.subject_id == carrier.id)
    ).one()


def test_a_write_leaves_its_carriers_verdict_behind_and_the_worker_judges_it(
    house: Carrier,
) -> None:
    rule = "carrier.pudong_incubator"
    judge_all(TODAY, actor=ACTOR, rules=list(RULES))
    found = assess("carrier.national_incubator", house.id, TODAY)
    count = next(f for f in found.findings if f.clause == "7-a1")
    number = Desk.of(ACTOR, now(TODAY)).count("S-01", carrier=house.pid).value
    assert count.low == count.high == number == 1, "no two numbers for one thing"
    assert not stale(TODAY, list(RULES))
    other = make_carrier()
    assert stale(TODAY, [rule]), "a new carrier has no verdict"
    judge_stale(TODAY, actor=ACTOR)
    assert kept(house, rule).day == TODAY
    firm = session.scalars(select(Firm)).first()
    assert firm is not None
    with write("test:place", actor=ACTOR):
        session.add(
            Place(firm_id=firm.id, kind="registered", district="310115", starts=dt.date(2024, 1, 2))
        )
    assert kept(house, rule).day < TODAY
    assert kept(other, rule).day == TODAY
    assert not stale(TODAY, list(in_force(TODAY))), "firms are judged in the write"
    judge_stale(TODAY, actor=ACTOR)
    assert kept(house, rule).day == TODAY


def test_pages_and_rights(client: Client, house: Carrier, command: Command) -> None:
    sheet = f"/carriers/{house.pid}/sheet/carrier.pudong_incubator"
    sign_in(client, make_person(Role.CARRIER_CLERK, house.organisation))
    page = client.get(f"/carriers/{house.pid}").get_data(as_text=True)
    assert "浦东新区创新型孵化器登记条件" in page
    assert "国家级孵化器" in page
    paper = client.get(sheet).get_data(as_text=True)
    for part in (
        "载体名称",
        "1,000 平方米",
        "按企业登记自动统计",
        "注册并实地办公的企业和团队还差 5 家",
    ):
        assert part in paper
    form = {"key": "paid_in", "value": "49.99-50", "day": "2026-01-05", "until": ""}
    answer = client.send(f"/carriers/{house.pid}/stated", form)
    assert answer.status_code == 303
    assert "49.99-50" in client.get(f"/carriers/{house.pid}/stated").get_data(as_text=True)
    assert "49.99 ~ 50.00" in client.get(sheet).get_data(as_text=True)
    bad = client.send(f"/carriers/{house.pid}/stated", form | {"value": "5%x"})
    assert bad.status_code == 422
    assert "登记条件" not in client.get("/carriers").get_data(as_text=True)
    other = make_carrier()
    area = organisation(OrganisationKind.AREA, area_code="lingang")
    audit = organisation(OrganisationKind.PLATFORM)
    for who in (
        make_person(Role.CARRIER_HEAD, other.organisation),
        make_person(Role.PARK_INVEST, make_carrier(tier=3).organisation),
        make_person(Role.AREA_READER, area),
        make_person(Role.AUDITOR, audit),
    ):
        sign_in(client, who)
        assert client.get(sheet).status_code in (403, 404), who.name
        assert client.get(f"/carriers/{house.pid}/stated").status_code in (403, 404)
        public = client.get(f"/carriers/{house.pid}?local=not_met").get_data(as_text=True)
        assert "还差" not in public
        assert "登记条件" not in public
        narrowed = client.get("/carriers?local=met&sort=-national")
        if narrowed.status_code == 200:
            text = narrowed.get_data(as_text=True)
            assert house.name in text, "a hidden condition narrows nothing"
    district = organisation(OrganisationKind.DISTRICT)
    sign_in(client, make_person(Role.DISTRICT_CLERK, district))
    for _kept in (False, True):
        found = client.get("/carriers?local=not_met&sort=local").get_data(as_text=True)
        assert house.name in found
        assert house.name not in client.get("/carriers?local=met").get_data(as_text=True)
        judge_all(TODAY, actor=ACTOR)
    told_ = command(
        "assess", "--rule", "carrier.pudong_incubator", "--carrier", house.pid, "--json"
    )
    assert json.loads(told_.output)["carrier"] == house.pid
