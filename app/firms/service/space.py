"""使用 of units: who moves in, how much, until when; and what that means for the units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.carriers.models import HoldKind, Unit, UnitHold, UnitLink
from app.carriers.service.units import hold_unit, living, need_units
from app.core.access import AnyViewer
from app.core.db import Txn, session
from app.core.errors import Conflict, DomainError, register_messages
from app.core.filters import day as day_text
from app.core.filters import span as span_text
from app.core.text import N_
from app.firms.hooks import Kept, hooks
from app.firms.models import Firm, Occupancy, Residency, ResidencyKind
from app.firms.queries.space import Use, kept_rooms
from app.firms.service.keeping import called, fitting_out, unkept
from app.firms.unit_words import amount as amount_text

register_messages(
    {
        "unit:full": N_("这段时间房源只剩 %(left)s，请减少用量、改日期，或先办理腾退。"),
        "unit:twice": N_(
            "企业在这段时间已使用该房源（自 %(day)s 起），请改为调整面积或更正那一条。"
        ),
        "unit:ends": N_("房源将于 %(day)s 停用（%(why)s），使用须在这一天之前开始、最迟到这一天。"),
        "unit:works": N_(
            "房源%(span)s施工，这段时间不能使用：请把起始日写在完工之后，或先恢复招租；"
            "装修期的企业除外。"
        ),
        "unit:works_used": N_(
            "“%(firm)s”在这段时间使用该房源，不能登记施工：先办理腾退，或改为暂不出租；"
            "装修期的企业除外。"
        ),
        "unit:lease": N_("租期至不能早于起始日 %(day)s。"),
        "unit:not_yet": N_("房源自 %(day)s 起启用，起始日不能早于这一天。"),
        "unit:resize_early": N_("调整日期须晚于开始日 %(day)s；登记有误的，请作废后重新登记。"),
        "unit:amount": N_("请填写大于 0 的面积（工位数）。"),
        "unit:early": N_("腾退日期须晚于开始日 %(day)s；登记有误的，请作废。"),
        "unit:done": N_("这条使用已于 %(day)s 结束，没有改动。"),
        "unit:empty": N_("这一天没有企业在用，没有改动。"),
    }
)

#: Ties under which a firm has rooms. 仅注册 and 赋能 have none, so nothing is used by them.
ROOMED = (
    ResidencyKind.ON_SITE,
    ResidencyKind.OFFICE_ONLY,
    ResidencyKind.EXTENSION,
    ResidencyKind.FIT_OUT,
    ResidencyKind.GRADUATE_STAY,
)


def measured(unit: Unit, amount: int) -> dict[str, int]:
    """The column of an amount: desks of a unit let by desks, else square decimetres."""
    return {"area_dm2" if unit.desks is None else "desks": amount}


def occupy(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    unit: Unit,
    amount: int,
    starts: dt.date,
    ends: dt.date | None = None,
    lease_ends: dt.date | None = None,
    remark: str | None = None,
) -> Occupancy:
    """A firm uses an amount of a unit on [starts, ends); a day to come reserves it.

    It belongs to the firm's stay at the carrier where there is one, and ends with it; what was
    kept of the unit for the firm is kept no longer. Raises
    `unit:full`, `unit:twice`, `unit:days`, `unit:gone`, `unit:not_yet`, `unit:ends`,
    `unit:works`, `unit:lease`.
    """
    need_units(actor, unit.carrier_id)
    living(unit, today)
    for settle in hooks().moves_in:
        settle(firm, unit)
    row = Occupancy(
        firm_id=firm.id, unit_id=unit.id, starts=starts, ends=ends, own_ends=ends, tied=False,
        lease_ends=lease_ends, remark=remark, **measured(unit, amount),
    )  # fmt: skip
    _check_days(row, unit)
    _check(row, unit)
    session.add(row)
    session.flush()
    follow([firm.id])
    return row


def _check(row: Occupancy, unit: Unit) -> None:
    """Refuse days or an amount that cannot be, before the database does, with what is left."""
    if row.amount <= 0:
        raise DomainError("unit:amount", "amount")
    if row.ends is not None and row.ends <= row.starts:
        raise DomainError("unit:days", "ends")
    others = [one for one in _of_unit(unit.id) if one.id != row.id]
    mine = Use(row.starts, row.ends, row.amount)
    for one in others:
        if one.firm_id == row.firm_id and _meet(mine, _use(one)):
            raise Conflict("unit:twice", "firm", day=one.starts.isoformat())
    left = unit.total - peak([*map(_use, others), *_kept(unit)], mine)
    if row.amount > left:
        raise DomainError("unit:full", "amount", left=amount_text(unit, max(left, 0)))


def _check_days(row: Occupancy, unit: Unit) -> None:
    """Refuse days that contradict the unit's or one another.

    Without a last day a use of a unit that ends on a planned day lasts until then.
    """
    if row.starts < unit.starts:
        raise DomainError("unit:not_yet", "starts", day=day_text(unit.starts))
    if unit.ends is not None:
        assert unit.end_reason is not None
        said = {"day": day_text(unit.ends), "why": unit.end_reason.label}
        if row.starts >= unit.ends:
            raise DomainError("unit:ends", "starts", **said)
        if row.ends is not None and row.ends > unit.ends:
            raise DomainError("unit:ends", "ends", **said)
        row.ends = row.own_ends = row.ends or unit.ends
    for works in _works(unit):
        if _meet(_use(row), works) and not fitting_out(row.firm_id, row.starts, unit):
            raise DomainError("unit:works", "starts", span=span_text(works.starts, works.ends))
    if row.lease_ends is not None and row.lease_ends < row.starts:
        raise DomainError("unit:lease", "lease_ends", day=day_text(row.starts))


def _works(unit: Unit) -> list[Use]:
    """The days of a unit's 施工."""
    found = select(UnitHold).where(UnitHold.unit_id == unit.id, UnitHold.kind == HoldKind.WORKS)
    rows = session.scalars(found.order_by(UnitHold.starts, UnitHold.id))
    return [Use(row.starts, row.ends, 0) for row in rows]


