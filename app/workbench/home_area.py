"""The workbench of readers of an area or town: its firms, graduates and late carriers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from flask import url_for
from sqlalchemy import select

from app.accounts.models import OrganisationKind
from app.core.access import AnyViewer
from app.core.db import session
from app.core.filters import num, pct
from app.core.panels import KeyFigure, Panel
from app.core.text import N_, _
from app.firms.models import Firm
from app.pipeline.models import Graduation, GraduationState
from app.pipeline.stage import EFFECTIVE
from app.statistics.asof import now
from app.statistics.indicators import Standing
from app.statistics.queries.cubes import graduated, standing
from app.statistics.queries.figures import Desk, Figure
from app.workbench import home_counts
from app.workbench.doors import door, firms_where
from app.workbench.home_district import SHOWN, filing


def applies(viewer: AnyViewer) -> bool:
    """Whether the viewer reads an area or a town, and nothing more."""
    return viewer.holds(OrganisationKind.AREA) and not viewer.holds(
        OrganisationKind.DISTRICT, OrganisationKind.AGENCY
    )


def figures(viewer: AnyViewer, day: dt.date) -> Iterator[KeyFigure]:
    """Counts of the area; each opens its list."""
    if not applies(viewer):
        return
    year = str(day.year)
    desk = Desk.of(viewer, now(day))
    stands, reported = standing(desk).by("standing"), graduated(desk, "G-02", year=year)
    verified = reported.sum(state=GraduationState.VERIFIED)
    teams = stands[Standing.TEAM.value]
    wanted: tuple[tuple[int, str, Figure, tuple[str, ...]], ...] = (
        (10, N_("在孵企业"), desk.figure("S-01", stands[Standing.INCUBATING.value]),
         (_("团队 %(n)s 个", n=num(teams)),)),
        (20, N_("本年毕业（申报）"), desk.figure("G-02", reported.sum(), year=year),
         (_("其中核定 %(n)s", n=num(verified)),)),
        (30, N_("加速期企业"), desk.figure("S-05", stands[Standing.ACCELERATING.value]), ()),
        (40, N_("落地园区企业"), desk.figure("S-06", stands[Standing.SETTLED.value]), ()),
    )  # fmt: skip
    for position, text, figure, lines in wanted:
        yield home_counts.of_register(figure, text, lines, position)
    over = door(viewer, day, limit="over")
    if over is not None:
        yield KeyFigure(N_("已超孵化期限"), num(over.count), _("家"), (), over.url, 50)
    due = filing(viewer, day)
    if due.expected:
        share = pct(Decimal(due.filed) / due.expected)
        yield KeyFigure(
            N_("季报已报"), f"{num(due.filed)} / {num(due.expected)}", "",
            (due.label, _("填报率 %(n)s", n=share)), None, 60,
        )  # fmt: skip


def panels(viewer: AnyViewer, day: dt.date) -> Iterator[Panel]:
    """The newest graduates of the area, and its carriers that are late."""
    if not applies(viewer):
        return
    year = {"graduated": str(day.year)}
    firms = firms_where(viewer, day, year).with_only_columns(Firm.id).order_by(None)
    rows = session.scalars(
        select(Graduation)
        .where(Graduation.firm_id.in_(firms), Graduation.state.in_(EFFECTIVE))
        .order_by(Graduation.graduated_on.desc(), Graduation.id)
        .limit(SHOWN)
    ).all()
    found = door(viewer, day, **year)
    yield Panel(
        "graduates", "workbench/home_graduates.html",
        {"rows": rows, "url": found.url if found else url_for("workbench.firms")}, 10,
    )  # fmt: skip
    due = filing(viewer, day)
    if due.expected:
        yield Panel(
            "late",
            "workbench/home_late.html",
            {"filing": due, "rows": due.late[:SHOWN]},
            20,
            "side",
        )
