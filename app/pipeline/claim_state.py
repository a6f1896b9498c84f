"""What a claim is on a day: one expression, and the same in plain Python for a row in hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, case, literal, type_coerce

from app.core.db import Code
from app.pipeline.models import Claim, ClaimState
from app.pipeline.words import ClaimEnd, ClaimStanding

S = ClaimStanding
#: Standings in which a claim goes on.
LIVE = (S.OPEN, S.ACCEPTED)


def claim_state(day: dt.date | ColumnElement[dt.date], claim: Any = None) -> ColumnElement[Any]:
    """The standing of a row of claims on a day; `claim` is a table or alias of it.

    An open claim has lapsed after its follow-up period. A follow-up can only be recorded before
    that, so a later `follow_until` never hides a lapse, and past days are told rightly.
    """
    c: Any = claim if claim is not None else Claim.__table__
    c = getattr(c, "c", c)
    stated = case(
        (c.opened_on > day, literal(S.NONE.value)),
        (
            c.ended_on <= day,
            case((c.end_reason == ClaimEnd.LAPSED.value, S.LAPSED.value), else_=c.state),
        ),
        (c.accepted_on <= day, literal(S.ACCEPTED.value)),
        (c.follow_until < day, literal(S.LAPSED.value)),
        else_=literal(S.OPEN.value),
    )
    return type_coerce(stated, Code(ClaimStanding))


def standing_now(row: Claim, day: dt.date) -> ClaimStanding:
    """The standing of a claim in hand on a day that is not before its last change."""
    if row.state == ClaimState.OPEN:
        return S.LAPSED if row.follow_until < day else S.OPEN
    if row.end_reason == ClaimEnd.LAPSED:
        return S.LAPSED
    return ClaimStanding(row.state.value)
