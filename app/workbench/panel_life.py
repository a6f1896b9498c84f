"""大事记 and 到期提醒 of one firm: its days on a line, and what ends next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from app.carriers.models import Carrier
from app.core.access import AnyViewer
from app.core.db import session
from app.core.filters import wan
from app.core.lifeline import Bar, Lane, Mark, draw
from app.core.panels import Panel
from app.core.text import N_, _
from app.firms import fields
from app.firms.models import (
    Firm,
    Milestone,
    MilestoneKind,
    MoneyState,
    Residency,
    ResidencyKind,
)
from app.workbench import deadlines as clocks

LANES = (
    (MilestoneKind.FINANCING, "dot"),
    (MilestoneKind.IP, "square"),
    (MilestoneKind.RECOGNITION, "diamond"),
    (MilestoneKind.DEAL, "diamond"),
    (MilestoneKind.AWARD, "dot"),
)
LOOSE = (ResidencyKind.REGISTERED_ONLY, ResidencyKind.OFFICE_ONLY, ResidencyKind.EMPOWERED)


@dataclass(frozen=True)
class Line:
    """One row of the table behind the picture."""

    day: dt.date
    kind: str
    text: str


def panels(viewer: AnyViewer, firm: Firm, day: dt.date) -> Iterator[Panel]:
    """The life line for whoever may see the path; its marks for whoever may see milestones."""
    allowed = fields.open_to(viewer, firm.id, day)
    if "path" not in allowed:
        return
    rows = session.execute(
        select(Residency, Carrier.short_name)
        .join(Carrier, Carrier.id == Residency.carrier_id)
        .where(Residency.firm_id == firm.id)
        .order_by(Residency.starts, Residency.id)
    )
    ties = [(tie, carrier) for tie, carrier in rows]
    events = _milestones(viewer, firm, day) if "milestones" in allowed else []
    if not ties and not events:
        return
    ring = clocks.of_firm(viewer, firm, day)
    ends = [(one.day, clocks.word(one.key)) for one in ring]
    lanes = [
        *_tie_lanes(ties),
        *(
            lane
            for lane in (_event_lane(kind, shape, events) for kind, shape in LANES)
            if lane.marks
        ),
        Lane(_("时限"), marks=[Mark(when, word, "end") for when, word in ends]),
    ]
    lines = _lines(ties, events, ends)
    yield Panel(
        "life",
        "workbench/firm_life.html",
        {
            "drawing": draw([lane for lane in lanes if lane.bars or lane.marks], day),
            "lines": lines,
            "says": _("%(n)s 条记录，最早 %(day)s", n=len(lines), day=lines[0].day.isoformat()),
        },
        20,
    )
    if ring:
        ends_in = [(one.day, clocks.word(one.key), (one.day - day).days, one.note) for one in ring]
        data = {"rows": ends_in, "pid": firm.pid}
        yield Panel("ends", "workbench/firm_deadlines.html", data, 20, "side")


def _milestones(viewer: AnyViewer, firm: Firm, day: dt.date) -> list[Milestone]:
    until = fields.seen_until(viewer, firm.id, day)
    statement = select(Milestone).where(Milestone.firm_id == firm.id)
    if until is not None:
        statement = statement.where(Milestone.day < until)
    return list(session.scalars(statement.order_by(Milestone.day, Milestone.id)))


def _tie_lanes(ties: list[tuple[Residency, str]]) -> list[Lane]:
    main: list[Bar] = []
    rest: list[Bar] = []
    for tie, carrier in ties:
        text = f"{tie.kind.label} · {carrier}"
        tone = "counted" if tie.counted else "loose" if tie.kind in LOOSE else "extra"
        bar = Bar(tie.starts, tie.ends, text, tone)
        (main if tie.counted or tone == "loose" else rest).append(bar)
    return [Lane(_("入驻"), main), Lane(_("扩展场地"), rest)]


def _event_lane(kind: MilestoneKind, shape: str, events: list[Milestone]) -> Lane:
    marks = [Mark(one.day, brief(one), shape, _state(one)) for one in events if one.kind == kind]
    return Lane(kind.label, marks=marks)


def _state(one: Milestone) -> str:
    if one.kind == MilestoneKind.FINANCING:
        return "done" if one.money_state == MoneyState.RECEIVED else "wait"
    if one.kind == MilestoneKind.IP:
        return "done" if one.granted_on else "open"
    if one.kind == MilestoneKind.RECOGNITION:
        return "done" if one.filed_on or one.issued_on else "wait"
    return "done"


def brief(one: Milestone) -> str:
    """A milestone in a few characters, for a label on the line."""
    if one.kind == MilestoneKind.FINANCING:
        name = one.name or (one.investor.label if one.investor else one.kind.label)
        return (
            name
            if one.amount is None
            else _("%(name)s %(n)s 万", name=name, n=round_wan(one.amount))
        )
    if one.ip_type:
        return one.ip_type.label
    if one.title:
        return one.title.label
    if one.deal:
        return one.deal.label
    return one.name or one.kind.label


def round_wan(fen: int) -> str:
    """Whole 万元 where exact, else two decimals."""
    return wan(fen).removesuffix(".00")


def sentence(one: Milestone) -> str:
    """A milestone in one line of words."""
    parts = [one.name]
    for word in (one.ip_type, one.title, one.deal, one.level, one.incident, one.investor):
        parts.append(word.label if word else None)
    if one.amount is not None:
        parts.append(_("%(n)s 万元", n=wan(one.amount)))
    parts.append(one.money_state.label if one.money_state else None)
    parts.append(one.number)
    return " · ".join(part for part in parts if part)


def _lines(
    ties: list[tuple[Residency, str]], events: list[Milestone], ends: list[tuple[dt.date, str]]
) -> list[Line]:
    found = [
        Line(tie.starts, N_("入驻"), f"{tie.kind.label} · {carrier}"
             + (" · " + _("计数归属") if tie.counted else ""))
        for tie, carrier in ties
    ]  # fmt: skip
    found += [
        Line(tie.ends, N_("离园"), carrier + (
            f" · {tie.destination.label}" if tie.destination else ""))
        for tie, carrier in ties
        if tie.ends
    ]  # fmt: skip
    found += [Line(one.day, one.kind.text, sentence(one)) for one in events]
    found += [Line(when, N_("时限"), word) for when, word in ends]
    return sorted(found, key=lambda line: (line.day, line.kind))
