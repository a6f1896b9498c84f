"""Recording what room a firm looks for, and how its search ended."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from app.carriers.models import Carrier
from app.core.access import AnyViewer
from app.core.db import session
from app.core.errors import (
    Conflict,
    DomainError,
    register_constraints,
    register_messages,
)
from app.core.terms import term_choices
from app.core.text import N_
from app.firms.fields import need_record
from app.firms.models import (
    ANYWHERE,
    SAID,
    Demand,
    DemandEnd,
    DemandState,
    Destination,
    Firm,
)
from app.firms.queries.demand import open_of
from app.firms.service.register import seen

register_messages(
    {
        "demand_area": N_("面积上限不能小于下限。"),
        "demand_past": N_("最迟入驻日 %(day)s 已过，请与企业确认新的日期。"),
        "demand_opened": N_("提出日期不能晚于今天，也不能晚于最迟入驻日。"),
        "demand_held": N_("这家企业已有一份寻找中的空间需求，请在那一份上修改。"),
        "demand_closed": N_("这份空间需求已经结束，不能修改；如仍要场地，请重新打开。"),
        "demand_open_still": N_("这份空间需求还没有结束。"),
        "demand_close_day": N_("结束日期应在提出日期 %(day)s 与今天之间。"),
        "demand_close_note": N_("请写明结束的原因。"),
    }
)
register_constraints(
    {
        "uq_demand_open": ("demand_held", None),
        "UNIQUE constraint failed: demand.firm_id": ("demand_held", None),
    }
)

#: where a firm went → how its search ended by that
ENDED_BY = {
    Destination.BUILDING: DemandEnd.ELSEWHERE,
    Destination.CITY: DemandEnd.LEFT_DISTRICT,
    Destination.OUTSIDE: DemandEnd.LEFT_DISTRICT,
    Destination.ABROAD: DemandEnd.LEFT_DISTRICT,
    Destination.DISSOLVED: DemandEnd.CLOSED,
}


def record_demand(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    rev: int | None = None,
    opened_on: dt.date | None = None,
    **said: Any,
) -> Demand:
    """Write down what the firm needs: its open search is changed, or a new one begins.

    `said`: any of SAID; what is not given stays. Counts as confirmed by the firm today. Raises
    `demand_area`, `demand_past`, `demand_opened`, `stale`, and `field_needed` where a new one
    lacks area, use or day.
    """
    need_record(actor, firm.id, today)
    row = open_of(firm.id)
    if row is None and rev is not None:
        raise Conflict("stale")
    if row is not None:
        seen(row, rev)
    else:
        row = Demand(firm_id=firm.id, state=DemandState.OPEN, opened_on=opened_on or today)
    given = {name: said[name] for name in SAID if name in said}
    with session.no_autoflush:
        for name, value in _ordered(given).items():
            setattr(row, name, value)
        row.opened_on, row.checked_on = opened_on or row.opened_on, today
        _check(row, today)
    session.add(row)
    session.flush()
    return row


def _ordered(given: dict[str, Any]) -> dict[str, Any]:
    """Regions in the order of their list, each once; unknown ones are left out."""
    if given.get("regions"):
        known = [code for code, _word in term_choices("area", retired=True)]
        held = tuple(code for code in known if code in given["regions"])
        given["regions"] = (ANYWHERE,) if ANYWHERE in given["regions"] else held or None
    if given.get("area_low") and not given.get("area_high") and "area_high" in given:
        given["area_high"] = given["area_low"]
    return given


def _check(row: Demand, today: dt.date) -> None:
    for name in ("area_low", "area_high", "uses", "needed_by"):
        if not getattr(row, name):
            raise DomainError("field_needed", name)
    if row.area_high < row.area_low:
        raise DomainError("demand_area", "area_high")
    if row.needed_by < today:
        raise DomainError("demand_past", "needed_by", day=row.needed_by.isoformat())
    if row.opened_on > today or row.opened_on > row.needed_by:
        raise DomainError("demand_opened", "opened_on")


def close_demand(
    *,
    actor: AnyViewer,
    today: dt.date,
    demand: Demand,
    reason: DemandEnd,
    on: dt.date | None = None,
    note: str | None = None,
    rev: int | None = None,
) -> Demand:
    """The search is over: room was found, or the firm gave up. Raises `demand_closed`,
    `demand_close_day`, `demand_close_note` (for 其他), `stale`."""
    need_record(actor, demand.firm_id, today)
    seen(demand, rev)
    if demand.state is not DemandState.OPEN:
        raise DomainError("demand_closed")
    on = on or today
    if not demand.opened_on <= on <= today:
        raise DomainError("demand_close_day", "on", day=demand.opened_on.isoformat())
    if reason is DemandEnd.OTHER and not note:
        raise DomainError("demand_close_note", "note")
    _end(demand, reason, on, note)
    return demand


def reopen_demand(
    *, actor: AnyViewer, today: dt.date, demand: Demand, rev: int | None = None
) -> Demand:
    """A search that was closed too early goes on. Raises `demand_open_still`, `demand_held`."""
    need_record(actor, demand.firm_id, today)
    seen(demand, rev)
    if demand.state is DemandState.OPEN:
        raise DomainError("demand_open_still")
    if open_of(demand.firm_id) is not None:
        raise Conflict("demand_held")
    _resume(demand)
    return demand


def _end(
    demand: Demand, reason: DemandEnd, on: dt.date, note: str | None, at: Carrier | None = None
) -> None:
    demand.state = DemandState.MET if reason.met else DemandState.GIVEN_UP
    demand.closed_on, demand.end_reason, demand.end_note = on, reason, note
    demand.met_at_id = at.id if at is not None else None
    session.flush()


def _resume(demand: Demand) -> None:
    demand.state, demand.closed_on, demand.end_reason = DemandState.OPEN, None, None
    demand.end_note = demand.met_at_id = None
    session.flush()


def meet_by_landing(*, firm: Firm, carrier: Carrier, on: dt.date) -> None:
    """An arrival meets what the firm was looking for by that day; no right is asked for, as the
    arrival was."""
    row = open_of(firm.id)
    if row is not None and row.opened_on <= on:
        _end(row, DemandEnd.LANDED, on, None, carrier)


def end_by_departure(*, firm: Firm, to: Destination | None, on: dt.date) -> None:
    """A firm that left the district, closed or took rooms of its own looks no longer here."""
    row, reason = open_of(firm.id), ENDED_BY.get(to) if to is not None else None
    if row is not None and reason is not None and row.opened_on <= on:
        _end(row, reason, on, None)


def resume_search(*, firm: Firm, on: dt.date) -> None:
    """What an arrival or a departure of the day had ended goes on: the act was taken back."""
    if open_of(firm.id) is not None:
        return
    by_move = (DemandEnd.LANDED, *ENDED_BY.values())
    statement = select(Demand).where(
        Demand.firm_id == firm.id, Demand.closed_on == on, Demand.end_reason.in_(by_move),
        Demand.end_note.is_(None),
    )  # fmt: skip
    row = session.scalars(statement.order_by(Demand.id.desc())).first()
    if row is not None:
        _resume(row)


def merge_demands(firm: Firm, into: Firm) -> None:
    """The searches pass to the firm that stays; of two open ones its own holds."""
    mine = open_of(firm.id)
    if mine is not None and open_of(into.id) is not None:
        session.delete(mine)
        session.flush()
    statement = select(Demand).where(Demand.firm_id == firm.id)
    for row in session.scalars(statement.order_by(Demand.id)).all():
        row.firm_id = into.id
    session.flush()
