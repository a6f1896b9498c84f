"""The rule book as shipped, and a firm under an incubation agreement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.carriers.models import Carrier
from app.core.access import System
from app.core.db import session, write
from app.firms.models import Attestation, Figures, Firm, LegalForm, Milestone, Residency
from tests.factories.carriers import make_carrier
from tests.factories.firms import make_firm

TODAY = dt.date(2026, 11, 24)
ACTOR = System("test")


@pytest.fixture
def firm(rules: None) -> Firm:
    """A company founded in June 2022, incubated since April 2023."""
    made = make_firm(
        at=make_carrier(),
        since="2023-04-12",
        founded_on=dt.date(2022, 6, 8),
        legal_form=LegalForm.COMPANY,
    )
    with write("test:agreement", actor=ACTOR):
        tie = session.scalars(select(Residency).where(Residency.firm_id == made.id)).one()
        tie.agreement_on = tie.starts
    return made


@pytest.fixture
def house(rules: None) -> Carrier:
    """An incubator with one firm."""
    made = make_carrier(founded_on=dt.date(2020, 1, 1), area_m2=1_000)
    make_firm("启明", at=made, since="2024-01-02", founded_on=dt.date(2023, 3, 1))
    return made


@pytest.fixture
def enter(firm: Firm) -> Callable[..., int]:
    """Writes a record of the firm by class and columns; returns its id."""

    def write_one(model: Any, **columns: Any) -> int:
        with write("test:enter", actor=ACTOR):
            row = model(firm_id=firm.id, **columns)
            session.add(row)
            session.flush()
            return int(row.id)

    return write_one


def money(**more: Any) -> dict[str, Any]:
    """Columns of a venture round of 2025 that was received."""
    day = dt.date(2025, 3, 20)
    return {
        "kind": "financing", "day": day, "verification": "carrier", "investor": "venture",
        "money_state": "received", "received_on": day, **more,
    }  # fmt: skip


def year(of: int, **more: Any) -> dict[str, Any]:
    """Columns of audited yearly figures."""
    return {"year": of, "quarter": 0, "source": "audit", "verification": "carrier", **more}


__all__ = ["Attestation", "Figures", "Milestone", "money", "year"]
