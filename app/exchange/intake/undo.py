"""Undo of a whole import: what it made goes, what it changed returns, later edits stay."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, field
from typing import Any

from sqlalchemy import select

from app.accounts import service as accounts
from app.accounts.models import Post
from app.carriers import service as carriers_service
from app.carriers.models import Carrier, CarrierFigures, Unit
from app.carriers.service.units import edit_unit
from app.core.access import System, Viewer
from app.core.days import Period
from app.core.db import Recorded, session
from app.core.errors import Conflict, DomainError, register_messages
from app.core.text import N_, _
from app.exchange.intake.service import EMPTY, Tick, find, silent
from app.exchange.models import Intake, IntakeState
from app.exchange.sheets import carriers, demands, figures, firms, people, ties, units
from app.exchange.sheets.fields import Field
from app.exchange.sheets.milestones import COLUMNS, coded, fields_of
from app.firms import service
from app.firms.models import (
    Attestation,
    Contact,
    Demand,
    Evidence,
    Figures,
    Firm,
    Milestone,
    Residency,
)
from app.firms.service.units import void_unit
from app.pipeline import service as chain
from app.pipeline.models import Graduation

register_messages(
    {
        "undo_twice": N_("这次导入没有写入过，或已经撤销。"),
        "undo_used": N_("这家企业已有其他记录。"),
    }
)
REASON = N_("撤销导入")
#: The record's place in time: not a field that an import changes.
CLOCK = ("rev", "rev_to")


@dataclass(frozen=True)
class Left:
    """What an undo left as it is: whose, what, and why."""

    subject: str
    what: str
    why: str


@dataclass
class Undone:
    """What an undo did."""

    removed: int = 0
    restored: int = 0
    left: list[Left] = field(default_factory=list)


def told(intake: Intake) -> Undone:
    """What the undo of an import did, as it was kept with it."""
    held = json.loads(intake.content)
    return Undone(held["removed"], held["restored"], [Left(*one) for one in held["left"]])


@dataclass(frozen=True)
class Handler:
    """How a kind of record is taken back: its fields, and the services that do it."""

    model: type[Recorded]
    fields: Callable[[Any], tuple[Field, ...]]
    column: Callable[[str], str]
    restore: Callable[[Viewer, dt.date, Any, dict[str, Any]], Any]
    remove: Callable[[Viewer, dt.date, Any], Any]
    told: Callable[[Any], str]


def _restore_firm(viewer: Viewer, today: dt.date, row: Firm, values: dict[str, Any]) -> None:
    service.edit_profile(actor=viewer, today=today, firm=row, **values)


def _remove_firm(viewer: Viewer, today: dt.date, row: Firm) -> None:
    """A firm that the import registered and nobody has used since leaves the register.

    Its only tie went before it, so that its carrier no longer hosts it: what is left to decide is
    whether anything hangs on it, not whose it is.
    """
    for model in (Residency, Milestone, Figures, Evidence, Attestation, Contact, Demand):
        if session.scalar(select(model.id).where(model.firm_id == row.id).limit(1)) is not None:
            raise DomainError("undo_used")
    actor = System("import-undo", viewer.person_id, viewer.post_id)
    service.void_firm(actor=actor, today=today, firm=row, reason=_(REASON))


def _restore_figures(viewer: Viewer, today: dt.date, row: Figures, values: dict[str, Any]) -> None:
    service.enter_figures(
        actor=viewer, today=today, firm=row.firm, period=Period(row.year, row.quarter),
        source=row.source, values=values, rev=row.rev, reason=_(REASON),
    )  # fmt: skip


def _restore_milestone(
    viewer: Viewer, today: dt.date, row: Milestone, values: dict[str, Any]
) -> None:
    service.correct_milestone(
        actor=viewer, today=today, entry=row, rev=row.rev, reason=_(REASON), **coded(values)
    )


def _restore_demand(viewer: Viewer, today: dt.date, row: Demand, values: dict[str, Any]) -> None:
    service.record_demand(actor=viewer, today=today, firm=row.firm, rev=row.rev, **values)


def _restore_tie(viewer: Viewer, today: dt.date, row: Residency, values: dict[str, Any]) -> None:
    now = {one.key: getattr(row, one.key) for one in ties.PARTICULARS}
    chain.correct_tie(
        actor=viewer, today=today, tie=row, rev=row.rev, starts=row.starts, reason=_(REASON),
        site=row.site, **{**now, **values},
    )  # fmt: skip


def _restore_carrier(
    viewer: Viewer, today: dt.date, row: CarrierFigures, values: dict[str, Any]
) -> None:
    carriers_service.enter_carrier_figures(
        actor=viewer, today=today, carrier=session.get_one(Carrier, row.carrier_id),
        period=Period(row.year, row.quarter), source=row.source, values=values, rev=row.rev,
    )  # fmt: skip


def _remove_carrier(viewer: Viewer, _today: dt.date, row: CarrierFigures) -> None:
    carrier = session.get_one(Carrier, row.carrier_id)
    carriers_service.void_carrier_figures(actor=viewer, carrier=carrier, row=row)


def _restore_unit(viewer: Viewer, today: dt.date, row: Unit, values: dict[str, Any]) -> None:
    edit_unit(actor=viewer, today=today, unit=row, values=units.coded(values), rev=row.rev)


def _never(_viewer: Viewer, _today: dt.date, _row: Any, _values: dict[str, Any]) -> None:
    raise AssertionError("an import only adds these")


def _name(firm_id: int) -> str:
    firm = session.get(Firm, firm_id)
    return firm.short_name if firm is not None else "—"


def _restore_post(viewer: Viewer, today: dt.date, row: Post, values: dict[str, Any]) -> None:
    accounts.end_post(actor=viewer, today=today, post=row, ends=values["ends"])


def _told_post(row: Post) -> str:
    return f"{row.person.name} {row.role.label}"


HANDLERS = (
    Handler(  # a newcomer's account stays, without a post and without a password
        Post, lambda _row: (people.ENDS,), str, _restore_post,
        lambda v, d, r: accounts.end_post(actor=v, today=d, post=r, ends=r.starts),
        _told_post,
    ),
    Handler(
        Graduation, lambda _row: (), str, _never,
        lambda v, d, r: chain.withdraw_graduation(
            actor=v, today=d, graduation=r, reason=_(REASON)),
        lambda row: _name(row.firm_id),
    ),
    Handler(
        Demand, lambda _row: demands.COLUMNS, str, _restore_demand,
        lambda v, d, r: service.void_entry(actor=v, today=d, row=r, reason=_(REASON)),
        lambda row: _name(row.firm_id),
    ),
    Handler(
        Attestation, lambda _row: (), str, _never,
        lambda v, d, r: service.withdraw_attestation(actor=v, today=d, held=r),
        lambda row: _name(row.firm_id),
    ),
    Handler(
        CarrierFigures, lambda _row: carriers.VALUES, str, _restore_carrier, _remove_carrier,
        lambda row: session.get_one(Carrier, row.carrier_id).short_name,
    ),
    Handler(
        Unit, lambda _row: units.VALUES, str, _restore_unit,
        lambda v, d, r: void_unit(actor=v, today=d, unit=r, rev=r.rev),
        lambda row: row.number,
    ),
    Handler(
        Milestone, lambda row: fields_of(row.kind), lambda key: COLUMNS.get(key, key),
        _restore_milestone,
        lambda v, d, r: service.void_entry(actor=v, today=d, row=r, reason=_(REASON)),
        lambda row: _name(row.firm_id),
    ),
    Handler(
        Figures, lambda _row: figures.VALUES, str, _restore_figures,
        lambda v, d, r: service.void_entry(actor=v, today=d, row=r, reason=_(REASON)),
        lambda row: _name(row.firm_id),
    ),
    Handler(
        Residency, lambda _row: ties.PARTICULARS, str, _restore_tie,
        lambda v, d, r: chain.void_tie(actor=v, today=d, tie=r, reason=_(REASON)),
        lambda row: _name(row.firm_id),
    ),
    Handler(
        Firm, lambda _row: firms.PROFILE, str, _restore_firm,
        _remove_firm,
        lambda row: _name(row.id),
    ),
)  # fmt: skip


def undo(viewer: Viewer, today: dt.date, pid: str, tick: Tick = silent) -> None:
    """Take an import back, the last of its writes first, and keep with it what was done.

    Runs inside `write()`; `tick` is told how far it is. Goes through the records' own services:
    a row that they refuse stays, with their reason.
    """
    intake: Intake = find(viewer, pid)
    if intake.state is not IntakeState.DONE:
        raise Conflict("undo_twice")
    done, rows = Undone(), 0
    for rev in sorted((int(one) for one in intake.revs.split(",")), reverse=True):
        for handler in HANDLERS:
            for now, written, before in _rows(handler.model, rev):
                _one(viewer, today, handler, done, now, written, before)
                rows += 1
                tick(min(rows, intake.written), intake.written)
    intake.state = IntakeState.UNDONE
    left = [astuple(one) for one in done.left]
    report = {"removed": done.removed, "restored": done.restored, "left": left}
    intake.content, intake.edits = json.dumps(report, ensure_ascii=False), EMPTY[1]
    session.flush()


Row = dict[str, Any]


def _rows(model: type[Recorded], rev: int) -> Iterator[tuple[Any, Row, Row | None]]:
    """(the record now, as the write left it, as it was before or None) of what a write touched."""
    table, history = model.__table__, model.__history__  # type: ignore[attr-defined]
    written: dict[int, Row] = {}
    for source in (table, history):
        for found in session.execute(select(source).where(source.c.rev == rev)).mappings():
            written[found["id"]] = dict(found)
    before = {
        found["id"]: dict(found)
        for found in session.execute(select(history).where(history.c.rev_to == rev)).mappings()
        if found["rev"] != rev
    }
    for row_id in sorted(written, reverse=True):
        now = session.get(model, row_id)
        if now is not None:
            yield now, written[row_id], before.get(row_id)


def _one(
    viewer: Viewer, today: dt.date, handler: Handler, done: Undone, now: Any, written: Row,
    before: Row | None,
) -> None:  # fmt: skip
    subject = handler.told(now)
    later = _later(handler, now, written)
    try:
        with session.begin_nested():
            if before is None:
                if later:
                    done.left.append(Left(subject, later, _("导入后又有改动")))
                    return
                handler.remove(viewer, today, now)
                done.removed += 1
                return
            values, kept = _back(handler, now, written, before)
            if values:
                handler.restore(viewer, today, now, values)
                done.restored += 1
            if kept:
                done.left.append(Left(subject, kept, _("导入后又有改动")))
    except DomainError as error:
        session.expire_all()
        done.left.append(Left(subject, _("整条"), error.message))


def _later(handler: Handler, now: Any, written: Row) -> str:
    """Fields that somebody changed after the import, in words; "" when nobody did."""
    if now.rev == written["rev"]:
        return ""
    named = [
        one.label
        for one in handler.fields(now)
        if getattr(now, handler.column(one.key)) != written[handler.column(one.key)]
    ]
    return _("、").join(named)


def _back(handler: Handler, now: Any, written: Row, before: Row) -> tuple[dict[str, Any], str]:
    """(values to restore by field, fields left because they were edited since)."""
    values, kept = {}, []
    for one in handler.fields(now):
        column = handler.column(one.key)
        if before[column] == written[column] or getattr(now, column) == before[column]:
            continue
        if getattr(now, column) == written[column]:
            values[one.key] = before[column]
        else:
            kept.append(one.label)
    return values, _("、").join(kept)
