"""One carrier and period: everything the form's items read, at the cut of the return.

A return that was handed in is read as known when it was handed in; whatever is corrected later
does not change what was signed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import and_, func, or_, select

from app.carriers.models import INCUBATOR, Carrier, CarrierFigures, CarrierStated, Return, Site
from app.carriers.queries.figures import RANK as CARRIER_RANK
from app.carriers.queries.returns import FILED
from app.core.access import AnyViewer
from app.core.days import Period
from app.core.db import known, last_revision, session
from app.firms.models import (
    Figures,
    FirmTag,
    Milestone,
    MilestoneKind,
    MoneyState,
    Residency,
    Title,
)
from app.firms.queries.figures import best
from app.statistics.asof import AsOf, Count, covers
from app.statistics.indicators import Standing
from app.statistics.queries.figures import Desk
from app.statistics.scope import Scope


@dataclass(frozen=True)
class Who:
    """A firm of the form."""

    id: int
    pid: str
    name: str
    code: str | None
    day: dt.date


def _who(row: Any) -> Who:
    return Who(row.firm_id, row.firm_pid, row.firm_name, row.firm_code, row.day)


def handed_in(one: Return) -> int | None:
    """The revision at which a return was last handed in; None while it is not."""
    if one.state not in FILED or one.submitted_at is None:
        return None
    table, history = Return.__table__, Return.__history__
    revs = [
        session.scalar(
            select(func.min(rows.c.rev)).where(
                rows.c.id == one.id, rows.c.submitted_at == one.submitted_at
            )
        )
        for rows in (table, history)
    ]
    return min((rev for rev in revs if rev is not None), default=None)


@dataclass(frozen=True)
class Asked:
    """The question of a form; each source is read once."""

    viewer: AnyViewer
    carrier: Carrier
    period: Period
    today: dt.date
    cut: int | None = None

    @property
    def day(self) -> dt.date:
        """The last day of the period, today while it runs."""
        return min(self.period.last_day, self.today)

    @property
    def first(self) -> dt.date:
        """New Year of the period's year."""
        return dt.date(self.period.year, 1, 1)

    @property
    def year_before(self) -> Asked:
        """The same period a year earlier, as known at the same cut."""
        before = Period(self.period.year - 1, self.period.quarter)
        return Asked(self.viewer, self.carrier, before, self.today, self.cut)

    @property
    def fourth(self) -> Asked:
        """The fourth quarter of the year, as known at the same cut."""
        period = Period(self.period.year, 4)
        return Asked(self.viewer, self.carrier, period, self.today, self.cut)

    @cached_property
    def desk(self) -> Desk:
        """Figures of this carrier alone; graduations as reported."""
        newest = last_revision()
        cut = newest if self.cut is None else self.cut
        asof = AsOf(self.day, cut, cut == newest, Count.REPORTED)
        return Desk(self.viewer, asof, Scope(carriers=frozenset({self.carrier.id})))

    def at(self, model: Any, columns: str = "") -> Any:
        """A table as known at the cut."""
        return known(model, self.cut, f"form_{model.__tablename__}", columns.split() or None)

    def rows(self, table: Any, *conditions: Any) -> list[Any]:
        """Rows of such a table."""
        order = table.c.id if "id" in table.c else None
        return list(session.execute(select(table).where(*conditions).order_by(order)))

    def listed(self, code: str) -> list[Any]:
        """The rows of an indicator at this carrier, by name."""
        rows = session.execute(self.desk.listed(code, {})).all()
        return sorted(rows, key=lambda row: (row.firm_name, row.firm_id))

    def firms(self, code: str) -> list[Who]:
        """The firms of an indicator at this carrier, by name."""
        return [_who(row) for row in self.listed(code)]

    @cached_property
    def standing(self) -> dict[str, list[Who]]:
        """Everybody at the carrier by what they are there."""
        found: dict[str, list[Who]] = {word.value: [] for word in Standing}
        for row in self.listed("S-10"):
            found[row.standing].append(_who(row))
        return found

    @property
    def inside(self) -> list[Who]:
        """在孵企业, at an accelerator 加速期企业."""
        incubator = self.carrier.tier == INCUBATOR
        return self.standing[Standing.INCUBATING if incubator else Standing.ACCELERATING]

    @cached_property
    def ids(self) -> list[int]:
        """Their ids."""
        return [who.id for who in self.inside]

    @cached_property
    def figures(self) -> dict[int, Any]:
        """Firm → its figures of the period by the most trusted source."""
        table = self.at(Figures)
        c = table.c
        rows = self.rows(
            table, c.firm_id.in_(self.ids), c.year == self.period.year,
            c.quarter == self.period.quarter,
        )  # fmt: skip
        return {firm_id: row for (firm_id, _period), row in best(rows).items()}

    @cached_property
    def own(self) -> Any:
        """The carrier's figures of the period by the most trusted source, or None."""
        table = self.at(CarrierFigures)
        c = table.c
        rows = self.rows(
            table, c.carrier_id == self.carrier.id, c.year == self.period.year,
            c.quarter == self.period.quarter,
        )  # fmt: skip
        return max(rows, key=lambda row: CARRIER_RANK[row.source], default=None)

    def stated(self, key: str) -> Any:
        """What the carrier stated of a key for the day, or None."""
        table = self.at(CarrierStated)
        c = table.c
        rows = self.rows(
            table, c.carrier_id == self.carrier.id, c.key == key, c.day <= self.day,
            c.until > self.day,
        )  # fmt: skip
        return max(rows, key=lambda row: row.day, default=None)

    @cached_property
    def areas(self) -> dict[int, int | None]:
        """Firm inside → ㎡ of the tie by which it counts."""
        table = self.at(Residency, "id firm_id carrier_id counted starts ends area_m2")
        c = table.c
        rows = self.rows(
            table, c.carrier_id == self.carrier.id, c.counted, covers(table, self.day)
        )  # fmt: skip
        return {row.firm_id: row.area_m2 for row in rows if row.firm_id in self.ids}

    @cached_property
    def sites(self) -> list[Any]:
        """Sites in use on the day."""
        table = self.at(Site)
        return self.rows(table, table.c.carrier_id == self.carrier.id, covers(table, self.day))

    @cached_property
    def tags(self) -> dict[int, set[str]]:
        """Firm → its founder tags."""
        table = self.at(FirmTag)
        found: dict[int, set[str]] = {}
        for row in self.rows(table, table.c.firm_id.in_(self.ids)):
            found.setdefault(row.firm_id, set()).add(row.tag)
        return found

    @cached_property
    def funding(self) -> list[Any]:
        """Money that those inside had received by the day."""
        table = self.at(Milestone, "id firm_id kind day amount investor money_state received_on")
        c = table.c
        return self.rows(
            table, c.firm_id.in_(self.ids), c.kind == MilestoneKind.FINANCING,
            c.money_state == MoneyState.RECEIVED, c.received_on <= self.day,
        )  # fmt: skip

    @cached_property
    def rights(self) -> list[Any]:
        """Rights that those inside had been granted by the day and that are in force."""
        columns = "id firm_id kind ip_type granted_on obtained_on expires_on revoked_on"
        table = self.at(Milestone, columns)
        c = table.c
        alive = and_(
            or_(c.obtained_on.is_(None), c.obtained_on <= self.day),
            or_(c.expires_on.is_(None), c.expires_on >= self.day),
            or_(c.revoked_on.is_(None), c.revoked_on > self.day),
        )
        return self.rows(
            table, c.firm_id.in_(self.ids), c.kind == MilestoneKind.IP, c.granted_on <= self.day,
            alive,
        )  # fmt: skip

    @cached_property
    def certified(self) -> set[int]:
        """Those inside with an HNTE certificate in force on the day."""
        columns = "id firm_id kind title issued_on expires_on revoked_on"
        table = self.at(Milestone, columns)
        c = table.c
        held = self.rows(
            table, c.firm_id.in_(self.ids), c.kind == MilestoneKind.RECOGNITION,
            c.title == Title.HNTE, c.issued_on <= self.day, c.expires_on >= self.day,
            or_(c.revoked_on.is_(None), c.revoked_on > self.day),
        )  # fmt: skip
        return {row.firm_id for row in held}
