"""证书到期: the last certificate of each firm and title, by the day it expires."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true

from app.core.access import Viewer
from app.core.db import session
from app.core.kept import kept
from app.core.paging import paginate
from app.core.text import N_, _
from app.firms import fields
from app.firms.models import Firm, Milestone, MilestoneKind, Title
from app.workbench.candidates.asked import Asked, Frame, asked, bare, chips, offered
from app.workbench.columns import carrier_cells
from app.workbench.doors import countable_where, posts

PAGE = "workbench.certificates"
#: titles that are given for a time
TITLES = (
    Title.HNTE, Title.TECH_SME, Title.INNOVATIVE_SME, Title.SPECIALISED_SME, Title.LITTLE_GIANT,
    Title.SH_TECH_GIANT, Title.SH_TECH_GIANT_CULTIVATION,
)  # fmt: skip
QUARTER, YEAR = dt.timedelta(days=90), dt.timedelta(days=365)
#: windows of expiry; the first three may hold the same certificate
WINDOWS = {
    "soon": N_("90 天内"),
    "year": N_("今年内"),
    "twelve": N_("12 个月内"),
    "later": N_("12 个月以后"),
    "expired": N_("已到期未续"),
    "open": N_("有效期未登记"),
}
FIRST, LAST = "expires", "-expires"


@dataclass(frozen=True)
class Listing(Frame):
    """Everything the page shows."""

    window: str
    title: str
    sort: str
    places: dict[int, Any]
    titles: list[tuple[str, str]]


def certificates(viewer: Viewer, day: dt.date, found: Asked) -> tuple[Select[Any], Any]:
    """(firms with their certificates, the certificates): a title cancelled by the day has none,
    nor has one that is only announced. Firms whose milestones are closed are left out."""
    last = func.coalesce(Milestone.expires_on, Milestone.issued_on)
    place = func.row_number().over(
        partition_by=(Milestone.firm_id, Milestone.title),
        order_by=(last.desc(), Milestone.id.desc()),
    )
    every = (
        select(
            Milestone.firm_id, Milestone.pid, Milestone.title, Milestone.number,
            Milestone.issued_on, Milestone.expires_on, Milestone.revoked_on, place.label("place"),
        )
        .where(
            Milestone.kind == MilestoneKind.RECOGNITION, Milestone.title.in_(TITLES),
            Milestone.issued_on <= day,
        )
        .subquery()
    )  # fmt: skip
    firms = countable_where(viewer, day, found.now).join(every, every.c.firm_id == Firm.id)
    held = or_(every.c.revoked_on.is_(None), every.c.revoked_on > day)
    open_ = fields.current(viewer, "milestones", day)
    return firms.where(every.c.place == 1, held, open_), every.c


def within(expires: Any, window: str, day: dt.date) -> ColumnElement[bool]:
    """Condition: a day of expiry lies in a window."""
    conditions: dict[str, ColumnElement[bool]] = {
        "soon": and_(expires >= day, expires <= day + QUARTER),
        "year": and_(expires >= day, expires <= day.replace(month=12, day=31)),
        "twelve": and_(expires >= day, expires <= day + YEAR),
        "later": expires > day + YEAR,
        "expired": expires < day,
        "open": expires.is_(None),
    }
    return conditions.get(window, true())


def counts(viewer: Viewer, day: dt.date, found: Asked, title: str) -> Counter[str]:
    """How many certificates there are in each window and, under an empty word, in all."""
    key = (PAGE, posts(viewer), day, frozenset(found.now.items()), title)
    return kept(key, lambda: _counts(viewer, day, found, title))


def _counts(viewer: Viewer, day: dt.date, found: Asked, title: str) -> Counter[str]:
    firms, c = certificates(viewer, day, found)
    if title:
        firms = firms.where(c.title == title)
    rows = session.execute(
        firms.order_by(None)
        .with_only_columns(c.expires_on, func.count(), maintain_column_froms=True)
        .group_by(c.expires_on)
    )
    told: Counter[str] = Counter()
    for expires, number in rows:
        told[""] += number
        for window in windows_of(expires, day):
            told[window] += number
    return told


def windows_of(expires: dt.date | None, day: dt.date) -> list[str]:
    """The windows that a day of expiry lies in."""
    if expires is None:
        return ["open"]
    if expires < day:
        return ["expired"]
    ends = {"soon": day + QUARTER, "year": day.replace(month=12, day=31), "twelve": day + YEAR}
    return [key for key, end in ends.items() if expires <= end] or ["later"]


def asked_for() -> tuple[str, str, str]:
    """(window, title, sort) of the address."""
    window, title = request.args.get("window", ""), request.args.get("title", "")
    return (
        window if window in WINDOWS else "",
        title if title in [str(one) for one in TITLES] else "",
        LAST if request.args.get("sort") == LAST else FIRST,
    )


def chosen(viewer: Viewer, day: dt.date, found: Asked) -> Select[Any]:
    """The rows of the list in its order: what expires next first, then what has expired."""
    window, title, sort = asked_for()
    firms, c = certificates(viewer, day, found)
    firms = firms.where(within(c.expires_on, window, day))
    if title:
        firms = firms.where(c.title == title)
    order = (
        [c.expires_on.desc().nulls_last()]
        if sort == LAST
        else [case((c.expires_on >= day, 0), else_=1), c.expires_on.asc().nulls_last()]
    )
    columns = (
        Firm.id, Firm.pid, Firm.name, Firm.short_name, Firm.code, c.title, c.number, c.issued_on,
        c.expires_on, c.pid.label("entry"),
    )  # fmt: skip
    return firms.with_only_columns(*columns, maintain_column_froms=True).order_by(
        None
    ).order_by(*order, Firm.sort_key, Firm.id, c.title)  # fmt: skip


def build(viewer: Viewer, day: dt.date) -> Listing:
    """The list as the address asks for it."""
    found = asked(viewer)
    window, title, sort = asked_for()
    told = counts(viewer, day, found, title)
    page = paginate(chosen(viewer, day, found), scalars=False, total=told[window])
    ids = sorted({row.id for row in page.items})
    tabs = [("", _("全部")), *((key, _(text)) for key, text in WINDOWS.items())]
    return Listing(
        found, page,
        [{"text": text, "href": found.url(PAGE, {}, window=key, title=title), "count": told[key],
          "current": key == window} for key, text in tabs if told[key] or key in ("", window)],
        chips(found, PAGE, {}, window=window, title=title), offered(viewer),
        bare(found, PAGE, window=window), window, title, sort,
        carrier_cells(viewer, ids, day) if ids else {}, [(str(one), one.label) for one in TITLES],
    )  # fmt: skip
