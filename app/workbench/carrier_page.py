"""What the carrier's page shows from the rooms above: key figures with their lists, changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

from flask import Flask, url_for
from sqlalchemy import select

from app.carriers.models import ACCELERATOR, INCUBATOR, Carrier
from app.carriers.queries import directory
from app.carriers.queries.page import returns_of
from app.core.access import AnyViewer, Permission, viewer
from app.core.filters import num, period
from app.core.panels import Filter, KeyFigure, Panel, registry
from app.core.text import N_, _
from app.firms import queries
from app.firms.models import Firm, Residency
from app.firms.queries.returns import progress
from app.statistics.addresses import list_url
from app.statistics.asof import now
from app.statistics.queries.figures import Desk
from app.workbench.carrier_history import latest
from app.workbench.columns import NONE, by_carrier
from app.workbench.doors import count as count_of
from app.workbench.doors import narrowed

READ_RETURNS = (
    Permission.RETURN_SUBMIT,
    Permission.RETURN_CHECK,
    Permission.CARRIER_FIGURES,
)


def panels(reader: AnyViewer, carrier: Carrier, day: dt.date) -> Iterator[Panel]:
    """Key figures on top, the latest changes at the side; the page's view has asked for scope."""
    found = list(figures(reader, carrier, day))
    if found:
        yield Panel("kpis", "workbench/carrier_kpis.html", {"figures": found}, 10, "top")
    rows, total = latest(carrier)
    yield Panel(
        "history", "workbench/carrier_history.html", {"rows": rows, "total": total}, 90, "side"
    )


def figures(reader: AnyViewer, carrier: Carrier, day: dt.date) -> Iterator[KeyFigure]:
    """The register's counts of one carrier; each opens the list of exactly these firms."""
    desk = Desk.of(reader, now(day))

    def count(text: str, code: str, position: int, **filters: str) -> KeyFigure:
        found = desk.count(code, carrier=carrier.pid, **filters)
        return KeyFigure(text, num(found.value), _("家"), (), list_url(found), position)

    if carrier.tier == INCUBATOR:
        stock = count(N_("在孵企业"), "S-01", 10)
        teams = desk.count("S-02", carrier=carrier.pid)
        yield replace(stock, lines=(_("团队 %(n)s 个", n=num(teams.value)),))
        year = count(N_("本年毕业（申报）"), "G-02", 20, year=str(day.year))
        verified = desk.count("G-01", carrier=carrier.pid, year=str(day.year))
        yield replace(year, lines=(_("其中核定 %(n)s", n=num(verified.value)),))
        yield count(N_("累计毕业（申报）"), "G-02", 30)
        yield from _doors(reader, carrier, day)
    elif carrier.tier == ACCELERATOR:
        yield count(N_("加速期企业"), "S-05", 10)
    else:
        yield count(N_("落地园区企业"), "S-06", 10)
    yield from _filled(reader, carrier, day)


def _doors(reader: AnyViewer, carrier: Carrier, day: dt.date) -> Iterator[KeyFigure]:
    wanted = (
        (40, N_("准毕业企业"), {"near": "1"}),
        (50, N_("超过孵化期限"), {"limit": "over"}),
    )
    tied = select(Residency.firm_id).where(Residency.carrier_id == carrier.id)
    here = queries.countable(reader).where(Firm.id.in_(tied))
    for position, text, condition in wanted:
        conditions = {"carrier": carrier.pid, **condition}
        number = count_of(narrowed(reader, day, conditions, base=here))
        url = f"{url_for('workbench.firms')}?{urlencode(conditions)}"
        yield KeyFigure(text, num(number), _("家"), (), url, position)


def _filled(reader: AnyViewer, carrier: Carrier, day: dt.date) -> Iterator[KeyFigure]:
    """How many of the firms of the newest return have their figures."""
    newest = returns_of(reader, carrier, 1)
    if not newest:
        return
    sheet = newest[0]
    filled, total = progress([sheet], day).get(sheet.id, (0, 0))
    may = any(reader.may(p) for p in READ_RETURNS)
    url = url_for("firms.return_sheet", pid=sheet.pid) if may else None
    lines = (period(sheet), sheet.state.label)
    yield KeyFigure(N_("报表企业已填"), f"{num(filled)} / {num(total)}", _("家"), lines, url, 60)


def _choices() -> list[tuple[str, str]]:
    """Carriers by name, which is public, and the word for none."""
    return [*((row.pid, row.short_name) for row in directory(viewer())), (NONE, _("不在载体"))]


def init_app(app: Flask) -> None:
    """Add to the carrier's page, and let the list of firms be narrowed to a carrier."""
    registry(app).carrier.append(panels)
    registry(app).filters.append(Filter("carrier", N_("载体"), _choices, by_carrier, 13))
