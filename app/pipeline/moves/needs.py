"""Conditions that stand before a form is filled."""

from __future__ import annotations

import datetime as dt

from flask import current_app

from app.carriers.models import ACCELERATOR, INCUBATOR, PARK, Carrier, StatusAct
from app.carriers.queries import announced, over_act
from app.core.text import N_
from app.firms.models import Destination, FirmKind, ResidencyKind
from app.pipeline.models import GraduationState
from app.pipeline.moves.cases import ClaimCase, FirmCase, GraduationCase, TransferCase
from app.pipeline.moves.table import Need
from app.pipeline.queries import chain, ties

FirmNeed = Need[FirmCase]


def _tier(case: FirmCase) -> int:
    return case.carrier.tier if case.carrier else 0


def mode() -> str:
    """`report`: a graduation holds when it is reported; `approve`: when the district agrees."""
    return str(current_app.config["GRADUATION_MODE"])


AT_INCUBATOR = FirmNeed(
    "move:incubator_only", N_("只有孵化器可以办理。"), lambda c: _tier(c) == INCUBATOR
)
AT_ACCELERATOR = FirmNeed(
    "move:accelerator_only", N_("只有加速器可以办理。"), lambda c: _tier(c) == ACCELERATOR
)
AT_PARK = FirmNeed("move:park_only", N_("只有特色产业园区可以办理。"), lambda c: _tier(c) >= PARK)
BIDDER = FirmNeed(
    "move:bidder_only", N_("只有加速器和特色产业园区可以提交意向。"),
    lambda c: _tier(c) >= ACCELERATOR,
)  # fmt: skip


def _receiving(case: FirmCase) -> Carrier | None:
    return case.request.to_carrier if case.request else case.carrier


def _stands(carrier: Carrier | None, day: dt.date) -> bool:
    return carrier is None or over_act(carrier, day) is None


def _ended(carrier: Carrier | None, day: dt.date) -> dict[str, object]:
    act, since = (carrier and over_act(carrier, day)) or (StatusAct.CLOSED, day)
    name = carrier.short_name if carrier else ""
    return {"carrier": name, "act": act.label, "day": since.isoformat()}