def hold(
    *, actor: AnyViewer, today: dt.date, unit: Unit, kind: HoldKind, starts: dt.date,
    ends: dt.date | None = None, reason: str | None = None,
) -> UnitHold:  # fmt: skip
    """Off the market on [starts, ends), as the carriers' room does; no works where a firm is, or
    is to come. Raises `unit:works_used`, `unit:kept` and what that raises.
    """
    need_units(actor, unit.carrier_id)
    if kind is HoldKind.WORKS:
        days = Use(starts, ends, 0)
        for row in _of_unit(unit.id):
            if _meet(days, _use(row)) and not fitting_out(row.firm_id, row.starts, unit):
                raise DomainError("unit:works_used", "on", firm=called(actor, row.firm))

        def barred(kept: Kept) -> bool:
            its_own = fitting_out(kept.firm_id, kept.since, unit)
            return _meet(days, Use(kept.since, None, 0)) and not its_own

        unkept(actor, unit, where=barred)
    return hold_unit(
        actor=actor, today=today, unit=unit, kind=kind, starts=starts, ends=ends, reason=reason
    )


def _of_unit(unit_id: int) -> list[Occupancy]:
    statement = select(Occupancy).where(Occupancy.unit_id == unit_id)
    return list(session.scalars(statement.order_by(Occupancy.starts, Occupancy.id)))


def _use(row: Occupancy) -> Use:
    return Use(row.starts, row.ends, row.amount)


def _kept(unit: Unit) -> list[Use]:
    return [Use(one.since, None, one.amount, kept=True) for one in kept_rooms([unit.id])]


def room_left(unit: Unit, since: dt.date) -> int:
    """What nobody uses of a unit and what is kept for nobody, on any day from one on: desks, or
    square decimetres. Nothing where the unit is not there from that day on for good."""
    if unit.starts > since or unit.ends is not None:
        return 0
    taken = [*map(_use, _of_unit(unit.id)), *_kept(unit)]
    return max(unit.total - peak(taken, Use(since, None, 0)), 0)


