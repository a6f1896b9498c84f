"""The five stations of a firm's way, as the stage path draws them."""

from __future__ import annotations

import datetime as dt

from app.carriers.models import ACCELERATOR, INCUBATOR, PARK
from app.core.days import months_between
from app.core.text import _
from app.criteria.clock import spent
from app.criteria.interval import MONTH
from app.firms.models import Firm, Residency, ResidencyKind
from app.pipeline import clock
from app.pipeline.models import Graduation, GraduationState
from app.pipeline.queries import ties
from app.pipeline.stage import EFFECTIVE, Stage

#: (words, line below or None, state: "done", "now" or "" for what lies ahead)
Station = tuple[str, str | None, str]


def stations(
    firm: Firm, day: dt.date, short: bool = False, *, limit: bool, waits: bool = False
) -> list[Station]:  # fmt: skip
    """入孵 → 在孵 → 毕业 → 加速器（可选） → 特色产业园区, as of a day; `short`: without places.

    `limit`: whether the reader may know how long the firm may be incubated; `waits`: whether a
    proposal that the district has yet to agree to.
    """
    stage = ties.stage_now(firm, day)
    counted = [t for t in reversed(ties.all_of(firm)) if t.counted and t.starts <= day]
    first = {tier: next((t for t in counted if t.carrier.tier == tier), None) for tier in (1, 2, 3)}
    held = ties.graduation_of(firm)
    holds = held is not None and held.state in EFFECTIVE and held.graduated_on <= day
    graduated = held.graduated_on if held and holds else None
    ended = _ended(graduated, stage, held if waits else None)
    entered = first[INCUBATOR]
    incubated = [
        t for t in counted
        if t.carrier.tier == INCUBATOR and t.kind != ResidencyKind.GRADUATE_STAY
    ]  # fmt: skip
    steps = [
        (_("入孵"), _where(entered, short), entered is not None, None),
        (_("在孵"), _incubated(firm, incubated, day, limit), entered is not None, Stage.INCUBATING),
        (_("毕业"), ended, graduated is not None, Stage.GRADUATED),
        (
            _("加速器") if short else _("加速器 · 可选"),
            _where(first[ACCELERATOR], short),
            first[ACCELERATOR] is not None,
            Stage.ACCELERATING,
        ),
        (
            _("园区") if short else _("特色产业园区"),
            _where(first[PARK], short),
            first[PARK] is not None,
            Stage.SETTLED,
        ),
    ]
    return [
        (words, line, "now" if mine == stage else "done" if been else "")
        for words, line, been, mine in steps
    ]


def _where(tie: Residency | None, short: bool) -> str | None:
    if tie is None:
        return None
    day = tie.starts.isoformat()
    return day if short else f"{day} · {tie.carrier.short_name}"


def _incubated(firm: Firm, ties_there: list[Residency], day: dt.date, limit: bool) -> str | None:
    """Which month of how many; once it is over, how many months it was."""
    if not ties_there:
        return None
    tie = ties_there[-1]
    if tie.ends is not None and tie.ends <= day:
        whole = spent((one.starts, one.ends or day) for one in ties_there)
        return _("共 %(n)s 个月", n=whole // MONTH)
    read = clock.readings([(tie, firm.incubation_field)], day).get(firm.id)
    if read is None:
        return _("第 %(n)s 个月", n=months_between(tie.incubated_on or tie.starts, day) + 1)
    if not limit:
        return _("第 %(n)s 个月", n=read.month(day))
    return _("第 %(n)s 个月，期限 %(limit)s 个月", n=read.month(day), limit=read.allowed)


def _ended(graduated: dt.date | None, stage: Stage, held: Graduation | None) -> str | None:
    """The day, or where a proposal stands that the district has yet to agree to."""
    if graduated is not None:
        return graduated.isoformat()
    if held is not None and held.state is GraduationState.PROPOSED:
        return _("已提请，待区同意")
    if held is not None and held.state is GraduationState.DECLINED:
        return _("提请毕业未同意")
    return _("未办理") if stage == Stage.INCUBATING else None
