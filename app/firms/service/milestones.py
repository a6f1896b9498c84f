"""Logging and correcting milestones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from app.carriers.models import Verification
from app.carriers.service.trust import entered_by, trust_after
from app.core.access import AnyViewer
from app.core.days import add_years
from app.core.db import session
from app.core.errors import Conflict, DomainError, register_messages
from app.core.text import N_
from app.firms.fields import need_record
from app.firms.hooks import hooks
from app.firms.kinds import SHAPES, typed_fields, word
from app.firms.models import Firm, Milestone, MilestoneKind, MoneyState
from app.firms.papers import Stored
from app.firms.queries.certificates import held_elsewhere, holder
from app.firms.queries.use import Uses
from app.firms.service.evidence import attach
from app.firms.service.register import seen

register_messages(
    {
        "day_needed": N_("请填写日期。"),
        "days_order": N_("日期先后不合：这一天早于前一步。"),
        "expiry_order": N_("到期日应晚于发证日。"),
        "revoked_order": N_("取消日不能早于发证日。"),
        "expiry_far": N_("到期日比发证日晚 %(n)s 年以上，请核对。"),
        "duplicate": N_("与已登记的一条相同：%(what)s，%(day)s。没有重复登记。"),
        "number_elsewhere": N_(
            "证书编号 %(number)s 已登记在“%(holder)s”名下。录错的请改正；确属本企业的（如旧证更名、"
            "承继还没有登记、对方录错），请在备注或更正原因中写明。"
        ),
        "reason_needed": N_("这条数据已用于已报的报表或毕业核对，更正时请写明原因。"),
        "original_needed": N_("外币融资请填写币种、原币金额、汇率和汇率日期。"),
        "numbers_positive": N_("金额和汇率应大于 0。"),
        "amount_received": N_("已到账的融资请填写金额，单位万元，例如 600。"),
        "financing_bare": N_("请至少填写金额、轮次、投资机构中的一项。"),
    }
)

#: Days that lie ahead by nature.
AHEAD = ("expires_on", "ended_on")
#: Steps of one thing, in the order in which they happen.
STEPS = (("announced_on", "filed_on", "issued_on", "reissued_on"), ("applied_on", "granted_on"))
CNY = "CNY"
#: no title of enterprises holds for more years than these: a last day beyond is a slip
MOST_YEARS = 10


def log_milestone(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    kind: MilestoneKind,
    verification: Verification | None = None,
    papers: Iterable[Stored] = (),
    **fields: Any,
) -> Milestone:
    """Log what happened to a firm. `fields` are the columns of `kinds.SHAPES[kind]` and `day`.

    Money in fen. The day defaults to the first of the kind's own days, received money to the
    entry's day. Raises `field_needed`, `day_needed`, `future_day`, `days_order`, `expiry_order`,
    `expiry_far`, `original_needed`, `amount_received`, `financing_bare`, and Conflict
    `duplicate` that names the entry in place or `number_elsewhere`: the certificate's number is
    on record for a firm that is no kin, and no remark says why.
    """
    need_record(actor, firm.id, today)
    entry = Milestone(firm_id=firm.id, kind=kind, verification=verification or entered_by(actor))
    _fill(entry, today, fields)
    _check_number(actor, entry, entry.remark)
    session.add(entry)
    session.flush()
    for stored in papers:
        attach(stored, firm_id=firm.id, milestone_id=entry.id)
    return entry


def correct_milestone(
    *,
    actor: AnyViewer,
    today: dt.date,
    entry: Milestone,
    rev: int | None = None,
    reason: str | None = None,
    papers: Iterable[Stored] = (),
    **fields: Any,
) -> Milestone:
    """Change some columns of an entry; the former version stays in the history.

    Its trust falls to the corrector's.
    Raises `stale`, `reason_needed` once a submitted return or a graduation rests on it, what
    a room above refuses, and what log_milestone raises.
    """
    need_record(actor, entry.firm_id, today)
    seen(entry, rev)
    before = {name: getattr(entry, name) for name in typed_fields(entry.kind)}
    changed = {k: v for k, v in fields.items() if before.get(k) != v}
    if changed and not reason and used(entry):
        raise DomainError("reason_needed", "reason")
    if "title" in changed:  # another title would be another recognition
        for keep in hooks().kept:
            keep(row=entry)
    for refuse in hooks().settled:
        refuse(actor=actor, today=today, row=entry, changed=changed)
    if changed:
        with session.no_autoflush:
            _fill(entry, today, {"day": entry.day, **changed})
            if "number" in changed:
                _check_number(actor, entry, reason or changed.get("remark"))
    if set(changed) - {"remark"}:
        entry.verification = trust_after(entry.verification, actor)
    session.flush()
    for stored in papers:
        attach(stored, firm_id=entry.firm_id, milestone_id=entry.id)
    return entry


def used(entry: Milestone, uses: Uses | None = None) -> bool:
    """Whether a submitted return or a decision rests on what the entry says.

    `uses`: what was looked up for many firms at once.
    """
    found = uses or Uses([entry.firm_id])
    return found.rest_on(entry.firm_id, entry.rev, entry.day, entry.kind)


def _fill(entry: Milestone, today: dt.date, fields: dict[str, Any]) -> None:
    allowed = typed_fields(entry.kind)
    unknown = set(fields) - set(allowed)
    if unknown:
        raise TypeError(f"not a field of {entry.kind}: {sorted(unknown)}")
    for name, value in fields.items():
        setattr(entry, name, value)
    _settle_days(entry)
    _check_needs(entry)
    check_days(entry, today)
    _check_money(entry)
    if entry.id is None or {"money_state", "amount"} & set(fields):
        _check_financing(entry)
    existing = twin(entry)
    if existing is not None:
        what = " ".join(str(part) for part in (word(existing), existing.name) if part)
        raise Conflict("duplicate", "number" if entry.number else "day", what=what,
                       day=existing.day)  # fmt: skip


def _check_number(actor: AnyViewer, entry: Milestone, why: str | None) -> None:
    if entry.kind is not MilestoneKind.RECOGNITION or why:
        return
    other = held_elsewhere(entry.firm_id, entry.number)
    if other is not None:
        raise Conflict("number_elsewhere", "number", number=entry.number,
                       holder=holder(actor, other))  # fmt: skip


def _settle_days(entry: Milestone) -> None:
    """The entry's day from the kind's own days, and received money on that day."""
    own = [getattr(entry, name) for name in SHAPES[entry.kind].days]
    if _empty(entry, "day"):
        entry.day = next((day for day in own if day is not None), entry.day)
    if entry.kind is MilestoneKind.FINANCING:
        if entry.money_state is MoneyState.RECEIVED:
            entry.received_on = entry.received_on or entry.day
        else:
            entry.received_on = None
    if entry.kind is MilestoneKind.RECOGNITION and not any(own):
        entry.issued_on = entry.day


def _empty(entry: Milestone, name: str) -> bool:
    return getattr(entry, name) in (None, "")


def _check_needs(entry: Milestone) -> None:
    if _empty(entry, "day"):
        raise DomainError("day_needed", "day")
    for name in SHAPES[entry.kind].needs:
        if _empty(entry, name):
            raise DomainError("field_needed", name)


def check_days(entry: Milestone, today: dt.date) -> None:
    """Days past, in their order, the last one of a certificate after its first and not far off.
    Raises `future_day`, `days_order`, `revoked_order`, `expiry_order`, `expiry_far`."""
    for name in typed_fields(entry.kind):
        value = getattr(entry, name)
        if isinstance(value, dt.date) and name not in AHEAD and value > today:
            raise DomainError("future_day", name, today=today)
    for steps in STEPS:
        last: dt.date | None = None
        for name in steps:
            value = getattr(entry, name)
            if value is not None and last is not None and value < last:
                raise DomainError("days_order", name)
            last = value or last
    if entry.revoked_on and entry.issued_on and entry.revoked_on < entry.issued_on:
        raise DomainError("revoked_order", "revoked_on")
    begun = entry.issued_on or entry.granted_on or entry.filed_on
    if entry.expires_on is None or begun is None:
        return
    if entry.expires_on <= begun:
        raise DomainError("expiry_order", "expires_on")
    lasting = entry.kind is MilestoneKind.RECOGNITION
    if lasting and entry.expires_on > add_years(begun, MOST_YEARS):
        raise DomainError("expiry_far", "expires_on", n=MOST_YEARS)


def _check_money(entry: Milestone) -> None:
    """A foreign amount stands with its rate; the amount in fen follows from both."""
    if entry.currency in (None, CNY):
        entry.currency = entry.original = entry.rate = entry.rate_on = None
        return
    if entry.original is None or entry.rate is None or entry.rate_on is None:
        raise DomainError("original_needed", "currency")
    if entry.original <= 0 or entry.rate <= 0:
        raise DomainError("numbers_positive", "original")
    entry.amount = (2 * entry.original * entry.rate + 1_000_000) // 2_000_000


def _check_financing(entry: Milestone) -> None:
    """Received money is an amount; a round that is only agreed is told by something at least."""
    if entry.kind is not MilestoneKind.FINANCING:
        return
    if entry.amount is not None and entry.amount <= 0:
        raise DomainError("numbers_positive", "amount")
    if entry.money_state is MoneyState.RECEIVED and entry.amount is None:
        raise DomainError("amount_received", "amount")
    if all(_empty(entry, name) for name in ("amount", "name", "investor_name")):
        raise DomainError("financing_bare", "amount")


def twin(entry: Milestone) -> Milestone | None:
    """An entry of the same firm that says the same thing, if there is one."""
    for group in SHAPES[entry.kind].same:
        telling = [name for name in group if name not in ("name", "investor_name")]
        if any(getattr(entry, name) is None for name in telling):
            continue
        statement = select(Milestone).where(
            Milestone.firm_id == entry.firm_id,
            Milestone.kind == entry.kind,
            *(
                getattr(Milestone, name).is_not_distinct_from(getattr(entry, name))
                for name in group
            ),
        )
        if entry.id is not None:
            statement = statement.where(Milestone.id != entry.id)
        with session.no_autoflush:
            found = session.scalars(statement.order_by(Milestone.id).limit(1)).first()
        if found is not None:
            return found
    return None
