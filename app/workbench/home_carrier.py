"""What the workbench shows to incubators and accelerators: key figures, deadlines, who is near."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from flask import url_for

from app.carriers.models import INCUBATOR, PARK
from app.carriers.queries.returns import narrowed, returns
from app.core.access import AnyViewer, Permission
from app.core.days import Period
from app.core.db import session
from app.core.filters import num, pct
from app.core.filters import period as period_words
from app.core.panels import KeyFigure, Panel
from app.core.text import N_, _
from app.criteria.service import assess_many
from app.criteria.verdict import Verdict
from app.firms.queries.returns import progress
from app.workbench import deadlines, home_counts
from app.workbench.doors import door, firms_where
from app.workbench.home_filters import tiers

CLOCKS = 6
NEAR = 6
GRADUATION = "incubator.graduation"
NEAR_HERE = {"near": "1", "here": "1"}


def applies(viewer: AnyViewer) -> bool:
    """Whether the viewer records firms of an incubator or accelerator."""
    return viewer.may(Permission.FIRM_RECORD) and min(tiers(viewer), default=PARK) < PARK


def figures(viewer: AnyViewer, day: dt.date) -> Iterator[KeyFigure]:
    """Counts of one's own firms; each opens its list."""
    if not applies(viewer) or INCUBATOR not in tiers(viewer):
        return
    yield from home_counts.incubating(viewer, day)
    yield from home_counts.graduated(viewer, day)
    wanted: tuple[tuple[int, str, dict[str, str], tuple[str, ...]], ...] = (
        (30, N_("准毕业企业"), NEAR_HERE, ()),
        (40, N_("资料不全"), {"graduation": "unknown", "here": "1"}, ()),
        (50, N_("将到孵化期限"), {"limit": "soon", "here": "1"}, _over(viewer, day)),
    )
    for position, text, conditions, lines in wanted:
        found = door(viewer, day, **conditions)
        if found is not None:
            url = url_for("workbench.near", here="1") if conditions is NEAR_HERE else found.url
            yield KeyFigure(text, num(found.count), _("家"), lines, url, position)
    quarter = _quarter(viewer, day)
    if quarter is not None:
        yield quarter


def _quarter(viewer: AnyViewer, day: dt.date) -> KeyFigure | None:
    """Firms with figures of the quarter that ended last, as its returns count them."""
    period = Period.of(day).previous
    asked = narrowed(returns(viewer), period, state="", q="", day=day)
    sheets = list(session.scalars(asked))
    counted = progress(sheets, day).values()
    filled, total = (sum(pair[part] for pair in counted) for part in (0, 1))
    if not total:
        return None
    url = url_for("firms.returns_list", period=period.code)
    if len(sheets) == 1:
        url = url_for("firms.return_sheet", pid=sheets[0].pid)
    lines = (period_words(period), _("已填企业 %(n)s", n=pct(Decimal(filled) / total)))
    return KeyFigure(N_("季报填报"), f"{num(filled)} / {num(total)}", _("家"), lines, url, 60)


def _over(viewer: AnyViewer, day: dt.date) -> tuple[str, ...]:
    over = door(viewer, day, limit="over", here="1")
    return (_("另有 %(n)s 家已超期", n=over.count),) if over else ()


def panels(viewer: AnyViewer, day: dt.date) -> Iterator[Panel]:
    """Deadlines of a year, for parks too, and the firms nearest to graduation."""
    if not viewer.may(Permission.FIRM_RECORD) or not tiers(viewer):
        return
    found = deadlines.rows(viewer, day)
    if found:
        yield Panel(
            "deadlines",
            "workbench/home_deadlines.html",
            {"rows": found[:CLOCKS], "total": len(found), "word": deadlines.brief},
            20,
        )
    if applies(viewer):
        yield from near(viewer, day)


def near(viewer: AnyViewer, day: dt.date) -> Iterator[Panel]:
    """Near-graduates with what they are short of."""
    found = door(viewer, day, **NEAR_HERE)
    if found is None or not found.count:
        return
    statement = firms_where(viewer, day, NEAR_HERE).limit(NEAR)
    firms = list(session.scalars(statement))
    judged = assess_many(GRADUATION, [firm.id for firm in firms], day)
    yield Panel(
        "near",
        "workbench/home_near.html",
        {
            "firms": [(f, _short_of(judged.get(f.id))) for f in firms],
            "total": found.count,
            "url": url_for("workbench.near", here="1"),
        },
        30,
        "side",
    )  # fmt: skip


def _short_of(verdict: Verdict | None) -> str | None:
    """The shortest path, else the reason, in words."""
    if verdict is None:
        return None
    return str(verdict.shortest) if verdict.shortest else str(verdict.reason)