OVER_TEXT = N_("〔%(carrier)s〕的登记自 %(day)s 起已%(act)s，不再接收企业。")
RECEIVES = FirmNeed(
    "move:carrier_over", OVER_TEXT, lambda c: _stands(_receiving(c), c.today),
    lambda c: _ended(_receiving(c), c.today),
)  # fmt: skip
#: for what is a fact of its day: an arrival before the end can be booked after it. Where a page
#: opens on its account (`acts.late`) it is the last of the needs.
RECEIVED = FirmNeed(
    "move:carrier_over", OVER_TEXT, lambda c: _stands(c.carrier, c.given.on or c.today),
    lambda c: _ended(c.carrier, c.given.on or c.today),
)  # fmt: skip
CLAIMANT_STANDS = Need[ClaimCase](
    "move:carrier_over", OVER_TEXT, lambda c: _stands(c.carrier, c.today),
    lambda c: _ended(c.carrier, c.today),
)  # fmt: skip
HELD = FirmNeed("move:not_held", N_("企业现在不在任何载体。"), lambda c: c.present is not None)
ENDING = FirmNeed(
    "move:carrier_stands",
    N_("〔%(carrier)s〕的登记有效，也没有预告取消或注销，企业的转入由载体办理。"),
    lambda c: (
        not _stands(c.running.carrier, c.today) or c.running.carrier_id in announced(c.today)
    ),
    lambda c: {"carrier": c.running.carrier.short_name},
)  # fmt: skip
SAME_TIER = FirmNeed(
    "move:other_tier",
    N_("〔%(carrier)s〕与企业现在的载体不在同一层级；企业要换层级的，由接收方登记落地。"),
    lambda c: c.running.carrier.tier == _tier(c), lambda c: {"carrier": c.by.short_name},
)  # fmt: skip
A_FIRM = FirmNeed(
    "move:team", N_("创业团队没有信用代码，先办理转企业。"), lambda c: c.firm.kind == FirmKind.FIRM
)
NOT_GRADUATED = FirmNeed(
    "move:graduated", N_("企业已经毕业，毕业后不再计入在孵企业。"),
    lambda c: not c.graduated,
)  # fmt: skip
NOT_PROPOSED = FirmNeed(
    "move:proposed", N_("企业的毕业待区里同意，先办结再转入。"),
    lambda c: c.graduation is None or c.graduation.state is not GraduationState.PROPOSED,
)  # fmt: skip
UNREPORTED = FirmNeed(
    "move:reported", N_("已有〔%(carrier)s〕办理的毕业记录（%(state)s），在该记录上更正或撤销。"),
    lambda c: c.graduation is None or c.graduated,
    lambda c: {
        "carrier": c.graduation.carrier.name if c.graduation else "",
        "state": c.graduation.state.label if c.graduation else "",
    },
)  # fmt: skip
HAS_GRADUATED = FirmNeed("move:not_graduated", N_("企业尚未毕业。"), lambda c: c.graduated)
FREE = FirmNeed(
    "move:held", N_("企业现在〔%(carrier)s〕，先由其办理离园，或申请转入。"),
    lambda c: c.present is None,
    lambda c: {"carrier": c.running.carrier.name},
)  # fmt: skip
ELSEWHERE = FirmNeed(
    "move:already_here", N_("企业已在本载体。"),
    lambda c: c.present is None or c.carrier is None or c.present.carrier_id != c.carrier.id,
)  # fmt: skip
HAS_STAYED = FirmNeed(
    "move:never_here", N_("企业没有在本孵化器入孵的记录。"),
    lambda c: c.own is not None and c.own.carrier.tier == INCUBATOR,
)  # fmt: skip
REPORTING = FirmNeed(
    "move:approval_first", N_("本区先同意后毕业，先提请毕业。"), lambda c: mode() != "approve"
)
APPROVING = FirmNeed(
    "move:no_approval", N_("本区由载体直接办理毕业，不必提请。"), lambda c: mode() == "approve"
)
SAME_OPERATOR = FirmNeed(
    "move:ask_first", N_("企业现在〔%(carrier)s〕，不是同一运营主体，先申请转入。"),
    lambda c: c.running.carrier.operator_id == c.by.operator_id,
    lambda c: {"carrier": c.running.carrier.name},
)  # fmt: skip
OTHER_OPERATOR = FirmNeed(
    "move:no_need_to_ask", N_("同一运营主体的载体之间可直接转入，不必申请。"),
    lambda c: c.running.carrier.operator_id != c.by.operator_id,
)  # fmt: skip
NOT_ASKED = FirmNeed(
    "move:asked", N_("已有一份转入申请在等答复。"),
    lambda c: chain.open_request(c.firm, c.by) is None,
)  # fmt: skip
ASKED = FirmNeed("move:not_asked", N_("没有对方的转入申请。"), lambda c: c.request is not None)
STILL_THERE = FirmNeed(
    "move:moved_on", N_("企业已不在申请所列的载体，申请不再有效。"),
    lambda c: c.request is not None and c.running.carrier_id == c.request.from_id,
)  # fmt: skip
NOT_PUSHED = FirmNeed(
    "move:pushed", N_("企业已在推送中。"), lambda c: chain.push_of(c.firm, c.today) is None
)
IS_PUSHED = FirmNeed(
    "move:not_pushed", N_("企业不在推送中。"), lambda c: chain.push_of(c.firm, c.today) is not None
)
IN_POOL = FirmNeed(
    "move:not_in_pool", N_("企业既未毕业也未推送，暂不能提交意向。"),
    lambda c: not c.firm.counted_only and chain.in_pool(c.firm, c.today),
)  # fmt: skip
NO_LIVE_CLAIM = FirmNeed(
    "claim:live", N_("本单位对这家企业已有进行中的意向。"),
    lambda c: chain.live_claim(c.firm, c.by, c.today) is None,
)  # fmt: skip
UNCONFIRMED = FirmNeed(
    "move:confirmed", N_("离园去向已经确认。"),
    lambda c: c.own is not None and not c.own.leave_confirmed,
)  # fmt: skip
UNTRACED = FirmNeed(
    "move:traced", N_("没有待登记的去向。"),
    lambda c: (
        c.own is not None and c.own == c.tie and c.present is None
        and c.own.destination in (None, Destination.UNKNOWN, Destination.LOST)
    ),
)  # fmt: skip
HAS_TIE = FirmNeed(
    "move:no_tie", N_("没有可以更正的入驻记录。"), lambda c: (c.made or c.own) is not None
)


def _not_own(case: GraduationCase) -> bool:
    """A second person is needed only for somebody's own entry."""
    me = case.actor.person_id
    return me is None or me != case.there.reported_by


NOT_OWN_ENTRY = Need[GraduationCase]("move:own_entry", N_("本人登记的事项由另一人办理。"), _not_own)


def _no_other_stay(case: GraduationCase) -> bool:
    row = case.there
    return not any(
        tie.kind == ResidencyKind.GRADUATE_STAY
        and (tie.carrier_id, tie.starts) != (row.carrier_id, row.graduated_on)
        for tie in ties.all_of(case.firm)
    )


NOT_STAYING_ELSEWHERE = Need[GraduationCase](
    "graduation:stays_on", N_("企业已另以毕业企业身份入驻，先作废该入驻记录。"), _no_other_stay
)
HOLDS_AT_ONCE = Need[GraduationCase](REPORTING.code, REPORTING.text, lambda c: mode() != "approve")
AGREES_FIRST = Need[GraduationCase](APPROVING.code, APPROVING.text, lambda c: mode() == "approve")
UNTAKEN = Need[ClaimCase](
    "claim:taken", N_("企业已选定另一家，本意向未被接受。"),
    lambda c: chain.accepted_claim(c.firm) is None,
)  # fmt: skip
STILL_HELD = Need[TransferCase](
    STILL_THERE.code, STILL_THERE.text, lambda c: chain.asked_of_host(c.there, c.today)
)
DUE = Need[TransferCase](
    "transfer:not_due", N_("对方答复期限未到，期满后由区主管部门协调。"),
    lambda c: c.there.due_on < c.today or c.there.answered_on is not None,
)  # fmt: skip
