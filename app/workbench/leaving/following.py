"""Yearly figures of graduates: who is asked for them, which years are there and which are not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import Select, select

from app.carriers.models import Carrier
from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.criteria.queries import in_force
from app.firms.models import Destination, Figures, Firm, Residency
from app.firms.queries.scope import sees_all
from app.pipeline.judging import RULE
from app.pipeline.models import Graduation
from app.pipeline.queries.chain import own_carriers
from app.pipeline.stage import EFFECTIVE

#: the day of the next year by which a year is due where no standard says another
DUE = (4, 30)


@dataclass(frozen=True)
class Followed:
    """A graduate with the years it is followed for: year → whether its figures are there."""

    firm_id: int
    pid: str
    name: str
    graduated: dt.date
    carrier: str
    here: bool
    years: dict[int, bool]

    @property
    def missing(self) -> list[int]:
        """Years that have ended and are not there."""
        return [year for year, filled in self.years.items() if not filled]


def applies(viewer: AnyViewer) -> bool:
    """Whether the viewer is asked for figures, or answers for all."""
    return viewer.may(Permission.FIRM_RECORD) or sees_all(viewer)


def due(year: int, day: dt.date) -> dt.date:
    """When the figures of a year are due: as the graduation standard in force says."""
    held = in_force(day).get(RULE)
    month, date = DUE
    if held is not None and "figures_due" in held.tree.terms:
        month, date = (int(part) for part in held.tree.terms["figures_due"].split("-"))
    return dt.date(year + 1, month, date)


def rows(viewer: AnyViewer, day: dt.date) -> list[Followed]:
    """Graduates whose years the viewer is asked for, those with most years missing first.

    Asked is the carrier where the firm is counted on the day, else the one where it was last;
    for the GRADUATE_FOLLOW_YEARS whole years after the year of graduation, until the firm closes.
    """
    graduates = session.execute(_graduates(viewer, day)).all()
    ids = [row.id for row in graduates]
    last, held = _last_ties(ids, day), _filled(ids)
    names = _carriers()
    mine = set(session.scalars(own_carriers(viewer).order_by(Carrier.id)))
    found = []
    for row in graduates:
        tie = last.get(row.id)
        if tie is None or not (sees_all(viewer) or tie.carrier_id in mine):
            continue
        asked = _years(row.closed_on, tie, row.graduated_on, day)
        years = {year: (row.id, year) in held for year in asked}
        if years:
            here = tie.ends is None or tie.ends > day
            found.append(
                Followed(
                    row.id, row.pid, row.short_name, row.graduated_on, names[tie.carrier_id],
                    here, years,
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: -len(one.missing))  # else by name, as they were read


def _graduates(viewer: AnyViewer, day: dt.date) -> Select[*tuple[Any, ...]]:
    first = day.year - 1 - current_app.config["GRADUATE_FOLLOW_YEARS"]
    statement = (
        select(Firm.id, Firm.pid, Firm.short_name, Firm.closed_on, Graduation.graduated_on)
        .join(Graduation, Graduation.firm_id == Firm.id)
        .where(
            Graduation.state.in_(EFFECTIVE),
            Graduation.graduated_on >= dt.date(first, 1, 1),
            Graduation.graduated_on <= day,
            Firm.merged_into_id.is_(None),
        )
        .order_by(Firm.sort_key, Firm.id)
    )
    if not sees_all(viewer):
        tied = select(Residency.firm_id).where(
            Residency.carrier_id.in_(own_carriers(viewer)), Residency.counted
        )
        statement = statement.where(Firm.id.in_(tied))
    return statement


def _last_ties(ids: list[int], day: dt.date) -> dict[int, Any]:
    """firm id → carrier, end and destination of its counted tie begun last by the day."""
    statement = (
        select(Residency.firm_id, Residency.carrier_id, Residency.ends, Residency.destination)
        .where(Residency.firm_id.in_(ids), Residency.counted, Residency.starts <= day)
        .order_by(Residency.starts, Residency.id)
    )
    return {row.firm_id: row for row in session.execute(statement)}


def _carriers() -> dict[int, str]:
    rows = session.execute(select(Carrier.id, Carrier.short_name).order_by(Carrier.id))
    return {number: name for number, name in rows}  # noqa: C416 typed rows


def _filled(ids: list[int]) -> set[tuple[int, int]]:
    """(firm id, year) of which figures of some source are there."""
    statement = (
        select(Figures.firm_id, Figures.year)
        .where(Figures.firm_id.in_(ids), Figures.quarter == 0)
        .order_by(Figures.firm_id, Figures.year)
    )
    return {(firm_id, year) for firm_id, year in session.execute(statement)}


def _years(closed: dt.date | None, tie: Any, on: dt.date, day: dt.date) -> list[int]:
    """The whole years after that of graduation that have ended; none that ended after the firm."""
    last = min(day.year - 1, on.year + current_app.config["GRADUATE_FOLLOW_YEARS"])
    over = closed
    if over is None and tie.destination in (Destination.DISSOLVED, Destination.ACQUIRED):
        over = tie.ends
    if over is not None:
        last = min(last, over.year - 1)
    return list(range(on.year + 1, last + 1))


def firms_of(found: list[Followed], year: int) -> list[Firm]:
    """The firms themselves that are asked for in a year, by name."""
    ids = [one.firm_id for one in found if year in one.years]
    statement = select(Firm).where(Firm.id.in_(ids)).order_by(Firm.sort_key, Firm.id)
    return list(session.scalars(statement))


def columns(found: list[Followed]) -> list[int]:
    """The years that anybody is asked for, the latest first."""
    return sorted({year for one in found for year in one.years}, reverse=True)


@dataclass(frozen=True)
class Coverage:
    """Of one year: how many are asked for, and how many are there."""

    year: int
    asked: int
    filled: int
    due: dt.date


def coverage(found: list[Followed], day: dt.date) -> list[Coverage]:
    """How far each year is, the latest first."""
    return [
        Coverage(
            year,
            sum(year in one.years for one in found),
            sum(one.years.get(year, False) for one in found),
            due(year, day),
        )
        for year in columns(found)
    ]
