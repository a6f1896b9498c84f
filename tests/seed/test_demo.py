"""The demo population: the same each time and on both engines, whole, and of Pudong's measure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Organisation, Person, Post, Role
from app.carriers.models import INCUBATOR, PARK, Carrier, Return, ReturnState
from app.core import acts, audit
from app.core.db import Revision, cut_at, known, session
from app.core.pinyin import sort_key
from app.core.terms import Term
from app.criteria.models import Verdict, VerdictChange
from app.criteria.queries import assess_many, in_force
from app.criteria.verdicts import stale
from app.firms import uscc
from app.firms.models import (
    Evidence,
    Figures,
    Firm,
    FirmKind,
    FirmName,
    FirmSearch,
    Milestone,
    Residency,
)
from app.firms.papers import open_paper
from app.firms.search_text import search_text
from app.pipeline.models import Claim, ClaimState
from app.statistics.models import Report, ReportState
from app.statistics.reports.verify import verify
from seed import reference
from seed.demo import making, run, stream
from seed.demo import papers as papers_of_demo
from seed.demo.carriers import make_world
from seed.demo.life import Lives
from seed.demo.plan import Plan
from seed.demo.slots import Calendar
from tests.databases import Databases

TODAY = dt.date(2026, 11, 24)
SIZE = 120
#: met by a few firms in four thousand
RARE = {
    "hnte", "hnte.score", "little_giant", "sh_tech_giant", "sh_tech_giant_cultivation",
    "specialised_sme",
}  # fmt: skip


def digests() -> list[str | None]:
    return list(session.scalars(select(Revision.digest).order_by(Revision.id)))


def in_incubation() -> Any:
    return (
        select(Firm)
        .join(Residency, Residency.firm_id == Firm.id)
        .join(Carrier, Carrier.id == Residency.carrier_id)
        .where(
            Residency.counted,
            Residency.ends.is_(None),
            Carrier.tier == INCUBATOR,
            Residency.kind != "graduate_stay",
        )
        .order_by(Firm.id)
    )


def test_engines_and_runs_agree(
    databases: Databases, make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    found = []
    for engine, held in (("sqlite", 600_000), ("sqlite", 700), ("postgresql", 600_000)):
        url = databases.fresh(engine, tmp_path)
        with make_app(url).app_context():
            limit, stream.HELD = stream.HELD, held
            try:
                run.populate(firms=SIZE, today=TODAY)
            finally:
                stream.HELD = limit
            found.append(digests())
    first, spilled, other_engine = found
    assert len(first) > 40
    assert first == spilled
    assert first == other_engine


def test_another_number_makes_others(
    databases: Databases, make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    names = []
    for seed in (1, 2):
        with make_app(databases.fresh("sqlite", tmp_path)).app_context():
            run.populate(firms=SIZE, today=TODAY, seed=seed)
            names.append(set(session.scalars(select(Firm.name))))
    assert len(names[0] & names[1]) < 30


def test_whole(app: Flask) -> None:
    """One population, looked at from all sides (making it takes most of the time)."""
    made = run.populate(firms=SIZE, today=TODAY)
    firms = session.scalars(select(Firm).order_by(Firm.id)).all()
    assert len(firms) == made.firms
    assert made.refused == []
    assert not stale(TODAY)
    _numbers()
    _codes(firms)
    _words(firms)
    _past()
    _edges()
    _last_days()
    _posts()
    _verdicts()
    _deeds()
    _report()
    assert list(audit.verify()) == []
    with pytest.raises(run.NotEmpty):
        run.populate(firms=SIZE, today=TODAY)


def _numbers() -> None:
    inside = session.scalars(in_incubation()).all()
    assert len(inside) == len({firm.id for firm in inside}) == SIZE
    assert sum(firm.kind is FirmKind.TEAM for firm in inside) in range(2, 16)
    late = select(Return).where(Return.state == ReturnState.DRAFT, Return.due_on < TODAY)
    assert [(r.year, r.quarter) for r in session.scalars(late)] == [(2026, 3)]
    assert session.scalar(select(func.count()).where(Carrier.tier == PARK)) == 22
    assert session.scalar(select(func.count()).where(Claim.state == ClaimState.OPEN))


def _last_days() -> None:
    """What people did on the last working day, by name, each in a write of their own."""
    since = dt.datetime(2026, 11, 22, 16, tzinfo=dt.UTC)
    done = session.execute(
        select(Person.login, Revision.action)
        .join(Person, Person.id == Revision.person_id)
        .where(Revision.at >= since)
    ).all()
    expected = {
        ("linxiaolan", "milestone:log"), ("hejun", "figures:enter"), ("zhouqiming", "firm:land"),
        ("luyifan", "claim:open"), ("shenzhiyuan", "graduation:return"),
        ("fangyuan", "return:send_back"), ("liangshuyan", "return:verify"),
        ("yuanhang", "account:person:engage"), ("chenmo", "account:person:engage"),
    }  # fmt: skip
    assert expected <= set(done)
    moved = select(Firm.short_name, VerdictChange.after).join(
        Firm, Firm.id == VerdictChange.subject_id
    )
    moved = moved.where(
        VerdictChange.rule == "incubator.graduation", VerdictChange.before != VerdictChange.after
    )
    assert ("海上云帆航电", "met") in session.execute(moved).all()
    papers = session.scalars(select(Evidence).order_by(Evidence.id)).all()
    assert len(papers) > 20
    mark = papers_of_demo.MARK.encode("utf-16-be").hex().upper().encode()
    for one in papers:
        with open_paper(one.sha256) as file:
            assert mark in file.read()


def _codes(firms: Any) -> None:
    codes = [firm.code for firm in firms if firm.code is not None]
    assert len(codes) == len(set(codes))
    assert [code for code in codes if not uscc.check(uscc.parse(code)).ok] == []
    lists: dict[str, set[str]] = {}
    for list_, code in session.execute(select(Term.list, Term.code)):
        lists.setdefault(list_, set()).add(code)
    assert {f.sector for f in firms} <= lists["sector"]
    assert {f.field for f in firms} <= lists["field"]
    assert {f.industry for f in firms} <= lists["industry"]
    assert {f.incubation_field for f in firms} - {None} <= lists["incubation_field"]


def _words(firms: Any) -> None:
    lines = dict(session.execute(select(FirmSearch.firm_id, FirmSearch.text)).all())
    former: dict[int, list[str]] = {}
    for firm_id, name in session.execute(select(FirmName.firm_id, FirmName.name)):
        former.setdefault(firm_id, []).append(name)
    for firm in firms:
        names = [firm.name, firm.short_name, *former.get(firm.id, [])]
        assert lines[firm.id] == search_text(names, [firm.code, firm.old_code])
        if firm.kind is FirmKind.FIRM:
            assert firm.sort_key == sort_key(firm.name)


def _past() -> None:
    counts = []
    for year in (2017, 2021, 2026):
        cut = cut_at(dt.datetime(year, 11, 24, 8, tzinfo=dt.UTC))
        counts.append(session.scalar(select(func.count()).select_from(known(Firm, cut))))
    assert counts == sorted(set(counts))
    changed = session.scalar(select(func.count()).select_from(Figures.__history__))
    assert changed


def _edges() -> None:
    line = 1_000 * 1_000_000
    years: dict[int, dict[int, int]] = {}
    for row in session.scalars(select(Figures).where(Figures.quarter == 0)):
        years.setdefault(row.firm_id, {})[row.year] = row.revenue or 0
    sums = {
        found[year] + found[year + 1]
        for found in years.values()
        for year in found
        if year + 1 in found
    }
    assert {line - 1, line, line + 1} <= sums
    money: Counter[int] = Counter()
    for one in session.scalars(select(Milestone).where(Milestone.money_state == "received")):
        money[one.firm_id] += one.amount or 0
    assert {line // 2 - 1, line // 2, line // 2 + 1} <= set(money.values())


def _verdicts() -> None:
    """What is kept of each firm is what the rules say now; every outcome is there."""
    for rule, version in in_force(TODAY).items():
        kept = {
            row.subject_id: row.outcome
            for row in session.scalars(select(Verdict).where(Verdict.standard_id == version.id))
        }
        live = assess_many(rule, None, TODAY)
        assert kept == {firm_id: one.outcome for firm_id, one in live.items()}, rule
        found = {outcome.value for outcome in kept.values()}
        assert ({"not_met"} if rule in RARE else {"met", "not_met"}) <= found, rule


def _deeds() -> None:
    """The audit has a word for everything that was done."""
    done = set(session.scalars(select(Revision.action).distinct()))
    assert done - acts.known()[0] == set()


def _report() -> None:
    """One report is signed by another than its maker, and holds when it is counted again."""
    made = session.scalars(select(Report)).one()
    assert (made.state, made.number) == (ReportState.ISSUED, "TJ-2026-0001")
    assert made.signed_by != made.made_by
    assert [one.holds for one in verify()] == [True]


def _posts() -> None:
    found: dict[Role, set[int]] = {}
    for role, organisation in session.execute(select(Post.role, Post.organisation_id)):
        found.setdefault(role, set()).add(organisation)
    assert set(found) == set(Role)
    alone = {role for role, places in found.items() if len(places) < 2}
    assert alone <= {Role.DISTRICT_CLERK, Role.DISTRICT_HEAD}
    kinds = set(session.scalars(select(Organisation.kind)))
    assert {"district", "area", "agency", "platform"} <= {kind.value for kind in kinds}


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_measure_of_pudong(app: Flask) -> None:
    """At full size: entries and graduations a year, carriers, and where graduates go."""
    reference.load()
    calendar = Calendar(TODAY)
    make = making.Makers(1, making.Ids().after(*run.BEGUN), stream.Stream(), calendar, 4_400)
    world = make_world(make)
    live = [h for h in world.incubators if h.closes > TODAY.toordinal()]
    assert 190 <= len(live) <= 195
    assert len(world.accelerators) == 4
    lives = Lives(1, world, calendar.start.toordinal(), TODAY.toordinal())
    entered, graduated, went = Counter(), Counter(), Counter()  # type: ignore[var-annotated]
    number, current = 0, 0
    for group in Plan(make, given=0).groups():
        for index in range(group.count):
            number += 1
            life = lives.make(group, index, number)
            current += life.fate == "current"
            if life.fate in ("current", "graduate", "leaver"):
                entered[dt.date.fromordinal(life.entry).year] += 1
            if life.graduated:
                graduated[dt.date.fromordinal(life.graduated).year] += 1
                went["park" if any(s.house.tier == PARK for s in life.stays) else life.to] += 1
            _ties_never_overlap(life)
    assert current == 4_400
    assert 14_000 <= number <= 15_500
    assert all(1_050 <= entered[year] <= 1_350 for year in range(2019, 2026))
    assert all(155 <= graduated[year] <= 210 for year in range(2021, 2026))
    assert 150 <= graduated[2026] <= 200
    whole = sum(went.values())
    assert 0.28 <= went["park"] / whole <= 0.45
    assert 0.33 <= went["building"] / whole <= 0.55
    assert went["unknown"] / whole < 0.05


def _ties_never_overlap(life: Any) -> None:
    counted = sorted((s for s in life.stays if s.counted), key=lambda s: s.starts)
    for before, after in pairwise(counted):
        assert before.ends is not None
        assert before.starts < before.ends <= after.starts
