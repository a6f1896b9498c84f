"""填报承诺 of a firm whose file the caller may write to."""

from __future__ import annotations

from sqlalchemy import select

from app.carriers.models import Return
from app.core.db import session
from app.core.errors import NotFound
from app.firms.models import Attestation, Firm

#: a promise, and the return that it was made with
Promise = tuple[Attestation, Return | None]


def promises_of(firm: Firm) -> list[Promise]:
    """All promises of a firm, the latest first."""
    statement = (
        select(Attestation, Return)
        .outerjoin(Return, Return.id == Attestation.return_id)
        .where(Attestation.firm_id == firm.id)
        .order_by(Attestation.ends.desc(), Attestation.id.desc())
    )
    return [(made, sheet) for made, sheet in session.execute(statement)]


def find_promise(firm: Firm, number: int) -> Promise:
    """One of them; NotFound for any other."""
    found = next((one for one in promises_of(firm) if one[0].id == number), None)
    if found is None:
        raise NotFound()
    return found
