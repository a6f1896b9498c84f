"""Many at once: one choice, one claim a token, one counted tie; raw SQL is refused as well."""

from __future__ import annotations

import contextvars
import datetime as dt
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, Event
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from app.carriers.models import PARK, Carrier
from app.core.db import current_revision, session, write
from app.core.errors import Conflict, DomainError
from app.criteria.models import Outcome
from app.firms.models import Destination, Firm, LeaveReason, Residency, ResidencyKind, Route
from app.pipeline import service
from app.pipeline.models import Claim, ClaimState, Graduation, GraduationState, Push
from app.pipeline.moves.graduation_effects import Report
from app.pipeline.stage import stages
from app.pipeline.words import ReturnReason
from tests.conftest import SOAKING
from tests.factories.carriers import ACTOR, make_carrier
from tests.factories.firms import host, make_firm
from tests.factories.pipeline import judge_says

TODAY = dt.date(2026, 11, 24)
FIRMS, CLIENTS, PARKS = 3, 16, 6
#: A minute with eight writers in the soak; enough to see a fault in every run.
SECONDS, WRITERS, READS = (60, 8, 1_000) if SOAKING else (1, 2, 5)
LIFE = ("admit", "leave", "admit", "land", "leave")


def together(app: Flask, acts: list[Any]) -> Counter[str]:
    """Run all acts at the same moment, each in its own context; what each was told."""
    gate = Barrier(len(acts))

    def one(act: Any) -> str:
        with app.app_context():
            gate.wait()
            try:
                with write("test:race", actor=ACTOR):
                    act()
            except DomainError as error:
                return error.code
            return "ok"

    with ThreadPoolExecutor(len(acts)) as pool:
        jobs = [pool.submit(contextvars.Context().run, partial(one, act)) for act in acts]
        return Counter(job.result() for job in jobs)


def claim_row(claim_id: int) -> Claim:
    return session.scalars(select(Claim).where(Claim.id == claim_id)).one()


def test_sixteen_choose_and_one_holds(app: Flask) -> None:
    home = make_carrier()
    parks = [make_carrier(tier=PARK) for _ in range(CLIENTS)]
    for number in range(FIRMS):
        firm = make_firm(at=home)
        with write("test:claims", actor=ACTOR):
            session.add(Push(firm_id=firm.id, carrier_id=home.id, starts=TODAY))
            rows = [
                Claim(
                    firm_id=firm.id, carrier_id=park.id, state=ClaimState.OPEN,
                    token=f"{number}-{park.id}", opened_on=TODAY, follow_until=TODAY,
                )
                for park in parks
            ]  # fmt: skip
            session.add_all(rows)
            session.flush()
            ids = [row.id for row in rows]
        session.rollback()

        def choose(claim_id: int) -> None:
            service.choose(actor=ACTOR, today=TODAY, claim=claim_row(claim_id))

        told = together(app, [partial(choose, one) for one in ids])
        assert told == {"ok": 1, "claim:taken": CLIENTS - 1}
        held = select(func.count()).where(
            Claim.firm_id == firm.id, Claim.state == ClaimState.ACCEPTED
        )
        assert session.scalar(held) == 1
        session.rollback()


def test_one_token_makes_one_claim(app: Flask) -> None:
    home, park = make_carrier(), make_carrier(tier=PARK)
    firm = make_firm(at=home)
    with write("test:push", actor=ACTOR):
        service.push(actor=ACTOR, today=TODAY, firm=firm, carrier=home)
    ids = firm.id, park.id
    session.rollback()

    def submit() -> None:
        one = session.get_one(type(firm), ids[0])
        bidder = session.get_one(type(park), ids[1])
        service.claim(actor=ACTOR, today=TODAY, firm=one, carrier=bidder, token="same-token-twice")

    assert together(app, [submit] * 8) == {"ok": 8}
    assert session.scalar(select(func.count(Claim.id))) == 1
    session.rollback()


@pytest.mark.soak
def test_a_thousand_double_presses_make_a_thousand_claims(app: Flask) -> None:
    home, park = make_carrier(), make_carrier(tier=PARK)
    for number in range(1_000):
        firm = make_firm(at=home)
        with write("test:push", actor=ACTOR):
            session.add(Push(firm_id=firm.id, carrier_id=home.id, starts=TODAY))
        ids = firm.id, park.id
        session.rollback()

        def submit(ids: tuple[int, int] = ids, token: str = f"double-press-{number}") -> None:
            one, bidder = session.get_one(Firm, ids[0]), session.get_one(Carrier, ids[1])
            service.claim(actor=ACTOR, today=TODAY, firm=one, carrier=bidder, token=token)

        assert together(app, [submit] * 2) == {"ok": 2}
    assert session.scalar(select(func.count(Claim.id))) == 1_000
    session.rollback()


def test_parks_book_one_firm_and_one_has_it(app: Flask) -> None:
    home = make_carrier()
    parks = [make_carrier(tier=PARK).id for _ in range(PARKS)]
    for number in range(FIRMS):
        firm = make_firm(at=home).id
        with write("test:claims", actor=ACTOR):
            session.add_all(
                Claim(firm_id=firm, carrier_id=park, state=ClaimState.OPEN, opened_on=TODAY,
                      token=f"land-{number}-{park}", follow_until=TODAY)
                for park in parks
            )  # fmt: skip

        def book(park: int, firm: int = firm) -> None:
            service.land(
                actor=ACTOR, today=TODAY, firm=session.get_one(Firm, firm), arrived_on=TODAY,
                carrier=session.get_one(Carrier, park),
            )  # fmt: skip

        told = together(app, [partial(book, park) for park in parks])
        assert told == {"ok": 1, "tie:before_start": PARKS - 1}
        now = select(Residency.carrier_id).where(
            Residency.firm_id == firm, Residency.counted, Residency.ends.is_(None)
        )
        held = session.scalars(now).one()
        assert held in parks
        done = select(Claim.carrier_id, Claim.state).where(Claim.firm_id == firm)
        ends = {row.carrier_id: row.state for row in session.execute(done)}
        assert ends == {
            park: ClaimState.DONE if park == held else ClaimState.REFUSED for park in parks
        }
        session.rollback()


