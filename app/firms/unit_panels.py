"""房源 on other pages: the rail, the carrier's page, the firm's page, the home of a keeper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from flask import Flask, url_for

from app.carriers.models import ACCELERATOR, Carrier, Unit
from app.core.access import AnyViewer, Permission
from app.core.panels import NavEntry, Panel, registry
from app.core.text import N_
from app.firms.models import Firm, Occupancy
from app.firms.queries import space
from app.firms.room import own_ids

SHOWN = 5


def carrier_panels(viewer: AnyViewer, carrier: Carrier, day: dt.date) -> Iterator[Panel]:
    """How full the carrier is, areas and desks apart, and what it can still take."""
    if not viewer.may(Permission.UNIT_READ):
        return
    filling = space.filling(viewer, carrier, day)
    left = space.capacity_left(carrier, day)
    keeps = viewer.may(Permission.UNIT_EDIT) and carrier.id in own_ids(viewer)
    if not filling.units and left is None and not keeps:
        return
    yield Panel(
        "units",
        "firms/unit_carrier.html",
        {
            "carrier": carrier, "filling": filling, "left": left, "day": day,
            "asked": carrier.tier == ACCELERATOR, "keeps": keeps,
        },
        20,
    )  # fmt: skip


def firm_panels(viewer: AnyViewer, firm: Firm, day: dt.date) -> Iterator[Panel]:
    """使用房源 of the firm at the viewer's carriers; at all of them for the district."""
    if not viewer.may(Permission.UNIT_READ):
        return
    rows = space.occupancies(viewer, Occupancy.firm_id == firm.id)
    if rows:
        yield Panel("rooms", "firms/unit_firm.html", {"rows": rows, "day": day}, 60, "side")


def home_panels(viewer: AnyViewer, day: dt.date) -> Iterator[Panel]:
    """Units of one's own that have been vacant for more than 90 days, the longest first."""
    if not viewer.may(Permission.UNIT_EDIT):
        return
    stocks = space.stock(viewer, day, Unit.carrier_id.in_(own_ids(viewer)))
    if not stocks:
        return
    found = sorted((s for s in stocks if s.long_vacant), key=lambda s: -(s.vacant_days or 0))
    yield Panel(
        "vacant",
        "firms/unit_home.html",
        {
            "rows": found[:SHOWN], "total": len(found), "days": space.LONG,
            "filling": space.fill(stocks), "url": url_for("firms.units", state="long"),
        },
        15,
        "side",
    )  # fmt: skip


def init_app(app: Flask) -> None:
    """Register them."""
    registry(app).carrier.append(carrier_panels)
    registry(app).firm.append(firm_panels)
    registry(app).home.append(home_panels)
    registry(app).nav.append(
        NavEntry(
            group=N_("日常"),
            text=N_("房源"),
            endpoint="firms.units",
            icon="columns-gap",
            position=28,
            shows=lambda v: v.may(Permission.UNIT_READ),
        )
    )
