"""承接意向: made and followed up by the claimant, chosen or declined by the firm's carrier."""

from __future__ import annotations

import hashlib
from typing import Any

from flask.typing import ResponseReturnValue

from app.accounts.tokens import bearer
from app.carriers.models import ACCELERATOR, PARK
from app.core.access import Permission, viewer
from app.core.days import today
from app.core.text import N_
from app.exchange.api.door import (
    Nothing,
    Paged,
    asked,
    given,
    key,
    operation,
    page_of,
    selected,
    shown,
)
from app.exchange.api.names import CarrierName, FirmName, UnitName
from app.exchange.api.once import matched, written
from app.exchange.api.shapes import Day, Flag, Many, Part, Pid, Shape, Text, Whole, Word
from app.exchange.api.typed import body, typed
from app.firms import queries
from app.pipeline import forms, meant, service
from app.pipeline.acts import END_ACTS
from app.pipeline.models import Claim, ClaimState, ClaimStepKind
from app.pipeline.queries import credits, pages, ties
from app.pipeline.words import ChosenBy, ClaimAct, ClaimEnd, ClaimStanding

TAG = N_("承接意向")
BID, CHOOSE = (Permission.CLAIM_MAKE,), (Permission.CLAIM_CHOOSE,)
EITHER = (*BID, *CHOOSE)


class StepShape(Shape):
    """A follow-up; its note and the next contact are the claimant's own."""

    step = Word(ClaimStepKind, required=True)
    day = Day(required=True)
    note = Text(required=True, allow_none=True)
    next_on = Day(required=True, allow_none=True)


class RoomShape(Shape):
    """The room that a claim names; told to the firm's side once the firm has chosen."""

    unit = Part(UnitName, required=True)
    area_dm2 = Whole(
        required=True, allow_none=True, metadata={"description": N_("面积，以 0.01 ㎡ 计。")}
    )
    desks = Whole(required=True, allow_none=True)
    reserved_from = Day(
        required=True, allow_none=True,
        metadata={"description": N_("自这一天起为企业预留；未选定、已入驻或已结束的为 null。")},
    )  # fmt: skip


class ClaimShape(Shape):
    """A bid of an accelerator or park for a firm."""

    id = Pid(required=True)
    firm = Part(FirmName, required=True)
    carrier = Part(CarrierName, required=True)
    standing = Word(ClaimStanding, required=True)
    opened_on = Day(required=True)
    follow_until = Day(required=True)
    renewals = Whole(required=True)
    planned_on = Day(required=True, allow_none=True)
    area_m2 = Whole(required=True, allow_none=True)
    room = Part(RoomShape, required=True, allow_none=True)
    message = Text(required=True, allow_none=True)
    accepted_on = Day(required=True, allow_none=True)
    chosen_by = Word(ChosenBy, required=True, allow_none=True)
    ended_on = Day(required=True, allow_none=True)
    end_reason = Word(ClaimEnd, required=True, allow_none=True)
    end_note = Text(required=True, allow_none=True)
    first_contact_on = Day(
        required=True, allow_none=True,
        metadata={"description": N_("意向方首次接洽登记的日期。")},
    )  # fmt: skip
    first = Flag(
        required=True, allow_none=True,
        metadata={"description": N_("意向方是否首谈（最先登记在案）；尚无接洽的为 null。")},
    )  # fmt: skip
    steps = Many(Part(StepShape), required=True)


ClaimPage = page_of(ClaimShape, "ClaimPage")


class ClaimsAsked(Paged):
    """Which of one's own claims."""

    live = Word(
        ("true", "false"),
        metadata={"description": N_("true 进行中（默认），false 已结束；仅对意向方。")},
    )


MAKE = body("ClaimBody", forms.ClaimForm, firm=Pid(required=True))
ROOM = body("RoomBody", forms.RoomForm)
FOLLOW = body("FollowBody", forms.FollowForm)
ENDS = [act.value for act in END_ACTS]
END = body(
    "EndBody", forms.EndForm, forms.DeclineForm,
    act=Word(ENDS, labels={act.value: act.text for act in END_ACTS}, required=True),
)  # fmt: skip


def shapes(rows: list[Claim]) -> list[dict[str, Any]]:
    """Claims with their follow-ups, as their page tells them."""
    steps, standing = pages.steps([row.id for row in rows]), pages.standing(today())
    told = credits.of_claims(rows)
    return [_shape(row, steps.get(row.id, []), standing(row), told[row.id]) for row in rows]


def _shape(
    row: Claim, steps: list[Any], standing: ClaimStanding, credit: credits.Credit
) -> dict[str, Any]:
    own = ties.acts_for(viewer(), row.carrier)
    names = (
        "opened_on", "follow_until", "renewals", "planned_on", "area_m2", "message",
        "accepted_on", "chosen_by", "ended_on", "end_reason", "end_note",
    )  # fmt: skip
    return {
        "id": row.pid,
        "firm": row.firm,
        "carrier": row.carrier,
        "standing": standing,
        "first_contact_on": credit.own.day if credit.own else None,
        "first": credit.is_first if credit.first else None,
        "steps": [
            {"step": s.step, "day": s.day, "note": s.note if own else None,
             "next_on": s.next_on if own else None}
            for s in steps
        ],
        "room": _room(row),
        **{name: getattr(row, name) for name in names},
    }  # fmt: skip


def _room(row: Claim) -> dict[str, Any] | None:
    if not meant.shown(viewer(), row):
        return None
    kept = row.reserved_from if row.state == ClaimState.ACCEPTED else None
    return {
        "unit": row.unit, "area_dm2": row.area_dm2, "desks": row.desks, "reserved_from": kept,
    }  # fmt: skip


