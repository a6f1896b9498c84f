"""The list of carriers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask, request
from sqlalchemy import select

from app.carriers import queries
from app.carriers.models import Carrier, CarrierType, Level
from app.carriers.queries import listing
from app.core.access import Permission, Viewer
from app.core.db import session
from app.core.paging import asked
from app.core.terms import term_choices
from app.core.text import _
from app.exchange.out.book import Book, Export, Head, Table, Value, offer
from app.statistics.dimensions import TIERS

PIECE = 200


def conditions(given: dict[str, str], q: str) -> list[tuple[str, str]]:
    """The conditions of the list in words."""
    ended = [(act.value, _("已%(act)s", act=act.label)) for act in listing.ENDED]
    words: dict[str, tuple[str, dict[str, str]]] = {
        "tier": (_("层级"), {key: _(text) for key, text in TIERS.items()}),
        "standing": (_("状态"), dict([("registered", _("登记有效")), *ended])),
        "type": (_("类型"), dict(CarrierType.choices())),
        "level": (_("级别"), dict(Level.choices())),
        "area": (_("片区"), dict(term_choices("area"))),
        "town": (_("街镇"), dict(term_choices("town"))),
        "sector": (_("主导领域"), dict(term_choices("sector"))),
    }
    found = [(words[k][0], words[k][1][v]) for k, v in given.items() if v in words[k][1]]
    return [*([(_("名称"), q)] if q else []), *found]


def rows(statement: Any, day: dt.date) -> Iterator[list[Value]]:
    """One row a carrier: what the list shows of it, which everybody may read."""
    found = list(session.scalars(statement.with_only_columns(Carrier.id)))
    for start in range(0, len(found), PIECE):
        ids = found[start : start + PIECE]
        told, acts = listing.public(ids, day), queries.standings(day, ids)
        held = {one.id: one for one in session.scalars(_these(ids))}
        for one in (held[i] for i in ids):
            public, act = told[one.id], acts.get(one.id)
            yield [
                one.name, one.operator.name, _(TIERS[str(one.tier)]),
                one.type.label, _("、").join(public.levels), _("、").join(public.places),
                _("、").join(public.sectors), act.act.label if act else None,
                act.day if act else None, one.area_m2,
            ]  # fmt: skip
        session.expunge_all()


def _these(ids: list[int]) -> Any:
    return select(Carrier).where(Carrier.id.in_(ids)).order_by(Carrier.id)


def build(_viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """The carriers under the conditions of the address."""
    given = {key: asked(key) for key in listing.KEYS if asked(key)}
    q, sort = asked("q"), request.args.get("sort") or "name"
    heads = [
        Head(_("载体")), Head(_("运营主体")), Head(_("层级")),
        Head(_("类型")), Head(_("级别")), Head(_("片区、街镇")), Head(_("主导领域")),
        Head(_("状态")), Head(_("状态日期"), "day"), Head(_("面积"), "number", "㎡"),
    ]  # fmt: skip
    statement = listing.listed(given, q, sort, day)
    return Book(
        _("载体名单"),
        [Table(_("载体"), heads, rows(statement, day))],
        conditions=conditions(given, q),
    )


def init_app(app: Flask) -> None:
    """Register it."""
    offer(app, Export("carriers.index", (Permission.CARRIER_READ,), build))
