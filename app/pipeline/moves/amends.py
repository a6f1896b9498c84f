"""Correcting and voiding ties: the days of neighbours and of the graduation stay in step."""

from __future__ import annotations

import datetime as dt

from app.carriers.queries import over_act
from app.core.db import session
from app.core.errors import DomainError, register_messages
from app.core.text import N_
from app.firms import service as firm_service
from app.firms.models import Residency, ResidencyKind, Route
from app.pipeline import clock
from app.pipeline.models import Graduation
from app.pipeline.moves import sides
from app.pipeline.moves.cases import FirmCase, GraduationCase
from app.pipeline.moves.graduation_effects import graduate_tie
from app.pipeline.moves.table import Effect
from app.pipeline.moves.tie_effects import not_future, stop_push
from app.pipeline.queries import ties

register_messages(
    {
        "tie:changed": N_("这一步之后又有变动，先从最近的一步开始作废。"),
        "tie:graduate_stay": N_("毕业留驻由毕业记录产生，撤销毕业即可恢复。"),
        "tie:other_kind": N_(
            "这种入驻方式的计数办法不同：登记有误的，先作废再按新的方式登记；"
            "自某日起转为仅注册的，办理离园并勾选注册地仍在本载体。"
        ),
        "tie:side_later": N_(
            "企业在〔%(carrier)s〕另有自 %(day)s 起的%(kind)s，随整体转入同日结束，转入日须晚于它。"
        ),
        "tie:has_graduation": N_("毕业记录以这条入驻记录为依据，先撤销毕业。"),
        "tie:not_chosen": N_("企业的选定已经结束，这条入驻关系不再延长；企业再次选定后另行登记。"),
        "tie:next_begins": N_("之后的入驻记录自 %(day)s 开始，结束日随它变动，请更正那一条。"),
    }
)


def _born_of(row: Graduation | None, tie: Residency) -> bool:
    """Whether a tie is the 毕业留驻 that a graduation made."""
    return (
        row is not None
        and tie.kind == ResidencyKind.GRADUATE_STAY
        and (tie.carrier_id, tie.starts) == (row.carrier_id, row.graduated_on)
    )


def _basis_of(row: Graduation | None, tie: Residency) -> bool:
    """Whether a graduation rests on a tie."""
    return (
        row is not None
        and tie.counted
        and tie.kind != ResidencyKind.GRADUATE_STAY
        and tie.carrier_id == row.carrier_id
        and tie.starts < row.graduated_on
        and (tie.ends is None or tie.ends >= row.graduated_on)
    )


def _correct(case: FirmCase) -> None:
    given, tie = case.given, case.made
    assert tie is not None
    for name in ("agreement_on", "lease_ends", "signed_on", "registered_on", "taxed_on"):
        setattr(tie, name, getattr(given, name))
    if given.kind != tie.kind:
        if given.kind not in ties.sister_kinds(tie):
            raise DomainError("tie:other_kind", "kind")
        tie.kind = given.kind
    tie.area_m2, tie.remark = given.area_m2, given.remark
    tie.site_id = given.site.id if given.site else None
    row = case.graduation
    based = _basis_of(row, tie)
    ends = tie.ends is not None or not tie.counted
    if ends and given.ends is not None and given.ends <= given.day:
        raise DomainError("tie:before_start", "ends", day=given.day.isoformat())
    # a tie that moves as a whole beyond its former end is at no time without days
    beyond = tie.ends is not None and given.day >= tie.ends
    for step in (_correct_end, _correct_start) if beyond else (_correct_start, _correct_end):
        step(case, tie)
    if based and row is not None and not _basis_of(row, tie):
        raise DomainError("tie:has_graduation", "starts")
    session.flush()
    if tie.counted:
        clock.rewind(case.firm, case.today)


def _correct_start(case: FirmCase, tie: Residency) -> None:
    day = case.given.day
    if day == tie.starts:
        return
    not_future(day, case.today)
    if _born_of(case.graduation, tie):
        raise DomainError("tie:graduate_stay", "starts")
    _still_stands(tie, day)
    _move_start(case, tie, day)


def _correct_end(case: FirmCase, tie: Residency) -> None:
    if tie.ends != case.given.ends:
        _move_end(case, tie, case.given.ends)


def _still_stands(tie: Residency, day: dt.date, field: str = "starts") -> None:
    """A further tie begins at a carrier whose registration stands, corrected as entered; and runs
    on only there."""
    ended = None if tie.counted else over_act(tie.carrier, day)
    if ended is not None:
        act, since = ended
        raise DomainError(
            "move:carrier_over", field, carrier=tie.carrier.short_name, act=act.label,
            day=since.isoformat(),
        )  # fmt: skip


