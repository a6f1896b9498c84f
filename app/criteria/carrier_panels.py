"""What the rule book adds to the carrier's page and to the list of carriers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import Flask, url_for
from sqlalchemy import Select, case, select

from app.carriers.models import Carrier
from app.carriers.queries.scope import own, scope
from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.kept import kept
from app.core.panels import Column, Filter, Panel, registry
from app.core.text import N_, _
from app.criteria import showing
from app.criteria.models import Outcome
from app.criteria.models import Verdict as Kept
from app.criteria.queries import assess_rules, in_force, outcomes
from app.criteria.stage1 import CHUNK
from app.criteria.verdict import SHORT, Ask, Verdict
from app.criteria.verdicts import KIND

#: the rules in the order in which they stand under a carrier's name
FLAGS = (
    "carrier.pudong_incubator",
    "carrier.pudong_accelerator",
    "carrier.standard_incubator",
    "carrier.national_incubator",
)
#: conditions of the list of carriers: key, rules (the first that applies), words, and whether
#: the outcome stands in a column
LISTED = (
    ("local", ("carrier.pudong_incubator", "carrier.pudong_accelerator"), N_("登记条件"), True),
    ("national", ("carrier.national_incubator",), N_("国家级条件"), True),
    ("standard", ("carrier.standard_incubator",), N_("标准级条件"), False),
)
#: the rules whose outcomes stand in columns are read together
STANDING = tuple(rule for _key, rules, _text, stands in LISTED if stands for rule in rules)
#: outcomes in the order of the list
ORDER = ("met", "unknown", "short", "not_met")


def panels(viewer: AnyViewer, carrier: Carrier, day: dt.date) -> Iterator[Panel]:
    """Flags of the rules that apply, and the sheet of the first; the page has asked for scope."""
    standing = in_force(day, subject="carrier")
    rules = [rule for rule in FLAGS if rule in standing]
    verdicts = [
        one
        for one in (assess_rules(rules, carrier.id, day) if rules else [])
        if one.outcome is not Outcome.NOT_APPLICABLE
    ]
    if not verdicts:
        return
    items = [
        (
            str(one.standard.short), one.display, str(one.reason),
            url_for("criteria.carrier_sheet", pid=carrier.pid, rule=one.rule),
        )
        for one in verdicts
    ]  # fmt: skip
    yield Panel("flags", "criteria/carrier_flags.html", {"items": items}, 12, "top")
    yield Panel("check", "criteria/check.html", check(viewer, verdicts[0], carrier), 10, "main")


def check(viewer: AnyViewer, verdict: Verdict, carrier: Carrier) -> dict[str, Any]:
    """Data of the sheet's panel; whoever may fill in gets the way to the box that is missing."""
    entry = None
    if verdict.ask is not None:
        entry = box(viewer, verdict.ask, carrier)
    return {
        "verdict": verdict, "rows": showing.rows(verdict, carrier.pid), "values": True,
        "box": None, "entry": entry, "ahead": {},
    }  # fmt: skip


def box(viewer: AnyViewer, ask: Ask, carrier: Carrier) -> str | None:
    """The page with the box for a missing input; None for those who may not fill it in."""
    if ask.kind == "records":
        return url_for("workbench.firms", carrier=carrier.pid)
    if ask.kind == "carrier":
        may = viewer.may(Permission.CARRIER_EDIT) or viewer.may(Permission.CARRIER_STATUS)
        page = "carriers.edit"
    else:
        may, page = viewer.may(Permission.CARRIER_FIGURES), f"carriers.{PAGES[ask.kind]}"
    mine = viewer.may(Permission.CARRIER_STATUS) or carrier.id in set(session.scalars(own(viewer)))
    if not may or not mine:
        return None
    key = ask.field if ask.kind == "carrier_stated" else None
    return url_for(page, pid=carrier.pid, key=key)


PAGES = {"carrier_figures": "figures", "carrier_stated": "stated"}