def _meet(one: Use, other: Use) -> bool:
    return (one.ends is None or one.ends > other.starts) and (
        other.ends is None or other.ends > one.starts
    )


def peak(uses: Iterable[Use], during: Use) -> int:
    """The most that is in use on any day of a span; use only grows where one begins."""
    met = [one for one in uses if _meet(one, during)]
    days = {during.starts, *(one.starts for one in met if one.starts > during.starts)}
    return max(sum(one.amount for one in met if one.on(day)) for day in days)


def correct_occupancy(
    *,
    actor: AnyViewer,
    today: dt.date,
    row: Occupancy,
    amount: int,
    starts: dt.date,
    ends: dt.date | None = None,
    lease_ends: dt.date | None = None,
    remark: str | None = None,
    rev: int | None = None,
) -> Occupancy:
    """更正 what was entered of an occupancy. Raises as `occupy`, and `stale`."""
    unit = row.unit
    need_units(actor, unit.carrier_id)
    if rev is not None and row.rev != rev:
        raise Conflict("stale")
    with session.no_autoflush:
        row.starts, row.ends, row.own_ends, row.tied = starts, ends, ends, False
        row.lease_ends, row.remark = lease_ends, remark
        for name, value in measured(unit, amount).items():
            setattr(row, name, value)
        _check_days(row, unit)
        _check(row, unit)
    session.flush()
    follow([row.firm_id])
    return row


def resize(
    *, actor: AnyViewer, today: dt.date, row: Occupancy, on: dt.date, amount: int
) -> Occupancy:
    """调整: from a day on the firm uses another amount of the same unit.

    Raises `unit:full`, `unit:resize_early`, `unit:done`.
    """
    unit = row.unit
    need_units(actor, unit.carrier_id)
    own_ends, ends = row.own_ends, row.ends
    _end(row, on, "unit:resize_early")
    session.flush()
    new = Occupancy(
        firm_id=row.firm_id, unit_id=unit.id, starts=on, ends=ends, own_ends=own_ends,
        tied=False, lease_ends=row.lease_ends, remark=row.remark, **measured(unit, amount),
    )  # fmt: skip
    _check(new, unit)
    session.add(new)
    follow([row.firm_id])
    return new


def vacate(*, actor: AnyViewer, today: dt.date, row: Occupancy, on: dt.date) -> Occupancy:
    """腾退: an occupancy ends on a day, which may be known ahead. What the firm has chosen of the
    unit is kept for it again from then on. Raises `unit:early`, `unit:done`."""
    need_units(actor, row.unit.carrier_id)
    _leave(row, on)
    follow([row.firm_id])
    _keep(row, max(on, today))
    return row


def _keep(row: Occupancy, day: dt.date) -> None:
    for keep in hooks().moves_out:
        keep(day, row.firm, row.unit)


def _end(row: Occupancy, on: dt.date, early: str = "unit:early") -> None:
    if row.ends is not None and row.ends <= on:
        raise DomainError("unit:done", "on", day=row.ends.isoformat())
    if on <= row.starts:
        raise DomainError(early, "on", day=row.starts.isoformat())
    row.ends = row.own_ends = on
    row.tied = False  # one that ended before the stay began was never of it


def _leave(row: Occupancy, on: dt.date) -> None:
    """End a use; where its unit is to be split or merged later, it does not go on in a part."""
    unit, until = row.unit, row.ends
    _end(row, on)
    if unit.ends is None or until != unit.ends:
        return
    parts = select(UnitLink.to_id).where(UnitLink.from_id == unit.id)
    goes_on = select(Occupancy).where(
        Occupancy.unit_id.in_(parts), Occupancy.firm_id == row.firm_id,
        Occupancy.starts == until,
    )  # fmt: skip
    found = session.scalars(goes_on.order_by(Occupancy.id)).all()
    if found:
        session.delete(min(found, key=lambda later: later.amount != row.amount))


