"""载体数据: a carrier's own figures by period and source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.carriers import service
from app.carriers.forms import COUNTS, MONEY
from app.carriers.models import Carrier, CarrierFigures, Source
from app.core.access import Permission, Viewer
from app.core.days import Period
from app.core.db import session
from app.core.text import N_, _
from app.exchange.sheets import firms
from app.exchange.sheets.base import Given, Ground, Kind, Planned, Sheet, Trouble, add
from app.exchange.sheets.comparing import changes
from app.exchange.sheets.fields import Field, keyed, shown
from app.exchange.sheets.figures import PERIOD, SOURCE
from app.exchange.sheets.firms import REASON
from app.firms.figure_columns import FigureColumn
from app.firms.sheet import Cell, before, doubt
from app.pipeline.queries.ties import my_carriers

CARRIER = Field(
    "carrier", N_("载体名称"), aliases=("载体", "孵化器名称", "孵化器", "Carrier"),  # zh: parsed
    hint=N_("只有一家载体的，写这一家"),
)  # fmt: skip
SIGNED = "net_profit"
VALUES = (
    *(Field(name, text, "money", signed=name == SIGNED) for name, text in MONEY.items()),
    *(Field(name, text, "count") for name, text in COUNTS.items()),
)
BY_KEY = keyed(*VALUES)
Key = tuple[int, Period, Source]


def values_of(row: CarrierFigures | None) -> dict[str, int | None]:
    """Column → value; all None where there is no row."""
    return {one.key: getattr(row, one.key) if row is not None else None for one in VALUES}


def writable(viewer: Viewer) -> list[Carrier]:
    """Carriers whose figures the viewer may enter: one's own, all for the district."""
    if viewer.may(Permission.CARRIER_STATUS):
        return list(session.scalars(select(Carrier).order_by(Carrier.sort_key, Carrier.id)))
    return my_carriers(viewer)


def prepare(ground: Ground, _rows: list[Given]) -> None:
    """The viewer's carriers and all their figures."""
    ground.held["carriers"] = writable(ground.viewer)
    ids = [carrier.id for carrier in ground.held["carriers"]]
    statement = select(CarrierFigures).where(CarrierFigures.carrier_id.in_(ids))
    ground.held["carrier figures"] = {
        (one.carrier_id, Period(one.year, one.quarter), one.source): one
        for one in session.scalars(statement.order_by(CarrierFigures.id))
    }


def plan(ground: Ground, row: Given) -> Planned:
    """Compare a row with what is held for the carrier, period and source."""
    planned, carrier = Planned(Kind.NEW), firms.carrier_of(ground, row)
    if carrier is None:
        carrier = Trouble("carrier", "", _("请填写载体名称。"))
    if isinstance(carrier, Trouble):
        row.troubles.append(carrier)
        planned.subject = row.values.get("carrier") or ""
        return planned
    planned.subject = carrier.short_name
    period: Period | None = row.values.get("period")
    if period is None:
        row.lacks("period", _("请填写报告期，例如 2026年第3季度。"))
        return planned
    if period.starts > ground.today:
        words = _("报告期还没有开始，不能填报。")
        row.troubles.append(Trouble("period", row.texts.get("period", ""), words))
    source = Source(row.values.get("source") or Source.EXPRESS)
    key: Key = (carrier.id, period, source)
    if ("carrier figures", key) in ground.taken:
        words = _("与第 %(n)s 行是同一载体、同一报告期。", n=ground.taken["carrier figures", key])
        row.troubles.append(Trouble("period", row.texts.get("period", ""), words))
        return planned
    ground.taken["carrier figures", key] = row.number
    held: CarrierFigures | None = ground.held["carrier figures"].get(key)
    differing, planned.changes = changes(row, BY_KEY, values_of(held) if held else None, held)
    if not differing:
        planned.kind = Kind.SAME
        return planned
    _doubts(ground, row, key, differing)
    planned.kind = Kind.UPDATE if held else Kind.NEW
    carrier_id, rev = carrier.id, held.rev if held else None

    def act() -> None:
        service.enter_carrier_figures(
            actor=ground.viewer, today=ground.today, carrier=session.get_one(Carrier, carrier_id),
            period=period, source=source, values=differing, rev=rev,
        )  # fmt: skip

    planned.act = act
    return planned


def _doubts(ground: Ground, row: Given, key: Key, differing: dict[str, Any]) -> None:
    """Money that is unusual beside the period before."""
    carrier_id, period, source = key
    past = values_of(ground.held["carrier figures"].get((carrier_id, before(period), source)))
    for name, text in MONEY.items():
        column = FigureColumn(name, text, cumulative=name not in ("fund_total", "fixed_assets"))
        words = doubt(Cell(column, name, "", value=differing.get(name)), past[name], period)
        if words:
            old = shown(next(one for one in VALUES if one.key == name), past[name])
            words = _("%(doubt)s（上期 %(past)s）", doubt=words, past=old)
            row.troubles.append(Trouble(name, row.texts.get(name, ""), words, doubt=True))


def may(viewer: Viewer) -> bool:
    """Whoever enters a carrier's figures."""
    return viewer.may(Permission.CARRIER_FIGURES) or viewer.may(Permission.CARRIER_STATUS)


def rows(viewer: Viewer, day: dt.date) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(id, version, values) of the figures of this year and the two before."""
    mine = {carrier.id: carrier for carrier in writable(viewer)}
    statement = select(CarrierFigures).where(
        CarrierFigures.carrier_id.in_(mine), CarrierFigures.year >= day.year - 2
    )
    order = (CarrierFigures.carrier_id, CarrierFigures.year, CarrierFigures.quarter)
    for one in session.scalars(statement.order_by(*order, CarrierFigures.id)):
        yield str(one.id), one.rev, {
            "carrier": mine[one.carrier_id].short_name, "source": one.source.value,
            "period": Period(one.year, one.quarter), **values_of(one),
        }  # fmt: skip


def init_app(app: Flask) -> None:
    """Register the sheet."""
    add(
        app,
        Sheet("carrier-figures", N_("载体数据"), (CARRIER, PERIOD, SOURCE, *VALUES, REASON),
              prepare, plan, may, rows,
              N_("载体自身的收入、人员等；同一载体、报告期、来源的，按表更新，空格不改原值。"),
              subject=("carrier",)),
    )  # fmt: skip