def all_open(viewer: AnyViewer) -> bool:
    """Whether the figures of every carrier are open to the viewer, and so the outcomes."""
    return scope(viewer) is None


def shown(rules: Sequence[str], day: dt.date, ids: Sequence[int] | None = None) -> dict[int, str]:
    """How the outcome of some carriers or all is shown, under the first of the rules that
    applies."""
    every = STANDING if set(rules) <= set(STANDING) else tuple(rules)
    key = "carriers shown", every, day, None if ids is None else tuple(ids)
    held = kept(key, lambda: displays(every, day, ids))
    found: dict[int, str] = {}
    for rule in rules:
        for number, display in held[rule].items():
            if found.get(number, Outcome.NOT_APPLICABLE) == Outcome.NOT_APPLICABLE:
                found[number] = display
    return found


def displays(
    rules: Sequence[str], day: dt.date, ids: Sequence[int] | None = None
) -> dict[str, dict[int, str]]:
    """Rule → carrier → how its outcome is shown: out of the cache for carriers of whom all is of
    the day, else out of the records."""
    found: dict[str, dict[int, str]] = {rule: {} for rule in rules}
    standing = in_force(day, subject="carrier")
    names = {standing[rule].id: rule for rule in rules if rule in standing}
    cached = select(Kept.standard_id, Kept.subject_id, Kept.display).where(
        Kept.standard_id.in_(names), Kept.kind == KIND, Kept.day == day
    )
    wanted = select(Carrier.id).order_by(Carrier.id)
    if ids is not None:
        cached, wanted = cached.where(Kept.subject_id.in_(ids)), wanted.where(Carrier.id.in_(ids))
    for row in session.execute(cached.order_by(Kept.subject_id)):
        found[names[row.standard_id]][row.subject_id] = row.display
    behind = [
        number
        for number in session.scalars(wanted)
        if any(number not in found[rule] for rule in names.values())
    ]
    if behind and names:
        few = behind if len(behind) <= CHUNK else None  # more are judged faster with all others
        live = outcomes(list(names.values()), few, day)
        for number in set(behind).intersection(live):
            for rule, _name, display in live[number]:
                found[rule][number] = display
    return found


def _filter(rules: Sequence[str]) -> Callable[..., Select[Any]]:
    def apply(statement: Select[Any], _viewer: AnyViewer, wanted: str, day: dt.date) -> Select[Any]:
        ids = [number for number, display in shown(rules, day).items() if display == wanted]
        return statement.where(Carrier.id.in_(ids))

    return apply


def _cells(rules: Sequence[str]) -> Callable[..., dict[int, Any]]:
    def cells(_viewer: AnyViewer, ids: list[int], day: dt.date) -> dict[int, Any]:
        return shown(rules, day, ids)

    return cells


def _order(rules: Sequence[str]) -> Callable[[AnyViewer, dt.date], Any]:
    """Those that meet the rules first, those to whom they do not apply last."""

    def order(_viewer: AnyViewer, day: dt.date) -> Any:
        found = shown(rules, day)
        places = {number: ORDER.index(d) for number, d in found.items() if d in ORDER}
        return case(places, value=Carrier.id, else_=len(ORDER)) if places else Carrier.id

    return order


def init_app(app: Flask) -> None:
    """Register the panels, and outcomes in the list for those to whom all figures are open."""
    held = registry(app)
    held.carrier.append(panels)
    for n, (key, rules, text, stands) in enumerate(LISTED):
        held.carrier_filters.append(Filter(key, text, choices, _filter(rules), n, shows=all_open))
        if stands:
            held.carrier_columns.append(
                Column(
                    key, text, cells=_cells(rules), template="criteria/cell.html", position=n,
                    sort=_order(rules), shows=all_open,
                )
            )  # fmt: skip


def choices() -> list[tuple[str, str]]:
    """Outcomes as they are shown."""
    words = [(one.value, one.label) for one in Outcome]
    return [*words[:-1], (SHORT, _("暂未达到")), words[-1]]
