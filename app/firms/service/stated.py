"""Recording and correcting what only a firm or an expert can say (自述数据)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from app.carriers.service.trust import entered_by, trust_after
from app.core.access import AnyViewer
from app.core.db import session
from app.core.errors import DomainError, register_messages
from app.core.statements import standing, statement_on
from app.core.text import N_
from app.firms.fields import need_record
from app.firms.models import Firm, StatedFigure
from app.firms.papers import Stored
from app.firms.queries.use import is_used
from app.firms.service.evidence import attach
from app.firms.service.register import seen
from app.firms.stated import BY_KEY

register_messages({"stated_year": N_("这一项只在填写的年份内有效，止日不能晚于 %(day)s。")})


def state_figure(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    key: str,
    day: dt.date,
    until: dt.date,
    low: int | None,
    high: int | None,
    reason: str | None = None,
    papers: Iterable[Stored] = (),
) -> StatedFigure:
    """Record what only the firm or an expert can say, valid on [day, until).

    Saying it again for the same day corrects it. Raises as `statement_on` and `correct_stated`,
    and `stated_year` where what is said of a year would hold beyond it.
    """
    need_record(actor, firm.id, today)
    _in_its_year(key, day, until)
    held = standing(StatedFigure, key, day, firm_id=firm.id)
    if held is not None:
        return correct_stated(
            actor=actor, today=today, row=held, rev=None, until=until, low=low, high=high,
            reason=reason, papers=papers,
        )  # fmt: skip
    row = statement_on(
        StatedFigure, today=today, key=key, day=day, until=until, low=low, high=high,
        firm_id=firm.id,
    )  # fmt: skip
    row.verification = entered_by(actor)
    session.flush()
    for stored in papers:
        attach(stored, firm_id=firm.id, stated_id=row.id)
    return row


def correct_stated(
    *,
    actor: AnyViewer,
    today: dt.date,
    row: StatedFigure,
    rev: int | None,
    until: dt.date,
    low: int | None,
    high: int | None,
    reason: str | None = None,
    papers: Iterable[Stored] = (),
) -> StatedFigure:
    """Change what was stated on its day; the former version stays in the history.

    Files alone leave the trust as it is. Raises `stale`, `days_range`, `range_order`,
    `stated_year`, and `reason_needed` once a submitted return or a graduation rests on it.
    """
    need_record(actor, row.firm_id, today)
    seen(row, rev)
    if (row.until, row.low, row.high) != (until, low, high):
        _in_its_year(row.key, row.day, until)
        if not reason and stated_used(row):
            raise DomainError("reason_needed", "reason")
        row.verification = trust_after(row.verification, actor)
        statement_on(
            StatedFigure, today=today, key=row.key, day=row.day, until=until, low=low, high=high,
            firm_id=row.firm_id,
        )  # fmt: skip
    session.flush()
    for stored in papers:
        attach(stored, firm_id=row.firm_id, stated_id=row.id)
    return row


def _in_its_year(key: str, day: dt.date, until: dt.date) -> None:
    """What is said of a year, such as 当年得分, holds until the end of the year it is said in."""
    held = BY_KEY.get(key)
    if held is not None and held.of_year and until > held.until(day):
        raise DomainError("stated_year", "until", day=held.until(day))


def stated_used(row: StatedFigure) -> bool:
    """Whether a submitted return or a decision rests on a statement."""
    return is_used(row.firm_id, row.rev, row.day)
