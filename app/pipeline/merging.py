"""What the register asks of the chain: is it used, move it to the firm that stays, take it out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select

from app.core.access import AnyViewer
from app.core.db import session
from app.core.errors import DomainError, register_messages
from app.core.text import N_
from app.firms.models import Firm, Milestone, Residency
from app.firms.service.milestones import twin
from app.pipeline import clock
from app.pipeline.models import (
    Application,
    Claim,
    ClaimState,
    ClaimStep,
    Graduation,
    GraduationState,
    Handover,
    HandoverBody,
    Mediation,
    MeetingEntry,
    MeetingTalk,
    MeetingTask,
    Opinion,
    Push,
    TransferRequest,
    TransferState,
)
from app.pipeline.moves.sides import is_district
from app.pipeline.moves.tie_effects import stop_push
from app.pipeline.queries import chain, mediations, ties
from app.pipeline.queries.handovers import STANDING
from app.pipeline.queries.rounds import TITLES, held_by, name_of
from app.pipeline.service.mediation import end_over

register_messages(
    {
        "merge:graduations": N_("两条记录都有毕业记录，先撤销其中一条。"),
        "merge:ties": N_("两条记录的计数归属在 %(day)s 重叠，先更正或作废其中一条。"),
        "merge:choices": N_("两条记录都有已选定的承接意向，先释放其中一条。"),
        "merge:claims": N_("〔%(carrier)s〕对两条记录都有进行中的意向，先撤回其中一条。"),
        "merge:requests": N_("〔%(carrier)s〕对两条记录都有待答复的转入申请，先撤回其中一条。"),
        "merge:handovers": N_("两条记录都有发给同一接收方的输送单，先撤回其中一份。"),
        "merge:mediations": N_("两条记录都有进行中的意向协调，等一项结束后再合并。"),
        "merge:applications": N_("两条记录在 %(year)s 年都申报了“%(title)s”，先作废其中一条申报。"),
        "void:application": N_("企业在申报批次中，先作废申报再作废企业。"),
        "void:recognised": N_("这条资质由“%(round)s”认定记入，先在批次名单中退回该企业的认定。"),
        "round:given": N_(
            "这条资质由“%(round)s”认定记入，已有的编号和日期由区主管部门更正，请联系区里。"
        ),
        "void:graduation": N_("企业有毕业记录，先撤销毕业再作废。"),
    }
)

HELD = (ClaimState.OPEN, ClaimState.ACCEPTED)


def decided(firm_ids: list[int]) -> dict[int, int]:
    """By firm the newest revision on which a graduation that holds or waits was judged."""
    statement = select(Graduation.firm_id, func.max(Graduation.cut)).where(
        Graduation.firm_id.in_(firm_ids), Graduation.state != GraduationState.DECLINED
    )
    found = session.execute(statement.group_by(Graduation.firm_id))
    return {firm_id: cut for firm_id, cut in found if cut is not None}


def _rows(model: Any, firm: Firm) -> list[Any]:
    return list(session.scalars(select(model).where(model.firm_id == firm.id).order_by(model.id)))


def merge(*, actor: AnyViewer, today: dt.date, firm: Firm, into: Firm) -> None:
    """Ties, graduation, pushes, claims and requests pass to the firm that stays.

    Refused where both would hold what a firm has once; somebody then says which one is right.
    """
    if ties.graduation_of(firm) is not None and ties.graduation_of(into) is not None:
        raise DomainError("merge:graduations", "code")
    _refuse_overlap(firm, into)
    _refuse_two_claims(firm, into)
    end_over(mediations.stored_live([firm.id, into.id]), today)
    if mediations.live_of(firm) is not None and mediations.live_of(into) is not None:
        raise DomainError("merge:mediations", "code")
    _refuse_two_sheets(firm, into)
    _merge_applications(firm, into)
    if chain.push_of(into, today) is not None:
        stop_push(firm, today)
    for model in (Residency, Graduation, Push, Claim, TransferRequest, Mediation, Handover):
        for row in _rows(model, firm):
            row.firm_id = into.id
    _merge_tables(firm, into)
    session.flush()
    clock.rewind(into, today)


def _merge_tables(firm: Firm, into: Firm) -> None:
    """Their places at meetings; where both were on one table, one place with what came of both."""
    held = {row.meeting_id: row for row in _rows(MeetingEntry, into)}
    for row in _rows(MeetingEntry, firm):
        kept = held.get(row.meeting_id)
        if kept is None:
            row.firm_id = into.id
            continue
        talked = select(MeetingTalk.guest_id).where(MeetingTalk.entry_id == kept.id)
        guests = set(session.scalars(talked.order_by(MeetingTalk.id)))
        for one in _parts(MeetingTalk, MeetingTalk.entry_id, row.id):
            if one.guest_id in guests:
                session.delete(one)
            else:
                one.entry_id = kept.id
        for one in _parts(MeetingTask, MeetingTask.entry_id, row.id):
            one.entry_id = kept.id
        session.flush()
        session.delete(row)


def _parts(model: Any, key: Any, number: int) -> list[Any]:
    return list(session.scalars(select(model).where(key == number).order_by(model.id)))


def _refuse_overlap(firm: Firm, into: Firm) -> None:
    found = [t for one in (firm, into) for t in ties.all_of(one) if t.counted]
    found.sort(key=lambda tie: tie.starts)
    for before, after in pairwise(found):
        if before.ends is None or before.ends > after.starts:
            raise DomainError("merge:ties", "code", day=after.starts.isoformat())


def _refuse_two_claims(firm: Firm, into: Firm) -> None:
    if chain.accepted_claim(firm) is not None and chain.accepted_claim(into) is not None:
        raise DomainError("merge:choices", "code")
    held = {row.carrier_id for row in chain.standing_claims(into, *HELD)}
    for row in chain.standing_claims(firm, *HELD):
        if row.carrier_id in held:
            raise DomainError("merge:claims", "code", carrier=row.carrier.name)
    asked = {row.to_id for row in _rows(TransferRequest, into) if row.state == TransferState.OPEN}
    for row in _rows(TransferRequest, firm):
        if row.state == TransferState.OPEN and row.to_id in asked:
            raise DomainError("merge:requests", "code", carrier=row.to_carrier.name)


def _refuse_two_sheets(firm: Firm, into: Firm) -> None:
    held = [
        {(row.from_id, row.to_id) for row in _rows(Handover, one) if row.state in STANDING}
        for one in (firm, into)
    ]
    if held[0] & held[1]:
        raise DomainError("merge:handovers", "code")


def _merge_applications(firm: Firm, into: Firm) -> None:
    """Applications pass over, to the recognition of the record that stays where it has the same."""
    held = {(row.rule, row.year) for row in _rows(Application, into)}
    for row in _rows(Application, firm):
        if (row.rule, row.year) in held:
            title = TITLES[row.rule].label
            raise DomainError("merge:applications", "code", year=row.year, title=title)
        row.firm_id = into.id
        if row.milestone is None:
            continue
        with session.no_autoflush:
            row.milestone.firm_id = into.id
            same = twin(row.milestone)
        session.expire(row.milestone, ["firm_id"])
        if same is not None:
            row.milestone_id, row.made = same.id, False


def keep_recognised(*, row: Any) -> None:
    """A recognition that came of an application is not voided by itself."""
    if not isinstance(row, Milestone):
        return
    made = held_by(row.id)
    if made is not None:
        raise DomainError("void:recognised", "reason", round=name_of(made.round))


#: what the recognition of a round says
GIVEN = ("day", "announced_on", "filed_on", "issued_on", "revoked_on", "number", "expires_on")


def _completes(row: Milestone, name: str, value: Any, today: dt.date) -> bool:
    """Whether it fills in a number or a last day that the notice did not say, and ends nothing."""
    if getattr(row, name) is not None:
        return False
    return name == "number" or (name == "expires_on" and value >= today)


def keep_given(
    *, actor: AnyViewer, today: dt.date, row: Milestone, changed: Mapping[str, Any]
) -> None:  # fmt: skip
    """What the district recognised is not undone by whoever records for the firm: number and days
    of a recognition that came of an application are the district's to correct. Raises
    `round:given`."""
    some = [
        name for name in GIVEN
        if name in changed and not _completes(row, name, changed[name], today)
    ]  # fmt: skip
    if not some or is_district(actor):
        return
    made = held_by(row.id)
    if made is not None:
        raise DomainError("round:given", some[0], round=name_of(made.round))


def void(*, actor: AnyViewer, today: dt.date, firm: Firm) -> None:
    """A wrong entry leaves nothing on the chain; the history keeps it."""
    if ties.graduation_of(firm) is not None:
        raise DomainError("void:graduation")
    if _rows(Application, firm):
        raise DomainError("void:application")
    for entry in _rows(MeetingEntry, firm):
        for task in _parts(MeetingTask, MeetingTask.entry_id, entry.id):
            session.delete(task)
    for owner, part, key in (
        (MeetingEntry, MeetingTalk, MeetingTalk.entry_id),
        (Claim, ClaimStep, ClaimStep.claim_id),
        (Mediation, Opinion, Opinion.mediation_id),
        (Handover, HandoverBody, HandoverBody.handover_id),
    ):
        for row in reversed(_rows(owner, firm)):  # a sheet before the one that it replaced
            for one in session.scalars(select(part).where(key == row.id)).all():
                session.delete(one)
            session.flush()
            session.delete(row)
    for model in (Push, TransferRequest):
        for row in _rows(model, firm):
            session.delete(row)
    session.flush()