def _one(row: Claim) -> tuple[dict[str, Any], int]:
    return shapes([row])[0], row.rev


@operation(
    "GET", "/claims", tag=TAG, answer=ClaimPage, may=EITHER, query=lambda: ClaimsAsked,
    summary=N_("意向方自己的承接意向；所在载体则为其企业收到的"),
)  # fmt: skip
def list_claims() -> ResponseReturnValue:
    """The claimant's own claims; for a carrier those on its firms."""
    live = asked().get("live") != "false"
    if ties.bids(viewer()):
        statement = pages.own_claims(viewer(), today(), live)
    else:
        statement = pages.courting(viewer(), today())
    return selected(ClaimPage, statement, Claim.pid, shapes)


@operation(
    "GET", "/claims/<pid>", tag=TAG, answer=ClaimShape, may=EITHER, summary=N_("一项承接意向")
)
def get_claim(pid: str) -> ResponseReturnValue:
    """One claim."""
    row = pages.claim_of(viewer(), pid)
    asked()
    return shown(ClaimShape, *_one(row))


@operation(
    "POST", "/claims", tag=TAG, answer=ClaimShape, may=BID, body=MAKE, status=201,
    summary=N_("提交承接意向"),
)  # fmt: skip
def make_claim() -> ResponseReturnValue:
    """提交承接意向."""
    held = given()
    firm = queries.find(viewer(), held.pop("firm"))
    form, bearing = typed(forms.ClaimForm, held | {"token": "x" * 8}), bearer()
    mine = ties.my_carriers(viewer(), ACCELERATOR, PARK)
    wanted = form.carrier.data or (mine[0].pid if len(mine) == 1 else "")
    carrier = ties.my_carrier(viewer(), wanted, ACCELERATOR, PARK)
    token = hashlib.sha256(f"{bearing and bearing.pid} {key()}".encode()).hexdigest()[:40]

    def make() -> tuple[dict[str, Any], int]:
        made = service.claim(
            actor=viewer(), today=today(), firm=firm, carrier=carrier, token=token,
            planned_on=form.planned_on.data, area_m2=form.area_m2.data, message=form.message.data,
            desks=form.amount.data,
            unit=meant.unit_of(viewer(), form.unit.data, form.unit_number.data, carrier),
        )  # fmt: skip
        return _one(made)

    return written("claim:open", make, ClaimShape, status=201)


@operation(
    "POST", "/claims/<pid>/steps", tag=TAG, answer=ClaimShape, may=BID, body=FOLLOW, status=201,
    summary=N_("记跟进，跟进期随之顺延"),
)  # fmt: skip
def follow_claim(pid: str) -> ResponseReturnValue:
    """Record a follow-up."""
    row = pages.claim_of(viewer(), pid)
    form = typed(forms.FollowForm, given())

    def follow() -> tuple[dict[str, Any], int]:
        what = form.given() | {"step": ClaimStepKind(form.said("step"))}
        service.follow_up(actor=viewer(), today=today(), claim=row, **what)
        return _one(row)

    return written("claim:follow", follow, ClaimShape, status=201)


@operation(
    "POST", "/claims/<pid>/room", tag=TAG, answer=ClaimShape, may=BID, body=ROOM, matches=True,
    summary=N_("改意向房源、用量或计划入驻；未给的一律清空，不给房源即不指定"),
)  # fmt: skip
def change_claim_room(pid: str) -> ResponseReturnValue:
    """改意向房源."""
    row = pages.claim_of(viewer(), pid)
    form, rev = typed(forms.RoomForm, given()), matched(row)

    def change() -> tuple[dict[str, Any], int]:
        service.change_room(
            actor=viewer(), today=today(), claim=row, planned_on=form.planned_on.data,
            area_m2=form.area_m2.data, desks=form.amount.data, rev=rev,
            unit=meant.unit_of(viewer(), form.unit.data, form.unit_number.data, row.carrier),
        )  # fmt: skip
        return _one(row)

    return written("claim:room", change, ClaimShape)


@operation(
    "POST", "/claims/<pid>/choice", tag=TAG, answer=ClaimShape, may=CHOOSE,
    body=lambda: Nothing, summary=N_("所在载体记录企业选定；意向方凭函件记录的，在页面上办理"),
)  # fmt: skip
def choose_claim(pid: str) -> ResponseReturnValue:
    """The firm's choice, as its carrier records it."""
    row = pages.claim_of(viewer(), pid)
    given()

    def choose() -> tuple[dict[str, Any], int]:
        service.choose(actor=viewer(), today=today(), claim=row)
        return _one(row)

    return written("claim:choose", choose, ClaimShape)


@operation(
    "POST", "/claims/<pid>/end", tag=TAG, answer=ClaimShape, may=EITHER, body=END,
    summary=N_("撤回或释放意向，或记录企业未选"),
)  # fmt: skip
def end_claim(pid: str) -> ResponseReturnValue:
    """Withdraw, release, or the firm's no, each with a coded reason."""
    row = pages.claim_of(viewer(), pid)
    held = given()
    act = ClaimAct(held.pop("act"))
    kind, run = END_ACTS[act]
    form = typed(kind, held)

    def end() -> tuple[dict[str, Any], int]:
        run(actor=viewer(), today=today(), claim=row, **form.end())
        return _one(row)

    return written(f"claim:{act.value}", end, ClaimShape)
