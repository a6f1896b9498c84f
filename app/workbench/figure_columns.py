"""Columns of the list of firms on turnover and on 高企, for firms whose values may be seen."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.carriers.models import Source
from app.core.access import AnyViewer
from app.core.db import session
from app.core.filters import wan
from app.core.panels import Column, registry
from app.core.text import N_, _
from app.firms import fields
from app.firms.models import Figures, Milestone, MilestoneKind, Title

RANK = {source: place for place, source in enumerate(Source)}


def revenue_cells(viewer: AnyViewer, ids: list[int], day: dt.date) -> dict[int, Any]:
    """Turnover of the last full year in 万元, from the source that goes first."""
    seen = fields.open_to_each(viewer, ids, day)
    rows = session.scalars(
        select(Figures)
        .where(Figures.firm_id.in_(ids), Figures.year == day.year - 1, Figures.quarter == 0)
        .order_by(Figures.firm_id, Figures.id)
    )
    best: dict[int, Figures] = {}
    for row in rows:
        held = best.get(row.firm_id)
        if row.revenue is None or "values" not in seen[row.firm_id]:
            continue
        if held is None or RANK[row.source] > RANK[held.source]:
            best[row.firm_id] = row
    return {firm_id: wan(row.revenue) for firm_id, row in best.items()}


def hnte_cells(viewer: AnyViewer, ids: list[int], day: dt.date) -> dict[int, Any]:
    """Where the latest 高企 recognition of each firm stands."""
    seen = fields.open_to_each(viewer, ids, day)
    rows = session.scalars(
        select(Milestone)
        .where(
            Milestone.firm_id.in_(ids),
            Milestone.kind == MilestoneKind.RECOGNITION,
            Milestone.title == Title.HNTE,
            Milestone.day <= day,
        )
        .order_by(Milestone.firm_id, Milestone.day, Milestone.id)
    )
    return {row.firm_id: hnte(row, day) for row in rows if "outcomes" in seen[row.firm_id]}


def hnte(row: Milestone, day: dt.date) -> str:
    """The state of a recognition on a day, in a word."""
    if row.revoked_on is not None and row.revoked_on <= day:
        return _("已取消")
    if row.expires_on is not None and row.expires_on < day:
        return _("已到期")
    begun = [one for one in (row.filed_on, row.issued_on) if one is not None and one <= day]
    return _("有效") if begun else _("公示")


def init_app(app: Flask) -> None:
    """Register the columns."""
    registry(app).columns += [
        Column(
            "revenue",
            N_("上年营收"),
            N_("万元"),
            cells=revenue_cells,
            numeric=True,
            position=34,
            shows=fields.reached("figures"),
        ),
        Column("hnte", N_("高企"), cells=hnte_cells, position=38),
    ]