def _move_start(case: FirmCase, tie: Residency, day: dt.date) -> None:
    """The tie that this one ended follows it."""
    former = _before(case, tie)
    if former is not None and former.ends == tie.starts:
        if day <= former.starts:
            raise DomainError("tie:before_start", "starts", day=former.starts.isoformat())
        row = case.graduation
        if _basis_of(row, former) and row is not None and day < row.graduated_on:
            raise DomainError("tie:has_graduation", "starts")
        for side in ties.ended_with(former):
            if day <= side.starts:
                raise DomainError("tie:side_later", "starts", **side_words(side))
            own, why = ties.before_closing(side)
            over = own is not None and own <= day  # by itself, before the firm went
            side.ends, side.leave_reason = (own, why) if over else (day, side.leave_reason)
        earlier, later = (former, tie) if day < tie.starts else (tie, former)
        days = {former.id: ("ends", day), tie.id: ("starts", day)}
        for one in (earlier, later):
            setattr(one, *days[one.id])
            session.flush()
    tie.starts = day


def _move_end(case: FirmCase, tie: Residency, day: dt.date | None) -> None:
    """Emptied: the departure is undone and the tie runs on. Only a further tie that runs is ended
    here; a counted one by what ends it."""
    if tie.ends is None and tie.counted:
        return
    after = next((t for t in ties.all_of(case.firm) if t.counted and t.starts == tie.ends), None)
    if tie.counted and tie.ends is not None and after is not None:
        raise DomainError("tie:next_begins", "ends", day=tie.ends.isoformat())
    if _basis_of(case.graduation, tie):
        raise DomainError("tie:has_graduation", "ends")
    if not tie.counted and tie.ends is not None and (day is None or day > tie.ends):
        _may_run_on(case, tie)
    if day is not None:
        not_future(day, case.today, "ends")
    else:
        tie.destination = tie.destination_id = tie.leave_reason = None
        tie.leave_confirmed = True
        if tie.ends is not None:
            firm_service.resume_search(firm=case.firm, on=tie.ends)
    tie.ends = day


def _may_run_on(case: FirmCase, tie: Residency) -> None:
    """Refuse to let a further tie run longer for who has lost the firm, or where the carrier has
    ended and the firm counts there no more."""
    if not sides.knows(case):
        raise DomainError("tie:not_chosen", "ends")
    if not any(one.counted for one in ties.open_at(case.firm, tie.carrier, case.today)):
        _still_stands(tie, case.today, "ends")


def side_words(side: Residency) -> dict[str, str]:
    """What is said of a further tie in a refusal."""
    return {
        "carrier": side.carrier.short_name, "day": side.starts.isoformat(),
        "kind": side.kind.label,
    }  # fmt: skip


def _before(case: FirmCase, tie: Residency) -> Residency | None:
    """The counted tie before this one."""
    if not tie.counted:
        return None
    return session.scalars(ties.counted(case.firm, tie.starts).limit(1)).first()


def _void(case: FirmCase) -> None:
    """The entry goes (history keeps it); the tie that it had ended runs on."""
    tie, row = case.made, case.graduation
    assert tie is not None
    if _born_of(row, tie):
        raise DomainError("tie:graduate_stay")
    last = ties.latest(case.firm, case.today)
    if tie.counted and last is not None and last.id != tie.id:
        raise DomainError("tie:changed")
    if _basis_of(row, tie):
        raise DomainError("tie:has_graduation")
    former = _before(case, tie)
    session.delete(tie)
    session.flush()
    if tie.counted:
        firm_service.resume_search(firm=case.firm, on=tie.starts)
        stop_push(case.firm, case.today)
    if (
        former is not None
        and former.ends == tie.starts
        and former.destination_id == tie.carrier_id
        and tie.route != Route.ADMITTED
    ):
        _run_on(case, former)


def _run_on(case: FirmCase, former: Residency) -> None:
    """A firm that had graduated meanwhile stays on as a graduate. What 整体转入 had ended beside
    it runs on too.
    """
    row = case.graduation
    for side in ties.ended_with(former):
        side.ends, side.leave_reason = ties.before_closing(side)
    based = case.graduated and _basis_of(row, former)
    former.ends = former.destination = former.destination_id = former.leave_reason = None
    former.leave_confirmed = True
    session.flush()
    if based and row is not None:
        graduate_tie(GraduationCase(case.actor, case.today, case.firm, row.carrier, row))


CORRECT = Effect(N_("更正后重算孵化时限，前后记录的日期随之衔接；原值留在历史中"), _correct)
VOID = Effect(N_("记录作废，被它结束的入驻记录恢复；历史中仍可查"), _void)
