"""Rounds of applications: what a carrier does not undo, and which days cannot be."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.access import Permission
from app.core.db import session, write
from app.firms.models import Firm, FirmLink, Milestone, MilestoneKind, Title
from app.firms.service import correct_milestone, log_milestone
from app.pipeline import service
from app.pipeline.moves.application import Certificate
from app.pipeline.words import ApplicationAct as A
from tests.factories.carriers import ACTOR, make_carrier, viewer_at
from tests.factories.firms import make_firm
from tests.pipeline.test_rounds import DUE, TODAY, do, notice, open_round, planned, refused


def recognised(paper: Certificate) -> tuple[Any, Milestone]:
    """A carrier, and the recognition that a round gave one of its firms."""
    home = make_carrier()
    row = planned(make_firm(at=home), open_round())
    for act, day in ((A.FILE, 1), (A.RECOMMEND, 5), (A.ANNOUNCE, 10)):
        do(row, act, day=dt.date(2026, 11, day))
    do(row, A.RECOGNISE, day=dt.date(2026, 11, 18), certificate=paper)
    return home, session.scalars(select(Milestone)).one()


def correct(entry: Milestone, actor: Any, **more: Any) -> None:
    with write("milestone:correct", actor=ACTOR):
        correct_milestone(actor=actor, today=TODAY, entry=entry, reason="试试", **more)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("issued_on", None), ("issued_on", dt.date(2026, 11, 19)), ("filed_on", None),
        ("announced_on", None), ("expires_on", None), ("expires_on", dt.date(2026, 11, 21)),
        ("number", None), ("number", "GR1"), ("revoked_on", TODAY), ("day", dt.date(2026, 11, 2)),
    ],
)  # fmt: skip
def test_a_carrier_does_not_undo_a_recognition_by_its_days(
    app: Flask, name: str, value: Any
) -> None:
    paper = Certificate("GR202631000001", dt.date(2026, 11, 20), dt.date(2029, 11, 20))
    home, entry = recognised(paper)
    clerk = viewer_at(home, Permission.FIRM_RECORD, Permission.FIRM_READ)
    told = refused("round:given", lambda: correct(entry, clerk, **{name: value}))
    assert told.field == name
    assert "区主管部门更正" in told.message
    correct(entry, clerk, remark="证书已领取")
    correct(entry, ACTOR, **{name: value})
    assert getattr(entry, name) == value


def test_a_carrier_completes_what_the_notice_did_not_say(app: Flask) -> None:
    home, entry = recognised(Certificate())
    clerk = viewer_at(home, Permission.FIRM_RECORD, Permission.FIRM_READ)
    ended = {"expires_on": TODAY - dt.timedelta(days=1)}
    refused("round:given", lambda: correct(entry, clerk, **ended))
    correct(entry, clerk, number="GR202631000007", expires_on=dt.date(2029, 11, 18))
    assert (entry.number, entry.expires_on) == ("GR202631000007", dt.date(2029, 11, 18))
    refused("round:given", lambda: correct(entry, clerk, number=None))


def test_a_certificate_does_not_last_for_decades(app: Flask) -> None:
    firm = make_firm(at=make_carrier())
    row = planned(firm, open_round())
    for act, day in ((A.FILE, 1), (A.RECOMMEND, 5), (A.ANNOUNCE, 10)):
        do(row, act, day=dt.date(2026, 11, day))
    slip = Certificate("GR1", TODAY, dt.date(2092, 11, 20))
    told = refused("expiry_far", lambda: do(row, A.RECOGNISE, certificate=slip))
    assert told.field == "expires_on"
    with write("milestone:log", actor=ACTOR):
        log_milestone(
            actor=ACTOR, today=TODAY, firm=firm, kind=MilestoneKind.RECOGNITION, title=Title.HNTE,
            issued_on=dt.date(2026, 11, 12),
        )  # fmt: skip
    refused("expiry_far", lambda: do(row, A.RECOGNISE, certificate=slip))
    before = Certificate("GR1", None, dt.date(2026, 11, 12))
    refused("expiry_order", lambda: do(row, A.RECOGNISE, certificate=before))


def test_nobody_files_before_the_notice_or_the_year(app: Flask) -> None:
    home, told_on = make_carrier(), dt.date(2026, 10, 20)
    bare = planned(make_firm(at=home), open_round(1))
    told = refused("application:early_year", lambda: do(bare, A.FILE, day=dt.date(2025, 12, 31)))
    assert "2026-01-01" in told.message
    do(bare, A.FILE, day=dt.date(2026, 1, 1))
    noted = planned(make_firm(at=home), open_round(2, notice_on=told_on))
    early = told_on - dt.timedelta(days=1)
    told = refused("application:early", lambda: do(noted, A.FILE, day=early))
    assert (told.field, "2026-10-20" in told.message) == ("day", True)
    do(noted, A.FILE, day=told_on)
    next_year = {"notice_on": dt.date(2025, 12, 20), "batch": 3}
    ahead = planned(make_firm(at=home), open_round(**next_year))
    do(ahead, A.FILE, day=dt.date(2025, 12, 22))


def test_the_last_day_lies_after_the_notice_and_the_filings(app: Flask) -> None:
    late = refused("round:notice_late", lambda: open_round(notice_on=DUE + dt.timedelta(days=1)))
    assert late.field == "notice_on"
    far = refused("round:year", lambda: open_round(district_on=dt.date(2028, 1, 1)))
    assert far.field == "district_on"
    round_, home = open_round(notice_on=dt.date(2026, 10, 1)), make_carrier()
    for day in (2, 9, 16):
        do(planned(make_firm(at=home), round_), A.FILE, day=dt.date(2026, 11, day))

    def move(day: int) -> None:
        with write("round:edit", actor=ACTOR):
            service.edit_round(
                actor=ACTOR, round=round_, rev=round_.rev,
                notice=notice(notice_on=round_.notice_on, district_on=dt.date(2026, 11, day)),
            )  # fmt: skip

    told = refused("round:filed_after", lambda: move(8))
    assert (told.field, "2 家" in told.message) == ("district_on", True)
    move(16)
    assert round_.district_on == dt.date(2026, 11, 16)


def test_the_notice_is_not_moved_behind_filings_already_made(app: Flask) -> None:
    """A notice whose day was entered late, or corrected: nobody filed before it."""
    round_, home = open_round(), make_carrier()
    rows = [planned(make_firm(at=home), round_) for _day in range(3)]
    for row, day in zip(rows, (2, 9, 16), strict=True):
        do(row, A.FILE, day=dt.date(2026, 11, day))

    def tell(on: dt.date | None) -> None:
        with write("round:edit", actor=ACTOR):
            service.edit_round(
                actor=ACTOR, round=round_, rev=round_.rev, notice=notice(notice_on=on)
            )

    told = refused("round:filed_before", lambda: tell(dt.date(2026, 11, 10)))
    assert (told.field, "2 家" in told.message) == ("notice_on", True)
    assert round_.notice_on is None
    tell(dt.date(2026, 11, 2))
    assert round_.notice_on == dt.date(2026, 11, 2)
    do(rows[0], A.BACK, reason="报出日期录错")
    told = refused("round:filed_before", lambda: tell(dt.date(2026, 11, 10)))
    assert "1 家" in told.message
    tell(None)


def test_a_firm_that_holds_its_certificate_already_is_recognised(app: Flask) -> None:
    """Its own entry says why another firm has the number; the round only links it."""
    paper = Certificate("GR202631000001", dt.date(2026, 11, 18))
    home, _entry = recognised(paper)
    firm = make_firm(at=home)
    other = planned(firm, open_round(2))
    for act, day in ((A.FILE, 1), (A.RECOMMEND, 5), (A.ANNOUNCE, 10)):
        do(other, act, day=dt.date(2026, 11, day))
    with write("test:own", actor=ACTOR):
        own = log_milestone(
            actor=ACTOR, today=TODAY, firm=firm, kind=MilestoneKind.RECOGNITION, title=Title.HNTE,
            number="GR202631000001", issued_on=dt.date(2026, 11, 18), remark="旧证更名",
        )  # fmt: skip
    do(other, A.RECOGNISE, certificate=paper)
    assert other.milestone_id == own.id


def test_a_round_does_not_give_one_certificate_to_two_firms(app: Flask) -> None:
    paper = Certificate("GR202631000001")
    home, entry = recognised(paper)
    other = planned(make_firm(at=home), open_round(2))
    for act, day in ((A.FILE, 1), (A.RECOMMEND, 5), (A.ANNOUNCE, 10)):
        do(other, act, day=dt.date(2026, 11, day))
    again = Certificate("gr202631000001 ")
    told = refused(
        "application:number_elsewhere", lambda: do(other, A.RECOGNISE, certificate=again)
    )
    holder = session.get_one(Firm, entry.firm_id).name
    assert holder in told.message
    with write("test:link", actor=ACTOR):
        session.add(FirmLink(from_id=entry.firm_id, to_id=other.firm_id, kind="succession",
                             day=dt.date(2026, 11, 1)))  # fmt: skip
    do(other, A.RECOGNISE, certificate=paper)
    assert other.recognised_on == TODAY
