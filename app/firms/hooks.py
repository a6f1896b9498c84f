"""What rooms above add to the firms room, registered at create_app.

Nothing here imports a room above; each list belongs to one application.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask import Flask, current_app
from sqlalchemy.sql.elements import ColumnElement

from app.carriers.models import Return, Unit
from app.core.access import AnyViewer
from app.firms.models import Firm


class Relation(StrEnum):
    """What a viewer is to a firm, from nothing to everything."""

    NONE = "none"
    AREA = "area"
    POOL = "pool"
    OPEN_CLAIM = "open_claim"
    FORMER = "former"
    ACCEPTED = "accepted"
    HOSTING = "hosting"
    DISTRICT = "district"


#: viewer, day → condition on Firm
Condition = Callable[[AnyViewer, dt.date], ColumnElement[bool]]


@dataclass(frozen=True)
class Entry:
    """The part of the form for a new firm that ties it to a carrier.

    `form` is a mix-in of fields, `template` draws them (it gets `form`), `apply` runs in the
    same write after the firm is registered: apply(actor=…, today=…, firm=…, form=…).
    """

    form: type[Any]
    template: str
    apply: Callable[..., None]


@dataclass(frozen=True)
class Kept:
    """Room that is kept for a firm from a day on, though it does not use it yet."""

    unit_id: int
    firm_id: int
    since: dt.date
    #: desks, or square decimetres
    amount: int


@dataclass
class Hooks:
    """All that rooms above registered."""

    #: relations given by claims and the pool; each widens the scope of carriers and parks
    relations: dict[Relation, Condition] = field(default_factory=dict)
    entry: Entry | None = None
    #: firm ids → by firm the newest revision of which a decision rests on what was recorded
    decided: list[Callable[[list[int]], dict[int, int]]] = field(default_factory=list)
    #: (actor=, today=, firm=, into=): move a merged firm's own rows of a room
    merge: list[Callable[..., None]] = field(default_factory=list)
    #: (actor=, today=, firm=): remove a voided firm's rows of a room, or refuse
    void: list[Callable[..., None]] = field(default_factory=list)
    #: (row=): refuse to void a record, or to retitle it, that something of a room above rests on
    kept: list[Callable[..., None]] = field(default_factory=list)
    #: (actor=, today=, row=, changed=): refuse to correct columns that a room above decided
    settled: list[Callable[..., None]] = field(default_factory=list)
    #: viewer, firm id, revision → sentences on what a write did (e.g. a condition became met)
    effects: list[Callable[[AnyViewer, int, int], Iterable[str]]] = field(default_factory=list)
    #: viewer, return, day → sentences on what in its form does not agree and wants explaining
    broken: list[Callable[[AnyViewer, Return, dt.date], list[str]]] = field(default_factory=list)
    #: return → {"text", "url"} of a further form made of it
    sheets: list[Callable[[Return], dict[str, str]]] = field(default_factory=list)
    #: unit ids → what is kept of them for firms that are to come
    kept_rooms: list[Callable[[Sequence[int]], list[Kept]]] = field(default_factory=list)
    #: (firm, unit): a firm moves in, so nothing of the unit needs to be kept for it any longer
    moves_in: list[Callable[[Firm, Unit], None]] = field(default_factory=list)
    #: (day, firm, unit): a firm's use ends, or never was, so what was kept is kept again from then
    moves_out: list[Callable[[dt.date, Firm, Unit], None]] = field(default_factory=list)
    #: (unit ids): the record of these units goes, or their measure does; rows of a room above
    #: name them no more
    units_go: list[Callable[[Sequence[int]], None]] = field(default_factory=list)
    #: viewer, firm, day → how a firm with this code can be asked for: {"text", "url"} or None
    transfer: list[Callable[[AnyViewer, Firm, dt.date], dict[str, str] | None]] = field(
        default_factory=list
    )


def hooks(app: Flask | None = None) -> Hooks:
    """The hooks of an application."""
    return (app or current_app).extensions.setdefault("firm_hooks", Hooks())  # type: ignore[no-any-return]
