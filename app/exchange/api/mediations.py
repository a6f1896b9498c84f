"""意向协调: read by the sides and by the district, each as far as its page tells."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask.typing import ResponseReturnValue

from app.core.access import Permission, viewer
from app.core.days import today
from app.core.text import N_
from app.exchange.api.door import Paged, asked, operation, page_of, selected, shown
from app.exchange.api.names import CarrierName, FirmName
from app.exchange.api.shapes import Day, Flag, Many, Part, Pid, Shape, Text, Whole, Word
from app.pipeline.models import Mediation, MediationState
from app.pipeline.papers import layout
from app.pipeline.queries import mediations, ties
from app.pipeline.words import MediationEnd

TAG = N_("意向协调")
READ = (Permission.MEDIATION_ASK, Permission.MEDIATION_ADVISE)


class SideShape(Shape):
    """One bidder; `step` and `fit` are said in the words of the page."""

    carrier = Part(CarrierName, required=True)
    opened_on = Day(required=True)
    contact_on = Day(required=True, allow_none=True)
    first = Flag(required=True)
    follow_ups = Whole(required=True)
    step = Text(required=True, allow_none=True)
    planned_on = Day(required=True, allow_none=True)
    fit = Many(Text(), required=True)


class OpinionShape(Shape):
    """What the district said; it binds nobody."""

    number = Text(required=True)
    turn = Whole(required=True)
    day = Day(required=True)
    text = Text(required=True)


class MediationShape(Shape):
    """A mediation on a firm."""

    id = Pid(required=True)
    firm = Part(FirmName, required=True)
    state = Word(MediationState, required=True)
    asked_on = Day(required=True)
    due_on = Day(required=True)
    ended_on = Day(required=True, allow_none=True)
    end_reason = Word(MediationEnd, required=True, allow_none=True)
    opinions = Many(Part(OpinionShape), required=True)


class WholeMediationShape(MediationShape):
    """A mediation with the sides that the viewer may read."""

    sides = Many(Part(SideShape), required=True)
    hidden = Whole(
        required=True, metadata={"description": N_("不向本单位公开的意向方家数。")}
    )  # fmt: skip


def _day(written: str) -> dt.date | None:
    """A day as the sides write it."""
    return dt.date.fromisoformat(written) if written else None


MediationPage = page_of(MediationShape, "MediationPage")


def shapes(rows: list[Mediation]) -> list[dict[str, Any]]:
    """Mediations as their list tells them."""
    said, states = mediations.opinions(rows), mediations.standings(rows, today())
    found = []
    for row in rows:
        state, why = states[row.id]
        opinions = [
            {"number": one.number, "turn": one.turn, "day": one.day, "text": one.text}
            for one in said.get(row.id, [])
        ]
        found.append(
            {
                "id": row.pid, "firm": row.firm, "state": state, "asked_on": row.asked_on,
                "due_on": row.due_on, "ended_on": row.ended_on, "end_reason": why,
                "opinions": opinions,
            }
        )  # fmt: skip
    return found


@operation(
    "GET", "/mediations", tag=TAG, answer=MediationPage, may=READ, query=lambda: Paged,
    summary=N_("意向协调；各方为自己参与的，区主管部门为全部"),
)  # fmt: skip
def list_mediations() -> ResponseReturnValue:
    """Mediations that the viewer reads."""
    return selected(MediationPage, mediations.visible(viewer(), today()), Mediation.pid, shapes)


@operation(
    "GET", "/mediations/<pid>", tag=TAG, answer=WholeMediationShape, may=READ,
    summary=N_("一项意向协调和可见的各方"),
)  # fmt: skip
def get_mediation(pid: str) -> ResponseReturnValue:
    """One mediation with its sides."""
    day = today()
    row = mediations.one(viewer(), pid, day)
    asked()
    claims, whole = mediations.claims(row, day), mediations.reads_all(viewer(), row, day)
    own = [one for one in claims if whole or ties.acts_for(viewer(), one.carrier)]
    carriers = {one.carrier.pid: one.carrier for one in own}
    sides = [
        {
            "carrier": carriers[side.pid], "opened_on": _day(side.opened),
            "first": side.is_first, "contact_on": _day(side.contact_on),
            "follow_ups": side.follow_ups, "step": side.step or None,
            "planned_on": _day(side.planned),
            "fit": [words for _kind, words in side.fit],
        }
        for side in layout.lay_out(row, own, day).sides
    ]  # fmt: skip
    made = shapes([row])[0] | {"sides": sides, "hidden": len(claims) - len(own)}
    return shown(WholeMediationShape, made, row.rev)
