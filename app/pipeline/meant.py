"""The room that a claim names on pages and for programs: what is offered, and who may read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from app.carriers.models import Carrier, Unit
from app.core.access import AnyViewer
from app.core.days import today
from app.core.errors import DomainError, register_messages
from app.core.text import N_, _
from app.firms import unit_words
from app.firms.models import Firm
from app.firms.queries.space import stock
from app.firms.queries.unit_list import find_unit
from app.pipeline import forms
from app.pipeline.matching.score import Room
from app.pipeline.models import Claim, ClaimState
from app.pipeline.moves import rooms
from app.pipeline.queries import matches, ties
from app.pipeline.queries.pages import ROOM_TOLD

#: units that a form lists; a park has hundreds
MOST = 40

register_messages(
    {
        "claim:unknown_unit": N_("没有房号为“%(number)s”的房源，请按房源页上的写法填。"),
        "claim:two_units": N_("所选的房源与填写的房号不是同一间，请只留其一。"),
        "claim:several_units": N_("“%(number)s”不止一间，请连同楼栋、楼层写全。"),
    }
)


def shown(viewer: AnyViewer, row: Claim) -> bool:
    """Whether the viewer may read which room a claim names: the claimant, and who reads the claim
    for the firm once the firm has chosen it."""
    return row.unit is not None and (ties.acts_for(viewer, row.carrier) or row.state in ROOM_TOLD)


def words(row: Claim) -> str:
    """The room in words, with how much of it."""
    assert row.unit is not None
    assert row.room is not None
    return f"{unit_words.place(row.unit)} · {unit_words.amount(row.unit, row.room)}"


def warning(viewer: AnyViewer, row: Claim, day: dt.date) -> str | None:
    """That another room has to be chosen, for who may read which one it is."""
    if not shown(viewer, row) or not rooms.lacks(row, day):
        return None
    return _("房源余量已不够，请改选") if row.state == ClaimState.OPEN else _("未预留，请改选房源")


def unit_of(
    viewer: AnyViewer, pid: str | None, typed: str | None = None, carrier: Carrier | None = None
) -> Unit | None:
    """The unit chosen on a form, or typed by its number at the claimant; NotFound for one that the
    viewer may not read. Raises `claim:unknown_unit`, `claim:several_units`, `claim:two_units`.
    """
    if not typed or carrier is None:
        return find_unit(viewer, pid) if pid else None
    wanted = _plain(typed)
    here = Unit.carrier_id == carrier.id
    found = [
        one.unit.pid
        for one in stock(viewer, today(), here)
        if wanted in map(_plain, _names(one.unit))
    ]
    if len(found) != 1:
        code = "claim:several_units" if found else "claim:unknown_unit"
        raise DomainError(code, "unit_number", number=typed)
    if pid and pid != found[0]:
        raise DomainError("claim:two_units", "unit_number")
    return find_unit(viewer, found[0])


def _names(unit: Any) -> tuple[str, ...]:
    """The ways in which people write which unit they mean."""
    return unit_words.place(unit), unit.number, f"{unit.building}{unit.number}"


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()


def offered(
    viewer: AnyViewer, firm: Firm, day: dt.date, row: Claim | None = None
) -> list[tuple[str, str]]:
    """Units of the viewer's bidders for the form, those that suit the firm best first; of a claim
    only those of its claimant, the one that it names among them. No more than MOST: any other
    is typed by its number.
    """
    found = matches.rooms_for(viewer, firm, day)
    if row is not None:
        found = [one for one in found if one[0] == row.carrier_id]
    found = found[:MOST]
    several = row is None and len({carrier for carrier, _room in found}) > 1
    names = {c.id: c.short_name for c in ties.my_carriers(viewer)} if several else {}
    told = [(room.pid, " · ".join(_told(room, day, names.get(carrier)))) for carrier, room in found]
    if row is not None and row.unit is not None:
        told = [one for one in told if one[0] != row.unit.pid]
        told.insert(0, (row.unit.pid, words(row)))
    return [("", _("暂不指定")), *told]


def _told(room: Room, day: dt.date, carrier: str | None) -> Iterator[str]:
    if carrier:
        yield carrier
    yield unit_words.place(room.spot)
    yield _("余 %(left)s", left=unit_words.amount(room, room.free))
    if room.free_from > day:
        yield _("%(day)s 起", day=room.free_from.isoformat())


def room_form(viewer: AnyViewer, row: Claim, day: dt.date, fresh: bool) -> forms.RoomForm:
    """The form of 改意向房源, filled as the claim is unless it was typed."""
    form = forms.RoomForm(formdata=None) if fresh else forms.RoomForm()
    form.unit.choices = offered(viewer, row.firm, day, row)
    if fresh:
        form.rev.data, form.planned_on.data = row.rev, row.planned_on
        form.area_m2.data = row.area_m2
        form.unit.data, form.amount.data = row.unit.pid if row.unit else "", row.desks
    return form
