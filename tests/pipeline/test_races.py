"""Many at once: one choice, one claim a token, one counted tie; raw SQL is refused as well."""

from __future__ import annotations

import contextvars
import datetime as dt
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from app.carriers.models import PARK
from app.core.db import current_revision, session, write
from app.core.errors import Conflict, DomainError
from app.firms.models import Residency, ResidencyKind, Route
from app.pipeline import service
from app.pipeline.models import Claim, ClaimState, Push
from tests.factories.carriers import ACTOR, make_carrier
from tests.factories.firms import host, make_firm

TODAY = dt.date(2026, 11, 24)
FIRMS, CLIENTS = 3, 16


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
