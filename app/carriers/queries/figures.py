"""A carrier's own figures: one period, and by year with the change on the year before."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from app.carriers.models import Carrier, CarrierFigures, Source
from app.core.access import AnyViewer
from app.core.days import Period
from app.core.db import session
from app.core.text import N_

YEARS = 3
RANK = {source: place for place, source in enumerate(Source)}
#: what the carrier's page shows, money in fen unless counted
ITEMS = (
    ("total_income", N_("总收入"), True),
    ("service_income", N_("服务收入"), True),
    ("net_profit", N_("净利润"), True),
    ("tax_paid", N_("上缴税金"), True),
    ("fund_total", N_("孵化基金总额"), True),
    ("staff", N_("管理机构人员"), False),
    ("mentors", N_("创业导师"), False),
    ("events", N_("活动场次"), False),
)


def figures_row(_viewer: AnyViewer, carrier: Carrier, period: Period) -> CarrierFigures | None:
    """The carrier's 快报 row of a period; the caller has found it within the viewer's scope."""
    statement = select(CarrierFigures).where(
        CarrierFigures.carrier_id == carrier.id,
        CarrierFigures.year == period.year,
        CarrierFigures.quarter == period.quarter,
        CarrierFigures.source == Source.EXPRESS,
    )
    return session.scalars(statement).one_or_none()


def best_row(_viewer: AnyViewer, carrier: Carrier, period: Period) -> CarrierFigures | None:
    """The carrier's row of a period by its most trusted source."""
    statement = select(CarrierFigures).where(
        CarrierFigures.carrier_id == carrier.id,
        CarrierFigures.year == period.year,
        CarrierFigures.quarter == period.quarter,
    )
    rows = session.scalars(statement.order_by(CarrierFigures.id)).all()
    return max(rows, key=lambda row: RANK[row.source], default=None)


def before(period: Period) -> Period:
    """The period to compare with: the quarter before, a year for years and first quarters."""
    return period.previous if period.quarter > 1 else Period(period.year - 1, period.quarter)


@dataclass(frozen=True)
class Line:
    """One item: a value a column, and its change on the same period a year before."""

    text: str
    money: bool
    values: list[int | None]
    change: Decimal | None


@dataclass(frozen=True)
class Table:
    """The last years and the latest quarter, each by its most trusted source."""

    columns: list[CarrierFigures]
    lines: list[Line]


def years(_viewer: AnyViewer, carrier: Carrier) -> Table | None:
    """The carrier's figures by year; None where nothing was entered."""
    rows = select(CarrierFigures).where(CarrierFigures.carrier_id == carrier.id)
    held: dict[tuple[int, int], CarrierFigures] = {}
    for row in session.scalars(rows.order_by(CarrierFigures.id)):
        key = (row.year, row.quarter)
        if key not in held or RANK[row.source] > RANK[held[key].source]:
            held[key] = row
    annual = sorted(key for key in held if not key[1])[-YEARS:]
    last = annual[-1][0] if annual else 0
    quarter = sorted(key for key in held if key[1] and key[0] > last)[-1:]
    columns = [held[key] for key in annual + quarter]
    if not columns:
        return None
    year_ago = held.get((columns[-1].year - 1, columns[-1].quarter))
    lines = []
    for name, text, money in ITEMS:
        values = [getattr(row, name) for row in columns]
        past = getattr(year_ago, name) if year_ago is not None else None
        lines.append(Line(text, money, values, growth(values[-1], past)))
    return Table(columns, lines)


def growth(now: int | None, past: int | None) -> Decimal | None:
    """同比 as a share; None where a side is missing or the past is not positive."""
    if now is None or past is None or past <= 0:
        return None
    return Decimal(now - past) / past
