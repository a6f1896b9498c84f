"""Decisions on the chain: moves, graduations, claims, landings. The only writer of residencies."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Flask, url_for
from sqlalchemy import ColumnElement

from app.core.access import AnyViewer, Permission
from app.core.days import today
from app.core.db import on_seal
from app.core.text import _
from app.criteria import followed
from app.criteria.verdicts import on_new_version
from app.firms.hooks import Entry, Relation, hooks
from app.firms.models import Firm
from app.pipeline import (
    clock,
    closing,
    convening,
    entry,
    handing,
    judging,
    match_panels,
    mediating,
    merging,
    panels,
    requests,
    rulebook,
    service,
)
from app.pipeline.moves import rooms
from app.pipeline.queries import chain, ties
from app.pipeline.queries.ties import my_carriers
from app.pipeline.stage import EFFECTIVE, graduates_here
from app.pipeline.views import bp
from app.pipeline.words import ClaimStanding, FirmAct


def _pool(viewer: AnyViewer, day: dt.date) -> ColumnElement[bool]:
    return chain.pool(day) if ties.bids(viewer) else Firm.id.in_([])


def _claimed(*standings: ClaimStanding) -> Any:
    def condition(viewer: AnyViewer, day: dt.date) -> ColumnElement[bool]:
        return Firm.id.in_(chain.claimed(viewer, day, *standings))

    return condition


def _offer_transfer(viewer: AnyViewer, firm: Firm, day: dt.date) -> dict[str, str] | None:
    """申请转入 on the look-up of a code that another operator's incubator holds; 入孵 of one that
    has left, or that nobody has counted yet.
    """
    if not viewer.may(Permission.RESIDENCY_MOVE) or not my_carriers(viewer, 1):
        return None
    held = ties.latest(firm, day)
    free = held is None or (held.ends is not None and held.ends <= day)
    if firm.counted_only or (not free and held and ties.acts_for(viewer, held.carrier)):
        return None
    row = ties.graduation_of(firm)
    back = FirmAct.STAY if row and row.state in EFFECTIVE else FirmAct.ADMIT
    text = back.label if free else _("申请转入")
    return {"text": text, "url": url_for("pipeline.ask", code=firm.code)}


def init_app(app: Flask) -> None:
    """Register pages, panels, and what claims and the pool open to parks."""
    app.register_blueprint(bp)
    judging.set_judge(app, rulebook.judgement)
    panels.init_app(app)
    match_panels.init_app(app)
    mediating.init_app(app)
    convening.init_app(app)
    handing.init_app(app)
    on_seal(app, closing.end_of_closed, first=True)
    on_seal(app, requests.end_overtaken, first=True)
    on_seal(app, lambda txn: service.end_mediations(txn, today()), first=True)
    on_seal(app, clock.rewind_touched, first=True)
    on_new_version(app, clock.CLOCK_RULE, clock.rewind_for_new_standard)
    followed.keep(app, graduates_here)
    held = hooks(app)
    held.relations[Relation.POOL] = _pool
    held.relations[Relation.OPEN_CLAIM] = _claimed(ClaimStanding.OPEN)
    held.relations[Relation.ACCEPTED] = _claimed(ClaimStanding.ACCEPTED)
    held.entry = Entry(entry.EntryForm, "pipeline/entry.html", entry.apply)
    held.transfer.append(_offer_transfer)
    held.kept_rooms.append(rooms.kept_rooms)
    held.moves_in.append(rooms.moved_in)
    held.moves_out.append(rooms.moved_out)
    held.units_go.append(rooms.forget_units)
    held.decided.append(merging.decided)
    held.merge.append(merging.merge)
    held.void.append(merging.void)
    held.kept.append(merging.keep_recognised)
    held.settled.append(merging.keep_given)
