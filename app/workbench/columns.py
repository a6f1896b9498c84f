"""Columns and conditions of the list of firms that belong to no single room above."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Flask
from sqlalchemy import Select, and_, case, exists, null, or_, select

from app.carriers.models import Carrier, Site
from app.core.access import AnyViewer
from app.core.days import add_months
from app.core.db import session
from app.core.panels import Column, Filter, registry
from app.core.terms import term, term_choices
from app.core.text import N_, _
from app.firms import fields
from app.firms.models import Firm, FirmKind, Residency
from app.firms.queries.scope import at_site, sees_all
from app.pipeline import clock

#: the choice of a condition for firms that have nothing of the kind
NONE = "none"


def counting(day: dt.date) -> Any:
    """Condition on residencies: the one that counts on a day."""
    return and_(
        Residency.counted,
        Residency.starts <= day,
        or_(Residency.ends.is_(None), Residency.ends > day),
    )


def carrier_cells(_viewer: AnyViewer, ids: list[int], day: dt.date) -> dict[int, Any]:
    """Where each firm is counted on the day, with its sector below."""
    statement = (
        select(Firm.id, Firm.sector, Carrier.short_name, Carrier.pid)
        .outerjoin(Residency, and_(Residency.firm_id == Firm.id, counting(day)))
        .outerjoin(Carrier, Carrier.id == Residency.carrier_id)
        .where(Firm.id.in_(ids))
        .order_by(Firm.id)
    )
    return {
        row.id: {"carrier": row.short_name, "pid": row.pid, "sector": term("sector", row.sector)}
        for row in session.execute(statement)
    }


def months_cells(viewer: AnyViewer, ids: list[int], day: dt.date) -> dict[int, Any]:
    """Months of incubation used and allowed, for firms with a limit.

    The limit follows from the register entry (特殊领域) and from what the host has extended.
    """
    seen = fields.open_to_each(viewer, ids, day)
    statement = (
        select(Residency, Firm.incubation_field)
        .join(Firm, Firm.id == Residency.firm_id)
        .where(Residency.firm_id.in_(ids), counting(day), Residency.limit_on.is_not(None))
        .order_by(Residency.firm_id)
    )
    found = [
        (tie, field) for tie, field in session.execute(statement) if "profile" in seen[tie.firm_id]
    ]
    clocks = clock.readings(found, day)
    return {
        tie.firm_id: {
            "used": clocks[tie.firm_id].used,
            "allowed": clocks[tie.firm_id].allowed,
            "over": day > clocks[tie.firm_id].last,
            "extended": tie.extended_to,
        }
        for tie, _field in found
    }


def months_sort(viewer: AnyViewer, day: dt.date) -> Any:
    """Order by the day the limit is reached, earliest first; closed ones come last."""
    limit = (
        select(Residency.last_day)
        .where(Residency.firm_id == Firm.id, counting(day))
        .correlate(Firm)
        .scalar_subquery()
    )
    if sees_all(viewer):
        return limit
    return case((fields.opening(viewer, "profile", day), limit), else_=null())


def founded_cells(viewer: AnyViewer, ids: list[int], day: dt.date) -> dict[int, Any]:
    """Day of foundation, where the viewer may read the register entry."""
    seen = fields.open_to_each(viewer, ids, day)
    rows = session.execute(
        select(Firm.id, Firm.founded_on).where(Firm.id.in_(ids)).order_by(Firm.id)
    )
    return {row.id: row.founded_on for row in rows if "profile" in seen[row.id]}


def founded_sort(viewer: AnyViewer, day: dt.date) -> Any:
    """Order by day of foundation; firms whose register entry is closed all come last."""
    return case((fields.opening(viewer, "profile", day), Firm.founded_on), else_=null())


def by_area(statement: Select[Any], _viewer: AnyViewer, value: str, day: dt.date) -> Select[Any]:
    """Firms whose counted tie is at a site of the area."""
    return statement.where(
        exists().where(
            Residency.firm_id == Firm.id,
            counting(day),
            at_site(day),
            Site.area == value,
        )
    )


def by_carrier(statement: Select[Any], _viewer: AnyViewer, value: str, day: dt.date) -> Select[Any]:
    """Firms whose counted tie is at the carrier; `NONE`: those that are counted nowhere."""
    if value == NONE:
        return statement.where(~exists().where(Residency.firm_id == Firm.id, counting(day)))
    carrier = select(Carrier.id).where(Carrier.pid == value).scalar_subquery()
    tied = select(Residency.firm_id).where(Residency.carrier_id == carrier, counting(day))
    return statement.where(Firm.id.in_(tied))


def by_sector(statement: Select[Any], _viewer: AnyViewer, value: str, _day: dt.date) -> Select[Any]:
    """Firms of the sector; `NONE`: those without one."""
    return statement.where(Firm.sector.is_(None) if value == NONE else Firm.sector == value)


def sectors() -> list[tuple[str, str]]:
    """Sectors, and the word for none."""
    return [*term_choices("sector", retired=True), (NONE, _("未登记"))]


def by_limit(statement: Select[Any], viewer: AnyViewer, value: str, day: dt.date) -> Select[Any]:
    """Firms past their limit, or reaching it within six months."""
    limited = [Residency.firm_id == Firm.id, counting(day), Residency.limit_on.is_not(None)]
    over = Residency.last_day < day
    soon = and_(Residency.last_day >= day, Residency.last_day <= add_months(day, 6))
    if not sees_all(viewer):
        statement = statement.where(fields.opening(viewer, "profile", day))
    return statement.where(exists().where(*limited, over if value == "over" else soon))


def limit_choices() -> list[tuple[str, str]]:
    """Words of the limit condition."""
    return [("over", _("已超期限")), ("soon", _("六个月内到期"))]


def init_app(app: Flask) -> None:
    """Register this room's columns and conditions."""
    held = registry(app)
    held.columns += [
        Column(
            "carrier",
            N_("载体 / 领域"),
            cells=carrier_cells,
            template="workbench/cells/carrier.html",
            position=10,
        ),
        Column(
            "months",
            N_("在孵月数"),
            N_("已用 / 期限"),
            cells=months_cells,
            template="workbench/cells/months.html",
            numeric=True,
            position=20,
            sort=months_sort,
        ),
        Column(
            "founded",
            N_("成立日期"),
            cells=founded_cells,
            default=False,
            position=60,
            sort=founded_sort,
        ),
    ]
    held.filters += [
        Filter(
            "sector",
            N_("领域"),
            sectors,
            by_sector,
            20,
        ),
        Filter("area", N_("片区"), lambda: term_choices("area"), by_area, 30),
        Filter("limit", N_("孵化期限"), limit_choices, by_limit, 40),
        Filter(
            "kind",
            N_("类型"),
            FirmKind.choices,
            lambda s, _v, value, _d: s.where(Firm.kind == value),
            50,
        ),
    ]
