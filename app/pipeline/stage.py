"""Where a firm stands on the chain: one SQL expression over counted ties and graduations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from app.carriers.models import ACCELERATOR, PARK, Carrier
from app.core.db import Code, known
from app.core.text import N_, Coded
from app.criteria import moments
from app.criteria.followed import Within
from app.criteria.stage1 import World
from app.firms.models import Destination, Firm, Residency
from app.pipeline.models import Graduation, GraduationState


class Stage(Coded):
    """阶段, always told as of a day and never stored."""

    REGISTERED = "registered", N_("已登记")
    INCUBATING = "incubating", N_("在孵")
    GRADUATED = "graduated", N_("毕业")
    ACCELERATING = "accelerating", N_("加速期")
    SETTLED = "settled", N_("落地园区")
    LEFT = "left", N_("已离园")


#: States in which a graduation holds, which are also those of 申报数. 待同意 and 未同意 never held;
#: 已退回 leaves 核定数 only, the firm has graduated until its carrier corrects or withdraws it.
EFFECTIVE = (
    GraduationState.REPORTED,
    GraduationState.CHECKED,
    GraduationState.VERIFIED,
    GraduationState.RETURNED,
)

#: Destinations inside the district: a graduate gone there can still be won by a park.
NEARBY = (
    Destination.ACCELERATOR,
    Destination.PARK,
    Destination.INCUBATOR,
    Destination.BUILDING,
)

Day = dt.date | ColumnElement[dt.date]


def told(tie: Any, tier: Any, graduation_id: Any, day: Day) -> ColumnElement[Any]:
    """The stage, from the latest counted tie begun by the day and the graduation by then.

    `tie` is a row of residencies (all NULL when there is none), `tier` that of its carrier.
    """
    graduated = graduation_id.is_not(None)
    nearby = or_(tie.c.destination.is_(None), tie.c.destination.in_(NEARBY))
    stage = case(
        (tie.c.id.is_(None), literal(Stage.REGISTERED.value)),
        (
            running(tie, day),
            case(
                (tier >= PARK, literal(Stage.SETTLED.value)),
                (tier == ACCELERATOR, literal(Stage.ACCELERATING.value)),
                (graduated, literal(Stage.GRADUATED.value)),
                else_=literal(Stage.INCUBATING.value),
            ),
        ),
        (and_(graduated, tier < PARK, nearby), literal(Stage.GRADUATED.value)),
        else_=literal(Stage.LEFT.value),
    )
    return type_coerce(stage, Code(Stage))


def running(tie: Any, day: Day) -> ColumnElement[bool]:
    """Whether a tie begun by the day still runs on it."""
    return or_(tie.c.ends.is_(None), tie.c.ends > day)


def stages(
    day: Day,
    cut: int | BindParameter[int] | None = None,
    firms: Sequence[int] | Select[Any] | None = None,
) -> Subquery:
    """One row per firm or team with its stage as of `day`, as known at `cut`.

    Counted ties never overlap, so the one begun last by the day is the only one that can run
    on it; `present` says whether it does. `firms` narrows inside, before anything is joined.
    """
    firm = known(Firm, cut, "stage_firm").alias("stage_firm")
    begun, tie = known(Residency, cut).alias("stage_begun"), known(Residency, cut).alias("tie")
    carrier = known(Carrier, cut).alias("stage_carrier")
    graduation = known(Graduation, cut).alias("stage_graduation")
    wanted = [firm.c.merged_into_id.is_(None)]
    if firms is not None:
        wanted.append(firm.c.id.in_(firms))
    last = _latest(begun, day, firms).subquery("stage_latest")
    source = (
        firm.outerjoin(last, last.c.firm_id == firm.c.id)
        .outerjoin(
            tie,
            and_(tie.c.firm_id == last.c.firm_id, tie.c.counted, tie.c.starts == last.c.starts),
        )
        .outerjoin(carrier, carrier.c.id == tie.c.carrier_id)
        .outerjoin(graduation, and_(graduation.c.firm_id == firm.c.id, holds(graduation, day)))
    )
    columns = _columns(firm, tie, carrier, graduation, day)
    return select(*columns).select_from(source).where(*wanted).subquery("stage")


def _columns(firm: Any, tie: Any, carrier: Any, graduation: Any, day: Day) -> list[Any]:
    return [
        firm.c.id.label("firm_id"),
        firm.c.kind,
        told(tie, carrier.c.tier, graduation.c.id, day).label("stage"),
        and_(tie.c.id.is_not(None), running(tie, day)).label("present"),
        tie.c.id.label("residency_id"),
        tie.c.carrier_id,
        tie.c.site_id,
        carrier.c.tier,
        tie.c.kind.label("tie"),
        tie.c.starts,
        tie.c.ends,
        tie.c.destination,
        graduation.c.id.label("graduation_id"),
        graduation.c.graduated_on,
    ]


def _latest(begun: Any, day: Day, firms: Sequence[int] | Select[Any] | None) -> Select[Any]:
    """The day on which each firm's last counted tie begun by the day started."""
    latest = (
        select(begun.c.firm_id, func.max(begun.c.starts).label("starts"))
        .where(begun.c.counted, begun.c.starts <= day)
        .group_by(begun.c.firm_id)
    )
    return latest if firms is None else latest.where(begun.c.firm_id.in_(firms))


def holds(graduation: Any, day: Day) -> ColumnElement[bool]:
    """Whether a row of graduations is effective on the day."""
    return and_(graduation.c.graduated_on <= day, graduation.c.state.in_(EFFECTIVE))


def stage_of(firm_id: Any, day: Day) -> ColumnElement[Any]:
    """The stage of one firm as a correlated expression, for ORDER BY and WHERE."""
    tie, carrier = Residency.__table__.alias("own_tie"), Carrier.__table__.alias("own_carrier")
    graduation = Graduation.__table__.alias("own_graduation")
    graduated = (
        select(graduation.c.id)
        .where(graduation.c.firm_id == tie.c.firm_id, holds(graduation, day))
        .correlate(tie)
        .scalar_subquery()
    )
    latest = (
        select(told(tie, carrier.c.tier, graduated, day))
        .select_from(tie.join(carrier, carrier.c.id == tie.c.carrier_id))
        .where(tie.c.firm_id == firm_id, tie.c.counted, tie.c.starts <= day)
        .order_by(tie.c.starts.desc())
        .limit(1)
        .correlate_except(tie, carrier)
        .scalar_subquery()
    )
    return type_coerce(func.coalesce(latest, literal(Stage.REGISTERED.value)), Code(Stage))


def graduates_here(world: World, within: Within) -> Select[Any]:
    """Firms that have graduated, are at no carrier now, and went no farther than the district; as
    of the bound day of a statement of the rule book."""
    graduation = world.table(Graduation)
    graduates = select(graduation.c.firm_id).where(
        holds(graduation, moments.day()), *within(graduation.c.firm_id)
    )
    stage = stages(moments.day(), moments.cut() if world.past else None, graduates)
    return select(stage.c.firm_id).where(stage.c.stage == Stage.GRADUATED)