def vacate_unit(*, actor: AnyViewer, today: dt.date, unit: Unit, on: dt.date) -> list[Occupancy]:
    """整间腾退: whoever uses a unit on a day leaves it that day; reservations stay.

    Raises `unit:empty`, `unit:early`.
    """
    need_units(actor, unit.carrier_id)
    found = [row for row in _of_unit(unit.id) if _use(row).on(on)]
    if not found:
        raise DomainError("unit:empty", "on")
    for row in found:
        _leave(row, on)
    follow([row.firm_id for row in found])
    for row in found:
        _keep(row, max(on, today))
    return found


def void_occupancy(*, actor: AnyViewer, today: dt.date, row: Occupancy) -> None:
    """作废 of a wrong entry, with a reason that the write keeps; history keeps the row, and
    what was kept of the unit for the firm is kept again."""
    firm, unit = row.firm, row.unit
    need_units(actor, unit.carrier_id)
    session.delete(row)
    session.flush()
    for keep in hooks().moves_out:
        keep(today, firm, unit)


# ---- the stay of a firm at a carrier ------------------------------------------------------------


def follow_stays(txn: Txn) -> None:
    """Before a write is sealed: the occupancies of the firms it touched follow their ties."""
    ids = sorted(txn.ids("firm"))
    for start in range(0, len(ids), 400):
        follow(ids[start : start + 400])


def follow(firm_ids: Sequence[int]) -> None:
    """Occupancies of firms at each carrier last no longer than the firm's stay there.

    The stay is the chain of its ties with rooms that touch one another, so a graduate that stays
    on keeps its room. When a tie ends or its end is corrected, so do they; when a departure is
    undone they run on, unless the room has been given away meanwhile. One whose stay was voided,
    or that would begin after it, is voided too.
    """
    session.flush()
    rows = session.scalars(
        select(Occupancy)
        .where(Occupancy.firm_id.in_(firm_ids))
        .options(joinedload(Occupancy.unit))
        .order_by(Occupancy.firm_id, Occupancy.starts, Occupancy.id)
    ).all()
    if not rows:
        return
    stays: dict[tuple[int, int], list[Residency]] = {}
    ties = select(Residency).where(
        Residency.firm_id.in_({row.firm_id for row in rows}), Residency.kind.in_(ROOMED)
    )
    for tie in session.scalars(ties.order_by(Residency.starts, Residency.id)):
        stays.setdefault((tie.firm_id, tie.carrier_id), []).append(tie)
    for row in rows:
        _follow(row, stays.get((row.firm_id, row.unit.carrier_id), []))
    session.flush()


def _follow(row: Occupancy, ties: list[Residency]) -> None:
    own = Use(row.starts, row.own_ends, 1)
    met = [tie for tie in ties if _meet(own, Use(tie.starts, tie.ends, 1))]
    if not met:
        if row.tied:
            session.delete(row)
        return
    row.tied = True
    last = met[0].ends
    for tie in met[1:]:
        if last is not None and tie.starts <= last:
            last = None if tie.ends is None else max(last, tie.ends)
    known = [day for day in (row.own_ends, last) if day is not None]
    ends = min(known) if known else None
    if ends == row.ends:
        return
    if row.ends is not None and (ends is None or ends > row.ends) and not _fits(row, ends):
        row.own_ends = row.ends
        return
    row.ends = ends
    session.flush()


def _fits(row: Occupancy, ends: dt.date | None) -> bool:
    """Whether an occupancy can run on from its end to a later one."""
    assert row.ends is not None
    unit = row.unit
    if unit.ends is not None and (ends is None or ends > unit.ends):
        return False
    others = [_use(one) for one in _of_unit(row.unit_id) if one.id != row.id]
    others += _kept(unit)
    return peak(others, Use(row.ends, ends, row.amount)) + row.amount <= unit.total


def in_use_after(unit: Unit, day: dt.date) -> list[Occupancy]:
    """Occupancies of a unit that run on a day or begin later."""
    statement = select(Occupancy).where(
        Occupancy.unit_id == unit.id, or_(Occupancy.ends.is_(None), Occupancy.ends > day)
    )
    return list(session.scalars(statement.order_by(Occupancy.starts, Occupancy.id)))
