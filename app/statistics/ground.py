"""What indicators stand on: firms, carriers with their place, counting ties, graduations.

Everything reads through the question's cut and stops at its day. Counting ties of a firm never
overlap (the database holds that): on any day there is at most one, no two begin on one day, and
the last one begun is the last one ended.
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    and_,
    case,
    cast,
    extract,
    func,
    null,
    or_,
    select,
)

from app.carriers.models import ACCELERATOR, INCUBATOR, PARK, Carrier, CarrierSector, Site
from app.firms.models import Firm, FirmKind, LegalForm, Residency, ResidencyKind
from app.pipeline.models import Graduation
from app.pipeline.stage import holds
from app.statistics.asof import AsOf, covers

#: Served, but not 在孵企业: a branch or a sole trader is no company of its own, and a tie that
#: is only an address or only a service is no incubation.
SERVED_FORMS = (LegalForm.BRANCH, LegalForm.INDIVIDUAL)
SERVED_TIES = (ResidencyKind.REGISTERED_ONLY, ResidencyKind.EMPOWERED)


def month_ord(day: ColumnElement[dt.date]) -> ColumnElement[int]:
    """`core.days.month_ord` of a column, the same on both engines."""
    year, month, of_month = (cast(extract(part, day), Integer) for part in ("year", "month", "day"))
    return (year * 12 + month) * 32 + of_month


def year_of(day: ColumnElement[dt.date]) -> ColumnElement[int]:
    """The calendar year of a column."""
    return cast(extract("year", day), Integer)


def quarter_of(day: ColumnElement[dt.date]) -> ColumnElement[int]:
    """The quarter of a column, 1 to 4."""
    return (cast(extract("month", day), Integer) + 2) // 3


def kept(site: FromClause, day: dt.date) -> ColumnElement[bool]:
    """Whether a site has not been given up by the day."""
    return or_(site.c.ends.is_(None), site.c.ends > day)


class Ground:
    """The parts of one statement about one question. Make a new one for each statement."""

    def __init__(self, asof: AsOf) -> None:
        self.asof = asof
        self.day = asof.day

    @cached_property
    def firm(self) -> FromClause:
        """Firms and teams; join it with `self.single`."""
        columns = "id pid kind sector legal_form founded_on merged_into_id"
        return self.asof.at(Firm, "firm_", columns)

    @property
    def single(self) -> ColumnElement[bool]:
        """Leaves out what was merged into another entry."""
        return self.firm.c.merged_into_id.is_(None)

    @property
    def team(self) -> ColumnElement[bool]:
        """Still a team on the day: without a code, or not yet registered by then."""
        firm = self.firm.c
        return or_(
            firm.kind == FirmKind.TEAM,
            and_(firm.founded_on.is_not(None), firm.founded_on > self.day),
        )

    @cached_property
    def carriers(self) -> CTE:
        """Carriers with 承载能力, their leading sector and the 街镇 and 片区 of the first site in
        use on the day; of one that has none left, of the site given up last.
        """
        carrier = self.asof.at(Carrier, "carrier_", "id tier type capacity")
        site = self.asof.at(Site, "site_", "id carrier_id town area starts ends")
        lead = self.asof.at(CarrierSector, "lead_", "carrier_id sector position")
        held = covers(site, self.day)
        order = func.row_number().over(
            partition_by=site.c.carrier_id,
            order_by=(
                case((held, 0), else_=1), case((held, null()), else_=site.c.ends).desc(), site.c.id,
            ),
        )  # fmt: skip
        begun = (
            select(site.c.carrier_id, site.c.town, site.c.area, order.label("place"))
            .where(site.c.starts <= self.day)
            .subquery("begun_site")
        )
        main = select(begun).where(begun.c.place == 1).subquery("main_site")
        sector = (
            select(lead.c.carrier_id, func.min(lead.c.sector).label("lead"))
            .where(lead.c.position == 0)
            .group_by(lead.c.carrier_id)
            .subquery("lead_sector")
        )
        c = carrier.c
        return (
            select(c.id, c.tier, c.type, c.capacity)
            .add_columns(sector.c.lead, main.c.town, main.c.area)
            .select_from(carrier)
            .outerjoin(main, main.c.carrier_id == c.id)
            .outerjoin(sector, sector.c.carrier_id == c.id)
            .cte()
            .prefix_with("MATERIALIZED")
        )

    @cached_property
    def ties(self) -> CTE:
        """Counting ties begun by the day, with tier, type and place: the site's, else the
        carrier's. A tie that runs on after its site was given up is where its carrier is.
        """
        return self._begun("tie").cte()

    def _begun(self, name: str, counted: bool = True) -> Select[Any]:
        columns = "id firm_id carrier_id site_id kind starts ends incubated_on destination counted"
        tie = self.asof.at(Residency, f"{name}_", columns)
        site = self.asof.at(Site, f"{name}_site_", "id town area ends")
        r, c = tie.c, self.carriers.c
        return (
            select(r.id, r.firm_id, r.carrier_id, r.kind, r.starts, r.ends, r.incubated_on)
            .add_columns(r.destination, c.tier, c.type)
            .add_columns(func.coalesce(site.c.town, c.town).label("town"))
            .add_columns(func.coalesce(site.c.area, c.area).label("area"))
            .select_from(tie)
            .join(self.carriers, c.id == r.carrier_id)
            .outerjoin(
                site,
                and_(site.c.id == r.site_id, or_(r.ends <= self.day, kept(site, self.day))),
            )
            .where(r.counted if counted else ~r.counted, r.starts <= self.day)
        )

    def standing(self, day: dt.date | None = None, name: str = "standing") -> FromClause:
        """The counting tie of each firm on a day up to the question's day."""
        on = covers(self.ties, day or self.day)
        return select(self.ties).where(on).subquery(name)

    def served(self, standing: FromClause, held: FromClause) -> FromClause:
        """The first running tie of those whom an incubator only serves: an address or services,
        for a company that no tie counts on the day and that has not graduated.
        """
        tie = self._begun("served", counted=False).subquery("served_tie")
        order = func.row_number().over(
            partition_by=tie.c.firm_id, order_by=(tie.c.starts, tie.c.id)
        )
        numbered = (
            select(tie, order.label("place"))
            .where(tie.c.tier == INCUBATOR, tie.c.kind.in_(SERVED_TIES), covers(tie, self.day))
            .where(tie.c.firm_id.not_in(select(standing.c.firm_id)))
            .where(tie.c.firm_id.not_in(select(held.c.firm_id)))
            .subquery("served_numbered")
        )
        return select(numbered).where(numbered.c.place == 1).subquery("served")

    def entries(self) -> FromClause:
        """Each firm's first counting tie at an incubator, and whether one counts it on the day.

        `inside` is 1 or 0. Windows and no join: PostgreSQL would make the join's groups anew for
        each of the few rows it expects.
        """
        tie = self.ties.c
        order = func.row_number().over(partition_by=tie.firm_id, order_by=tie.starts)
        stands = case((covers(self.ties, self.day), 1), else_=0)
        inside = func.max(stands).over(partition_by=tie.firm_id)
        numbered = (
            select(self.ties, order.label("place"), inside.label("inside"))
            .where(tie.tier == INCUBATOR)
            .subquery("entry_numbered")
        )
        return select(numbered).where(numbered.c.place == 1).subquery("entry")

    def landings(self) -> FromClause:
        """Each firm's first counting tie at a park."""
        tie = self.ties.c
        order = func.row_number().over(partition_by=tie.firm_id, order_by=tie.starts)
        numbered = (
            select(self.ties, order.label("place"))
            .where(tie.tier == PARK)
            .subquery("landing_numbered")
        )
        return select(numbered).where(numbered.c.place == 1).subquery("landing")

    def history(self, firms: FromClause, name: str = "history") -> FromClause:
        """When each of some firms first came to an incubator, and first and last accelerated."""
        tie = self.ties.c

        def begun(tier: int) -> ColumnElement[dt.date | None]:
            return case((tie.tier == tier, tie.starts))

        return (
            select(
                tie.firm_id,
                func.min(begun(INCUBATOR)).label("incubated"),
                func.min(begun(ACCELERATOR)).label("accelerated"),
                func.max(begun(ACCELERATOR)).label("accelerated_last"),
            )
            .where(tie.firm_id.in_(select(firms.c.firm_id)))
            .group_by(tie.firm_id)
            .subquery(name)
        )

    def last_before(self, firms: FromClause, day: Any, name: str) -> FromClause:
        """The last counting tie that each of some firms had begun by a day, also of its own."""
        tie = self.ties.c
        order = func.row_number().over(partition_by=tie.firm_id, order_by=tie.starts.desc())
        numbered = (
            select(self.ties, order.label("place"))
            .join(firms, firms.c.firm_id == tie.firm_id)
            .where(tie.starts <= day)
            .subquery(f"{name}_numbered")
        )
        return select(numbered).where(numbered.c.place == 1).subquery(name)

    def holding(self, day: dt.date | None = None, name: str = "held") -> FromClause:
        """Graduations that hold and were effective by a day: they make the stage."""
        columns = "firm_id carrier_id state graduated_on"
        table = self.asof.at(Graduation, f"{name}_graduation", columns)
        g = table.c
        return (
            select(g.firm_id, g.carrier_id, g.graduated_on)
            .where(holds(table, day or self.day))
            .subquery(name)
        )

    def graduations(
        self, name: str = "graduations", year: int | None = None, since: dt.date | None = None
    ) -> FromClause:
        """Graduations that the question's counting takes in by its day.

        `year` keeps those counted in a year, `since` those from a day on.

        One counted late (补报) takes part from the day it was reported, at the latest from the
        end of the period it is counted in.
        """
        columns = (
            "pid firm_id carrier_id state basis destination graduated_on reported_on late "
            "period_year period_quarter"
        )
        g = self.asof.at(Graduation, f"{name}_", columns).c
        due = g.period_year * 10 + g.period_quarter <= self.asof.ended
        found = (
            select(*(g[column] for column in columns.split()))
            .where(g.state.in_(self.asof.count.states), g.graduated_on <= self.day)
            .where(or_(~g.late, g.reported_on <= self.day, due))
        )
        if year is not None:
            found = found.where(g.period_year == year)
        if since is not None:
            found = found.where(g.graduated_on >= since)
        return found.subquery(name)
