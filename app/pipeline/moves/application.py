"""The move table of firms in a round of applications."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from app.core.access import AnyViewer
from app.core.access import Permission as P
from app.core.db import session
from app.core.errors import DomainError, register_messages
from app.core.filters import day as day_words
from app.core.text import N_, Coded
from app.firms.models import Firm, FirmKind, MilestoneKind
from app.firms.queries.certificates import held_elsewhere, holder
from app.firms.service import log_milestone, void_entry
from app.firms.service.milestones import check_days
from app.pipeline.models import Application, ApplicationRound, FailReason
from app.pipeline.models import ApplicationState as S
from app.pipeline.moves.sides import is_district
from app.pipeline.moves.table import Effect, Move, Need, Side, Table, move
from app.pipeline.queries import rounds, ties
from app.pipeline.words import Absent
from app.pipeline.words import ApplicationAct as A

NONE = Absent.APPLICATION

register_messages(
    {
        "application:order": N_("日期不能早于上一步的 %(day)s。"),
        "application:late": N_("区级截止日是 %(day)s，报出不能更晚；确有延期由区里改期。"),
        "application:early": N_("本批次的通知日期是 %(day)s，报出不能更早。"),
        "application:early_year": N_("本批次属于 %(year)s 年度，报出不能早于 %(day)s。"),
        "application:fail_code": N_("请选择未通过的原因。"),
        "application:fail_note": N_("原因选“其他”时，请写明是什么。"),
        "application:number_elsewhere": N_(
            "证书编号 %(number)s 已登记在“%(holder)s”名下，请与通知核对。那一条录错的先更正，"
            "两家有承继关系的先登记承继。"
        ),
        "application:reason": N_("请写明理由。"),
    }
)  # fmt: skip


@dataclass
class Certificate:
    """What the notice of a recognition says of one firm."""

    number: str | None = None
    issued_on: dt.date | None = None
    expires_on: dt.date | None = None


@dataclass
class ApplicationCase:
    """A firm in a round, there or not yet."""

    actor: AnyViewer
    today: dt.date
    firm: Firm
    round: ApplicationRound
    row: Application | None = None
    day: dt.date | None = None
    reason: str | None = None
    code: FailReason | None = None
    certificate: Certificate | None = None

    def state(self) -> Coded:
        """Its state; `Absent.APPLICATION` when the firm is not in the round."""
        row = rounds.application_in(self.firm, self.round)
        return row.state if row else NONE

    @property
    def there(self) -> Application:
        """The application, where the table has made sure of one."""
        assert self.row is not None
        return self.row

    @property
    def on(self) -> dt.date:
        """The day of the step, by default today. Raises `future_day`."""
        day = self.day or self.today
        if day > self.today:
            raise DomainError("future_day", "day", today=self.today)
        return day


# ---- whose act --------------------------------------------------------------------------------


def _hosts(case: ApplicationCase) -> bool:
    tie = ties.latest(case.firm, case.today)
    running = tie is not None and ties.runs(tie, case.today)
    carriers = [tie.carrier] if tie is not None and running else []
    if case.row is not None and not carriers:
        carriers.append(case.row.carrier)
    return any(ties.acts_for(case.actor, carrier) for carrier in carriers)


HOST: Side[ApplicationCase] = Side(N_("企业所在载体"), _hosts)
DISTRICT: Side[ApplicationCase] = Side(
    N_("区主管部门"), lambda c: c.actor.may(P.APPLICATION_DECIDE) and is_district(c.actor)
)
EITHER: Side[ApplicationCase] = Side(
    N_("企业所在载体或区主管部门"), lambda c: HOST.holds(c) or DISTRICT.holds(c)
)

# ---- what must hold ---------------------------------------------------------------------------

Condition = Need[ApplicationCase]


def _others_name(case: ApplicationCase) -> dict[str, object]:
    row = rounds.application_of_year(case.firm, case.round)
    return {"round": rounds.name_of(row.round) if row else ""}


A_FIRM = Condition(
    "application:team", N_("创业团队没有信用代码，不能申报，先办理转企业。"),
    lambda c: c.firm.kind is FirmKind.FIRM,
)  # fmt: skip
RESIDENT = Condition(
    "application:nowhere",
    N_("企业现在不在任何载体，先办理入驻。"),
    lambda c: (tie := ties.latest(c.firm, c.today)) is not None and ties.runs(tie, c.today),
)
OPEN = Condition(
    "application:closed", N_("区级截止日 %(day)s 已过，不能再列入。"),
    lambda c: c.today <= c.round.district_on,
    lambda c: {"day": day_words(c.round.district_on)},
)  # fmt: skip
ONCE = Condition(
    "application:once", N_("企业本年度已在“%(round)s”中，同一标准一年申报一次。"),
    lambda c: rounds.application_of_year(c.firm, c.round) is None, _others_name,
)  # fmt: skip
ON_RECORD = Condition(
    "application:not_listed",
    N_("公示以前只能按已登记的资质记认定：名单还没有比对进来，或证书还没有登记。"),
    lambda c: c.row is not None and rounds.entered_before(c.row) is not None,
)  # fmt: skip

# ---- what happens -----------------------------------------------------------------------------

#: the day of each step, in their order
STEPS = {
    S.PLANNED: "planned_on",
    S.FILED: "filed_on",
    S.RECOMMENDED: "recommended_on",
    S.ANNOUNCED: "announced_on",
    S.RECOGNISED: "recognised_on",
}


def last_step(row: Application, leave_out: S | None = None) -> tuple[S, dt.date]:
    """The step that was taken last and its day."""
    taken = [(state, getattr(row, name)) for state, name in STEPS.items() if state != leave_out]
    return next((state, day) for state, day in reversed(taken) if day is not None)


def _insert(case: ApplicationCase) -> None:
    tie = ties.latest(case.firm, case.today)
    assert tie is not None
    case.row = Application(
        round_id=case.round.id, rule=case.round.rule, year=case.round.year, firm_id=case.firm.id,
        carrier_id=tie.carrier_id, state=S.PLANNED, planned_on=case.today, made=False,
    )  # fmt: skip
    session.add(case.row)
    session.flush()


def _in_order(case: ApplicationCase, leave_out: S | None = None) -> dt.date:
    """The day of a step, which comes after the step before. Raises `application:order`."""
    before = last_step(case.there, leave_out)[1]
    if case.on < before:
        raise DomainError("application:order", "day", day=day_words(before))
    return case.on


def _take(state: S) -> Effect[ApplicationCase]:
    def run(case: ApplicationCase) -> None:
        setattr(case.there, STEPS[state], _in_order(case, leave_out=state))
        case.there.state = state

    return Effect(N_("记下这一步和日期"), run)


def _file(case: ApplicationCase) -> None:
    """A firm may have handed in before it was put on the list here, yet not before the notice (or
    the round's year, where the notice's day is not entered), never after the last day."""
    row, day = case.there, case.on
    notice, opens = case.round.notice_on, dt.date(case.round.year, 1, 1)
    if notice is not None and day < notice:
        raise DomainError("application:early", "day", day=day_words(notice))
    if notice is None and day < opens:
        raise DomainError(
            "application:early_year", "day", year=case.round.year, day=day_words(opens)
        )
    if day > case.round.district_on:
        raise DomainError("application:late", "day", day=day_words(case.round.district_on))
    row.state, row.filed_on = S.FILED, day


def _record(case: ApplicationCase) -> None:
    """Link the recognition on record since the firm handed in, completed; else make it."""
    row, given, day = case.there, case.certificate or Certificate(), _in_order(case)
    entry = rounds.entered_before(row)
    row.made = entry is None
    if entry is None or not entry.number:
        _check_number(case, given.number)
    if entry is None:
        entry = log_milestone(
            actor=case.actor, today=case.today, firm=case.firm, kind=MilestoneKind.RECOGNITION,
            title=rounds.TITLES[row.rule], number=given.number, announced_on=row.announced_on,
            filed_on=day, issued_on=given.issued_on or day, expires_on=given.expires_on,
        )  # fmt: skip
    else:
        entry.number = entry.number or given.number
        entry.expires_on = entry.expires_on or given.expires_on
        check_days(entry, case.today)
    row.state, row.recognised_on, row.milestone_id = S.RECOGNISED, day, entry.id


def _check_number(case: ApplicationCase, number: str | None) -> None:
    """A certificate has one holder: the notice's number may not be on record for another firm.
    Raises `application:number_elsewhere`."""
    other = held_elsewhere(case.firm.id, number)
    if other is not None:
        name = holder(case.actor, other)
        raise DomainError("application:number_elsewhere", number=number, holder=name)


def _fail(case: ApplicationCase) -> None:
    row, day = case.there, _in_order(case)
    if case.code is None:
        raise DomainError("application:fail_code", "code")
    if case.code is FailReason.OTHER and not case.reason:
        raise DomainError("application:fail_note", "reason")
    row.state, row.failed_on = S.FAILED, day
    row.fail_code, row.fail_note = case.code, case.reason


def _need_reason(case: ApplicationCase) -> None:
    if not case.reason:
        raise DomainError("application:reason", "reason")


def _unrecord(case: ApplicationCase) -> None:
    """The recognition made here goes with the step that made it; one linked stays on record."""
    row = case.there
    if row.milestone_id is None:
        return
    entry, made = row.milestone, row.made
    row.milestone_id, row.made, row.recognised_on = None, False, None
    row.state = last_step(row)[0]
    session.flush()
    if made and entry is not None:
        void_entry(actor=case.actor, today=case.today, row=entry, reason=case.reason)


def _back(case: ApplicationCase) -> None:
    row = case.there
    if row.state is S.RECOGNISED:
        _unrecord(case)
        return
    if row.state is S.FAILED:
        row.failed_on = row.fail_code = row.fail_note = None
    else:
        setattr(row, STEPS[row.state], None)
    row.state = last_step(row)[0]


def _delete(case: ApplicationCase) -> None:
    _unrecord(case)
    session.delete(case.there)


INSERT = Effect(N_("列入本批次，一家企业同一标准一年一次"), _insert)
FILE = Effect(N_("记下报出日期，不早于通知日期，不晚于区级截止日"), _file)
RECORD = Effect(N_("记入资质里程碑；报出后已登记的同一资质直接关联，不另记"), _record)
FAIL = Effect(N_("记下未通过的日期和原因"), _fail)
REASON = Effect(N_("写明理由"), _need_reason)
BACK = Effect(N_("回到上一步；由本批次记入的资质一并作废，历史保留"), _back)
DELETE = Effect(N_("从批次中去掉，历史保留；企业本年度可再申报"), _delete)


def _failed() -> Move[ApplicationCase]:
    return move(S.FAILED, P.APPLICATION_DECIDE, DISTRICT, FAIL)


def _void() -> Move[ApplicationCase]:
    return move(NONE, P.APPLICATION_DECIDE, DISTRICT, REASON, DELETE)


def _return(*to: Coded) -> Move[ApplicationCase]:
    return Move(frozenset(to), P.APPLICATION_DECIDE, DISTRICT, (), (REASON, BACK))


def _listed() -> Move[ApplicationCase]:
    return move(S.RECOGNISED, P.APPLICATION_DECIDE, DISTRICT, RECORD, needs=(ON_RECORD,))


MOVES: dict[tuple[Coded, Coded], Move[ApplicationCase]] = {
    (NONE, A.PLAN): move(
        S.PLANNED, P.APPLICATION_MAKE, HOST, INSERT, needs=(A_FIRM, RESIDENT, OPEN, ONCE)
    ),
    (S.PLANNED, A.FILE): move(S.FILED, P.APPLICATION_MAKE, HOST, FILE),
    (S.PLANNED, A.VOID): move(NONE, P.FIRM_READ, EITHER, REASON, DELETE),
    (S.FILED, A.RECOMMEND): move(
        S.RECOMMENDED, P.APPLICATION_DECIDE, DISTRICT, _take(S.RECOMMENDED)
    ),
    (S.FILED, A.RECOGNISE): _listed(),
    (S.FILED, A.FAIL): _failed(),
    (S.FILED, A.BACK): move(S.PLANNED, P.FIRM_READ, EITHER, REASON, BACK),
    (S.FILED, A.VOID): _void(),
    (S.RECOMMENDED, A.ANNOUNCE): move(
        S.ANNOUNCED, P.APPLICATION_DECIDE, DISTRICT, _take(S.ANNOUNCED)
    ),
    (S.RECOMMENDED, A.RECOGNISE): _listed(),
    (S.RECOMMENDED, A.FAIL): _failed(),
    (S.RECOMMENDED, A.BACK): _return(S.FILED),
    (S.RECOMMENDED, A.VOID): _void(),
    (S.ANNOUNCED, A.RECOGNISE): move(
        S.RECOGNISED, P.APPLICATION_DECIDE, DISTRICT, RECORD
    ),
    (S.ANNOUNCED, A.FAIL): _failed(),
    (S.ANNOUNCED, A.BACK): _return(S.RECOMMENDED),
    (S.ANNOUNCED, A.VOID): _void(),
    (S.RECOGNISED, A.BACK): _return(*rounds.UNDER_WAY),
    (S.RECOGNISED, A.VOID): _void(),
    (S.FAILED, A.BACK): _return(*rounds.UNDER_WAY),
    (S.FAILED, A.VOID): _void(),
}  # fmt: skip

APPLICATION: Table[ApplicationCase] = Table(N_("资质申报"), (NONE, *S), A, MOVES)
