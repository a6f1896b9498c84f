"""待办: firms to be settled, for the district, for their carrier and for the one that goes on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from flask import url_for

from app.carriers.models import Carrier
from app.core.access import AnyViewer
from app.core.days import Period
from app.core.db import session
from app.core.panels import Todo
from app.core.text import _
from app.firms.queries.scope import sees_all
from app.pipeline.queries.chain import own_carriers
from app.workbench.settling import listing
from app.workbench.settling.listing import Ending


def todos(viewer: AnyViewer, day: dt.date) -> Iterator[Todo]:
    """One line a carrier that has ended or is about to, while anybody is counted there."""
    if not listing.applies(viewer):
        return
    mine = None
    if not sees_all(viewer):
        mine = set(session.scalars(own_carriers(viewer).order_by(Carrier.id)))
    for ending, number in listing.numbers(viewer, day):
        own = mine is None or ending.id in mine
        yield Todo(
            ending.day if ending.announced else Period.of(ending.day).last_day,
            _("安置在园企业") if own else _("接收待安置企业"), told(ending, number),
            ending.name, url_for("workbench.settling", carrier=ending.pid), _("查看"),
        )  # fmt: skip


def told(ending: Ending, number: int) -> str:
    """How the carrier ends and how many are to be settled."""
    if ending.announced:
        return _(
            "载体将于 %(day)s %(act)s，%(n)s 家待安置", day=ending.day.isoformat(),
            act=ending.act.label, n=number,
        )  # fmt: skip
    return _("载体已%(act)s，%(n)s 家待安置", act=ending.act.label, n=number)
