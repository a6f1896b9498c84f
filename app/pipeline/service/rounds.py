"""Rounds of applications, and the steps of the firms in them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.errors import Conflict, DomainError, register_constraints, register_messages
from app.core.text import N_
from app.firms.models import Firm
from app.firms.service.register import seen
from app.pipeline.models import Application, ApplicationRound, FailReason, RoundKind
from app.pipeline.moves.application import (
    APPLICATION,
    ApplicationCase,
    Certificate,
    last_step,
)
from app.pipeline.queries import rounds
from app.pipeline.words import ApplicationAct

register_messages(
    {
        "round:rule": N_("这项标准没有申报批次，请从列表中选择。"),
        "round:batch": N_("批次从 1 起，写数字。"),
        "round:days": N_("市级截止日不能早于区级截止日。"),
        "round:notice_late": N_("通知日期不能晚于区级截止日。"),
        "round:year": N_("区级截止日最晚在批次年度的下一年，请核对年度或日期。"),
        "round:filed_after": N_("已有 %(n)s 家企业在这一天之后报出，区级截止日不能改到它们之前。"),
        "round:filed_before": N_(
            "已有 %(n)s 家企业在这一天之前报出，通知日期不能改到它们之后；报出日期录错的，"
            "先退回该企业再按实际日期报出。"
        ),
        "round:twice": N_("这一年这项标准的这个批次已经登记过。"),
        "round:held": N_("批次中已有企业，标准、年度、种类不能再改；录错的先作废其中的申报。"),
        "round:not_empty": N_("批次中还有企业，先作废其中的申报再作废批次。"),
        "round:nobody": N_("请至少选择一家企业。"),
        "application:number_twice": N_(
            "%(one)s和%(other)s填了同一证书编号 %(number)s，请核对后分别填写。"
        ),
        "application:taken": N_("企业本年度已申报过这项标准，一年申报一次。"),
    }
)
register_constraints(
    {
        "uq_application_round": ("round:twice", "batch"),
        "application_round.rule, application_round.year": ("round:twice", "batch"),
        "uq_application_year": ("application:taken", None),
        "application.firm_id, application.rule": ("application:taken", None),
    }
)


@dataclass(frozen=True)
class Notice:
    """What a notice says of a round."""

    rule: str
    year: int
    batch: int
    kind: RoundKind
    district_on: dt.date
    city_on: dt.date | None = None
    notice_number: str | None = None
    notice_name: str | None = None
    notice_on: dt.date | None = None


def open_round(*, actor: AnyViewer, notice: Notice) -> ApplicationRound:
    """新建申报批次. The district only.

    Raises `round:rule`, `round:batch`, `round:days`, `round:notice_late`, `round:year`, and
    Conflict `round:twice`.
    """
    actor.need(Permission.ROUND_EDIT)
    row = ApplicationRound()
    _fill(row, notice)
    session.add(row)
    session.flush()
    return row


def edit_round(
    *, actor: AnyViewer, round: ApplicationRound, notice: Notice, rev: int | None
) -> None:
    """Correct a round. Rule, year and kind stay once a firm is in it; no filing lies after its last
    day or before its notice. Raises also `round:held`, `round:filed_after`, `round:filed_before`,
    `stale`."""
    actor.need(Permission.ROUND_EDIT)
    seen(round, rev)
    held = (round.rule, round.year, round.kind)
    if held != (notice.rule, notice.year, notice.kind) and rounds.count_in(round):
        raise DomainError("round:held", "rule")
    late = rounds.filed_after(round, notice.district_on)
    if late:
        raise DomainError("round:filed_after", "district_on", n=late)
    early = rounds.filed_before(round, notice.notice_on) if notice.notice_on else 0
    if early:
        raise DomainError("round:filed_before", "notice_on", n=early)
    _fill(round, notice)
    session.flush()


def void_round(
    *, actor: AnyViewer, round: ApplicationRound, reason: str | None, rev: int | None
) -> None:
    """作废 of a round without firms. Raises `void_reason`, `round:not_empty`, `stale`."""
    actor.need(Permission.ROUND_EDIT)
    seen(round, rev)
    if not reason:
        raise DomainError("void_reason", "reason")
    if rounds.count_in(round):
        raise DomainError("round:not_empty", "reason")
    session.delete(round)
    session.flush()


def _fill(row: ApplicationRound, notice: Notice) -> None:
    if notice.rule not in rounds.TITLES:
        raise DomainError("round:rule", "rule")
    if notice.batch < 1:
        raise DomainError("round:batch", "batch")
    if notice.city_on is not None and notice.city_on < notice.district_on:
        raise DomainError("round:days", "city_on")
    if notice.notice_on is not None and notice.notice_on > notice.district_on:
        raise DomainError("round:notice_late", "notice_on")
    if notice.district_on.year > notice.year + 1:
        raise DomainError("round:year", "district_on")
    with session.no_autoflush:
        same = rounds.like(notice.rule, notice.year, notice.batch, notice.kind)
    if same is not None and same is not row:
        raise Conflict("round:twice", "batch")
    for name, value in vars(notice).items():
        setattr(row, name, value)


def plan(
    *, actor: AnyViewer, today: dt.date, round: ApplicationRound, firm: Firm
) -> Application:  # fmt: skip
    """列入拟申报, by the carrier where the firm is. Raises what the move table refuses, and
    Conflict `application:taken` when another round of the year was first."""
    case = ApplicationCase(actor, today, firm, round)
    APPLICATION.perform(ApplicationAct.PLAN, case)
    return case.there


def advance(
    *,
    actor: AnyViewer,
    today: dt.date,
    application: Application,
    act: ApplicationAct,
    day: dt.date | None = None,
    reason: str | None = None,
    code: FailReason | None = None,
    certificate: Certificate | None = None,
) -> None:
    """One step of an application: 报出, 推荐, 公示, 认定, 未通过, 退回上一步, 作废.

    `day` is the step's, by default today; `certificate` what a recognition's notice says.
    """
    case = ApplicationCase(
        actor, today, application.firm, application.round, application, day, reason, code,
        certificate,
    )  # fmt: skip
    try:
        APPLICATION.perform(act, case)
    except DomainError as error:
        error.about = application.firm.short_name
        raise


@dataclass(frozen=True)
class Step:
    """What is said of one application in a step, as `advance` takes it."""

    application: Application
    day: dt.date | None = None
    reason: str | None = None
    code: FailReason | None = None
    certificate: Certificate | None = None


def advance_all(
    *, actor: AnyViewer, today: dt.date, act: ApplicationAct, steps: list[Step]
) -> None:  # fmt: skip
    """One step of several firms, all or none. Raises `round:nobody`, `application:number_twice`
    where two get the same certificate number, and what `advance` raises."""
    if not steps:
        raise DomainError("round:nobody")
    held: dict[str, str] = {}
    for one in steps:
        number = one.certificate.number if one.certificate else None
        name = one.application.firm.short_name
        if number is not None and held.setdefault(number.casefold(), name) != name:
            said = {"number": number, "one": held[number.casefold()], "other": name}
            raise DomainError("application:number_twice", **said)
    for one in steps:
        advance(actor=actor, today=today, act=act, **vars(one))


def recognise_listed(*, actor: AnyViewer, today: dt.date, applications: list[Application]) -> None:
    """认定 of firms by the recognition that is on record of each, on that one's day, all or none.

    Raises what the move table refuses, `application:not_listed` for a firm without one.
    """
    for one in applications:
        entry = rounds.entered_before(one)
        day = max(rounds.day_of(entry), last_step(one)[1]) if entry else today
        advance(
            actor=actor, today=today, application=one, act=ApplicationAct.RECOGNISE, day=day
        )  # fmt: skip