def test_consent_and_return_of_one_graduation_exclude_each_other(app: Flask) -> None:
    judge_says(Outcome.MET)
    home = make_carrier()
    for _round in range(FIRMS):
        firm = make_firm(at=home)
        with write("test:graduate", actor=ACTOR):
            row = service.graduate(
                actor=ACTOR,
                today=TODAY,
                firm=firm,
                carrier=home,
                report=Report(TODAY, agreement_on=TODAY),
            )
        one, rev = row.id, row.rev
        session.rollback()

        def there(one: int = one) -> Graduation:
            return session.get_one(Graduation, one)

        def verify(rev: int = rev) -> None:
            service.verify(actor=ACTOR, today=TODAY, graduations=[there()], seen=rev)

        def give_back(rev: int = rev) -> None:
            service.return_graduation(
                actor=ACTOR, today=TODAY, graduation=there(), reason=ReturnReason.DATES, rev=rev
            )

        told = together(app, [verify, give_back])
        assert told in ({"ok": 1, "stale": 1}, {"ok": 1, "graduation:changed": 1})
        won = GraduationState.VERIFIED if "stale" in told else GraduationState.RETURNED
        assert there().state == won
        session.rollback()


def test_firms_are_neither_made_nor_lost_by_moves(app: Flask) -> None:
    """Readers add up the stages while writers move firms about; every sum is the same."""
    homes, park = [make_carrier() for _ in range(2)], make_carrier(tier=PARK)
    places = [home.id for home in homes], park.id
    firms = [make_firm().id for _ in range(WRITERS * 2)]
    count = len(firms)
    session.rollback()
    over, sums, wrong = Event(), Counter[int](), []

    def work(mine: list[int]) -> None:
        day, until = dt.date(2020, 1, 1), time.monotonic() + SECONDS
        with app.app_context():
            while time.monotonic() < until:
                for act in LIFE:
                    day += dt.timedelta(days=1)
                    for one in mine:
                        with write("test:move", actor=ACTOR):
                            move(act, one, day, places)

    def look() -> None:
        with app.app_context():
            stage = stages(TODAY)
            statement = select(stage.c.stage, func.count()).group_by(stage.c.stage)
            while not over.is_set():
                total = sum(number for _stage, number in session.execute(statement))
                sums[total] += 1
                session.rollback()

    def run(part: Any) -> None:
        try:
            contextvars.Context().run(part)
        except Exception as error:
            wrong.append(error)

    with ThreadPoolExecutor(WRITERS + 2) as pool:
        readers = [pool.submit(run, look) for _ in range(2)]
        writers = [pool.submit(run, partial(work, firms[n::WRITERS])) for n in range(WRITERS)]
        for job in writers:
            job.result()
        over.set()
        for job in readers:
            job.result()
    assert not wrong
    assert list(sums) == [count]
    assert sums[count] >= READS


def move(act: str, firm_id: int, day: dt.date, places: tuple[list[int], int]) -> None:
    """One step of a firm's life on a day."""
    base = {"actor": ACTOR, "today": day, "firm": session.get_one(Firm, firm_id)}
    now = present(firm_id)
    if act == "admit":
        home = session.get_one(Carrier, places[0][firm_id % 2])
        service.admit(**base, carrier=home, starts=day, agreement_on=day)
    elif act == "land":
        park = session.get_one(Carrier, places[1])
        service.land(**base, carrier=park, arrived_on=day)
    else:
        service.leave(
            **base, carrier=session.get_one(Carrier, now), on=day,
            destination=Destination.BUILDING, reason=LeaveReason.NOT_GRADUATED,
        )  # fmt: skip


def present(firm_id: int) -> int | None:
    statement = select(Residency.carrier_id).where(
        Residency.firm_id == firm_id, Residency.counted, Residency.ends.is_(None)
    )
    return session.scalars(statement).one_or_none()


def test_two_counted_ties_never_share_a_day(app: Flask) -> None:
    firm, one, other = make_firm(), make_carrier(), make_carrier()
    host(firm, one, "2025-01-01", "2026-01-01")
    row = {
        "firm_id": firm.id, "carrier_id": other.id, "kind": ResidencyKind.ON_SITE,
        "route": Route.ADMITTED, "leave_confirmed": True, "pid": "x" * 12,
    }  # fmt: skip
    for starts, ends, counted in (
        (dt.date(2025, 12, 31), None, True),
        (dt.date(2024, 1, 1), dt.date(2025, 1, 2), True),
    ):
        with pytest.raises((Conflict, IntegrityError)), write("test:overlap", actor=ACTOR):
            values = row | {"starts": starts, "ends": ends, "counted": counted}
            session.execute(insert(Residency).values(rev=current_revision(), **values))
    with write("test:beside", actor=ACTOR):
        beside = row | {"starts": dt.date(2025, 6, 1), "ends": None, "counted": False}
        session.execute(insert(Residency).values(rev=current_revision(), **beside))
        after = row | {"starts": dt.date(2026, 1, 1), "counted": True, "pid": "y" * 12}
        session.execute(insert(Residency).values(rev=current_revision(), **after))
    assert session.scalar(select(func.count(Residency.id))) == 3
