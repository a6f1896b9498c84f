"""Conditions of the list of firms that the register defines: its numbers are the register's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Flask
from sqlalchemy import Select

from app.carriers.models import INCUBATOR
from app.core.access import AnyViewer
from app.core.days import today
from app.core.panels import Filter, registry
from app.core.text import N_
from app.firms.models import Firm
from app.pipeline.models import GraduationState
from app.statistics.asof import Count, now
from app.statistics.indicators import Standing
from app.statistics.queries.figures import Desk
from app.statistics.queries.overview import tiers
from app.statistics.scope import Scope

YEARS = 10

Apply = Callable[[Select[Any], AnyViewer, str, dt.date], Select[Any]]


def _of(desk: Desk, statement: Select[Any], code: str, key: str, value: str) -> Select[Any]:
    rows, found = desk.filtered(code, {key: value})
    ids = found.with_only_columns(rows.c.firm_id, maintain_column_froms=True)
    return statement.where(Firm.id.in_(ids))


def standing(statement: Select[Any], viewer: AnyViewer, value: str, day: dt.date) -> Select[Any]:
    """Firms and teams of a class (S-01 to S-06) in the viewer's scope of figures."""
    return _of(Desk.of(viewer, now(day)), statement, "S-10", "standing", value)


def _graduated(key: str) -> Apply:
    """By a mark of the reported graduation (G-02).

    Incubators, areas and the district: graduations of their own scope of figures. Parks and
    accelerators have none of their own: of the firms they see.
    """

    def apply(statement: Select[Any], viewer: AnyViewer, value: str, day: dt.date) -> Select[Any]:
        desk = Desk.of(viewer, now(day))
        if INCUBATOR not in tiers(desk):
            desk = replace(desk, scope=Scope(whole=True))
        return _of(desk, statement, "G-02", key, value)

    return apply


def years() -> list[tuple[str, str]]:
    """This year and the nine before."""
    this = today().year
    return [(str(year), str(year)) for year in range(this, this - YEARS, -1)]


def states() -> list[tuple[str, str]]:
    """States of a graduation that was reported."""
    return [(one.value, one.label) for one in GraduationState if one in Count.REPORTED.states]


def init_app(app: Flask) -> None:
    """Offer the conditions to the list of firms."""
    registry(app).filters += [
        Filter("standing", N_("类别"), Standing.choices, standing, 11),
        Filter("graduated", N_("毕业年度"), years, _graduated("year"), 14),
        Filter("verified", N_("核定状态"), states, _graduated("state"), 15),
    ]
