"""Reference data: whole, consistent in itself, loaded once."""

from __future__ import annotations

import datetime as dt

from flask import Flask
from sqlalchemy import select

from app.carriers.models import PARK, Carrier, Site
from app.core.access import System
from app.core.db import last_revision, session, write
from app.core.terms import Term, TermLink, term, term_choices
from app.statistics.models import Target, TargetSet
from seed import reference
from seed.files import read

DAY = dt.date(2026, 1, 1)
SECTORS = [
    "electronics",
    "biomedicine",
    "ai",
    "smart_manufacturing",
    "aviation",
    "automotive",
    "materials",
    "online_economy",
]


def test_a_second_load_writes_nothing(app: Flask) -> None:
    first = reference.load()
    rev = last_revision()
    again = reference.load()
    assert first.added > 0
    assert (again.added, again.changed, again.kept) == (0, 0, [])
    assert last_revision() == rev


def test_the_sequences_go_on_after_the_ids_given(app: Flask) -> None:
    reference.load()
    with write("test:add", actor=System("test")) as txn:
        session.add(Term(list="sector", code="more", zh="另", en="More", rev=txn.rev))
        session.add(TargetSet(code="x", zh="x", en="x", source="x", starts=DAY, ends=DAY))
    assert session.scalar(select(Term.zh).where(Term.code == "more")) == "另"


def test_an_edit_is_kept_unless_refreshed(app: Flask) -> None:
    reference.load()
    with write("test:edit", actor=System("test")) as txn:
        row = session.scalars(select(Term).where(Term.code == "lingang")).one()
        row.zh = "临港片区"
        assert txn.rev
    assert reference.load().kept == ["term area/lingang"]
    session.expire_all()
    assert session.scalar(select(Term.zh).where(Term.code == "lingang")) == "临港片区"
    assert reference.load(refresh=True).changed == 1
    session.expire_all()
    assert session.scalar(select(Term.zh).where(Term.code == "lingang")) == "临港"


def test_the_lists_have_the_fixed_codes(app: Flask) -> None:
    reference.load()
    assert [code for code, _word in term_choices("sector")] == SECTORS
    assert len(term_choices("field")) == 8
    assert len(term_choices("town")) == 36
    assert [c for c, _w in term_choices("incubation_field")] == ["biomedicine", "agriculture", "ic"]
    assert term("town", "t22") == "张江镇"


def test_links_and_parents_name_codes_that_exist(app: Flask) -> None:
    reference.load()
    codes = {tuple(row) for row in session.execute(select(Term.list, Term.code))}
    for link in session.scalars(select(TermLink)):
        assert (link.from_list, link.from_code) in codes
        assert (link.to_list, link.to_code) in codes
    for row in session.scalars(select(Term).where(Term.parent.is_not(None))):
        assert ("area", row.parent) in codes


def test_parks_lie_in_known_towns(app: Flask) -> None:
    reference.load()
    parks = session.scalars(select(Carrier).where(Carrier.tier == PARK)).all()
    assert len(parks) == 22
    towns = {code for code, _word in term_choices("town")}
    assert set(session.scalars(select(Site.town))) <= towns
    assert {p.name: p.land_ha for p in parks}["张江人工智能岛"] is None
    blocks = select(Site).join(Carrier, Site.carrier_id == Carrier.id)
    assert len(session.scalars(blocks.where(Carrier.short_name == "东方芯港")).all()) == 4


def test_targets_are_the_plans(app: Flask) -> None:
    reference.load()
    found = {t.indicator: t for t in session.scalars(select(Target))}
    incubators = found["incubators"]
    assert (incubators.baseline, incubators.goal, incubators.strict) == (17000, 20000, True)
    assert (found["hnte_valid"].measure, found["hnte_valid"].goal) == ("stock", None)
    assert (found["hnte_new"].measure, found["hnte_new"].baseline) == ("flow", None)
    assert found["rd_spending"].baseline == 45650


def test_every_mark_of_a_park_is_explained() -> None:
    assert {park["mark"] for park in read("parks.yaml")["parks"]} <= set(reference.MARKS)
