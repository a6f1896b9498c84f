"""The match on the firm's side, and the weekly line of subscriptions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from flask import Flask, url_for
from sqlalchemy import select

from app.carriers.models import Carrier
from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.panels import NavEntry, Panel, Todo, registry
from app.core.terms import term
from app.core.text import N_, _
from app.firms import fields
from app.firms.models import Firm, FirmKind
from app.firms.queries.scope import sees_all
from app.pipeline.matching import words
from app.pipeline.matching.rule import rule_on
from app.pipeline.moves.sides import is_district
from app.pipeline.queries import chain, matches, ties, watching
from app.pipeline.rail import GROUP

#: bidders of the panel before the rest is folded
SHOWN = 4


def firm_panels(viewer: AnyViewer, firm: Firm, day: dt.date) -> Iterator[Panel]:
    """适合本企业的园区与加速器, for whoever hosts it and the district."""
    seen = fields.open_to(viewer, firm.id, day)
    hosts = "terms" in seen and (viewer.may(Permission.FIRM_RECORD) or is_district(viewer))
    if not hosts or firm.kind is not FirmKind.FIRM or firm.closed_on is not None:
        return
    found = matches.mirror(firm, day)
    ids = [one.carrier_id for one in found]
    names = {c.id: c for c in session.scalars(select(Carrier).where(Carrier.id.in_(ids)))}
    data: dict[str, Any] = {
        "rows": [(names[one.carrier_id], one, words.public(one)) for one in found],
        "shown": SHOWN, "version": rule_on(day).version, "pool": chain.in_pool(firm, day),
        "agreed": bool(fields.consents([firm.id], day)), "counted_only": firm.counted_only,
        "need": firm.id in matches.open_demands([firm.id]),
    }  # fmt: skip
    yield Panel("suiting", "pipeline/suiting.html", data, 26, "side")


def todos(viewer: AnyViewer, day: dt.date) -> Iterator[Todo]:
    """One line a week for each sector subscribed to, while there are new firms in it."""
    if not viewer.may(Permission.CLAIM_MAKE) or not ties.bids(viewer):
        return
    since = watching.since(day).isoformat()
    for code, number in watching.digest(viewer, day):
        named = term("sector", code)
        yield Todo(
            due=day, title=_("%(sector)s 新增 %(n)s 家可承接", sector=named, n=number),
            detail=_("%(day)s 起毕业、进入加速期或被推送", day=since), subject=_("承接机会"),
            url=url_for("pipeline.openings", sector=code, sort="day"), action=_("查看"),
        )  # fmt: skip


def init_app(app: Flask) -> None:
    """Register them, and the district's way to 空间供需."""
    registry(app).nav.append(
        NavEntry(
            GROUP, N_("空间供需"), "pipeline.balance", "building", 39,
            lambda v: sees_all(v) and v.may(Permission.STATISTICS_READ), seldom=True,
        )
    )  # fmt: skip
    registry(app).firm.append(firm_panels)
    registry(app).todos.append(todos)
