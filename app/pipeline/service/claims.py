"""Acts on claims: submit, follow up, withdraw, and the firm's choice."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app.carriers.models import Carrier, Unit
from app.core.access import AnyViewer, System
from app.core.db import session
from app.core.errors import Conflict, DomainError, register_constraints, register_messages
from app.core.text import N_
from app.firms.models import Firm
from app.firms.papers import Stored
from app.firms.service.evidence import attach
from app.pipeline.models import Claim, ClaimState, ClaimStep, ClaimStepKind
from app.pipeline.moves.cases import ClaimCase, FirmCase
from app.pipeline.moves.claim import CLAIM, follow_days, renewal_limit
from app.pipeline.moves.firm import FIRM
from app.pipeline.moves.rooms import name_room
from app.pipeline.queries import chain
from app.pipeline.queries.ties import acts_for
from app.pipeline.words import ChosenBy, ClaimAct, ClaimEnd, FirmAct

register_messages(
    {
        "claim:token": N_("这张表单已用于另一家企业，请重新打开页面。"),
        "claim:future": N_("跟进日期不能晚于今天。"),
        "claim:before": N_("跟进日期不能早于提交意向的 %(day)s。"),
        "claim:unchosen": N_("企业尚未选定，不能记“%(step)s”；先记录企业选定。"),
        "claim:letter": N_("由意向方记录时，须附企业的选定函。"),
        "claim:planned": N_("计划入驻日期不能早于今天。"),
        "claim:next": N_("下次联系日期须晚于今天。"),
    }
)
#: Steps that only a firm that has chosen takes.
AFTER_CHOICE = frozenset({ClaimStepKind.ARRIVAL, ClaimStepKind.REGISTRATION})

register_constraints(
    {
        "uq_claim_accepted": ("claim:taken", None),
        "uq_claim_live": ("claim:live", None),
        "claim.firm_id, claim.carrier_id": ("claim:live", None),
        "UNIQUE constraint failed: claim.firm_id": ("claim:taken", None),
    }
)


def claim(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    carrier: Carrier,
    token: str,
    planned_on: dt.date | None = None,
    area_m2: int | None = None,
    message: str | None = None,
    unit: Unit | None = None,
    desks: int | None = None,
) -> Claim:
    """提交承接意向. The same token again gives the claim that it made; nothing is written twice.

    Ends the carrier's lapsed claim for the firm, if there is one. With a unit it says which room
    is meant, all that is free of it unless desks or an area are said. Raises what `name_room`
    does, and `claim:planned`.
    """
    made = chain.claim_by_token(token)
    if made is not None:
        if (made.firm_id, made.carrier_id) != (firm.id, carrier.id):
            raise Conflict("claim:token")
        return made
    if planned_on is not None and planned_on < today:
        raise DomainError("claim:planned", "planned_on")
    _end_lapsed(actor, today, firm, carrier)
    draft = Claim(
        firm_id=firm.id,
        carrier_id=carrier.id,
        state=ClaimState.OPEN,
        token=token,
        opened_on=today,
        follow_until=today + dt.timedelta(days=follow_days()),
        renewals=0,
        planned_on=planned_on,
        area_m2=area_m2,
        message=message,
    )
    case = FirmCase(actor, today, firm, carrier)
    inner = ClaimCase(actor, today, firm, carrier, draft=draft)
    case.inner.append(lambda: CLAIM.perform(ClaimAct.OPEN, inner))
    FIRM.perform(FirmAct.CLAIM, case)
    name_room(inner.there, unit, today, desks)
    return inner.there


def change_room(
    *,
    actor: AnyViewer,
    today: dt.date,
    claim: Claim,
    planned_on: dt.date | None = None,
    area_m2: int | None = None,
    unit: Unit | None = None,
    desks: int | None = None,
    rev: int | None = None,
) -> None:
    """改意向房源: another unit or amount is meant, or another day; without a unit, none.

    What an accepted claim keeps changes at once. Raises what `name_room` does, `stale`, and
    `claim:planned` for a day before today that was not said before.
    """
    if rev is not None and claim.rev != rev:
        raise Conflict("stale")
    CLAIM.perform(ClaimAct.ROOM, _case(actor, today, claim))
    if planned_on is not None and planned_on < today and planned_on != claim.planned_on:
        raise DomainError("claim:planned", "planned_on")
    claim.planned_on, claim.area_m2 = planned_on, area_m2
    name_room(claim, unit, today, desks)


def _end_lapsed(actor: AnyViewer, today: dt.date, firm: Firm, carrier: Carrier) -> None:
    if not acts_for(actor, carrier):
        return
    statement = select(Claim).where(
        Claim.firm_id == firm.id,
        Claim.carrier_id == carrier.id,
        Claim.state == ClaimState.OPEN,
        Claim.follow_until < today,
    )
    for row in session.scalars(statement.order_by(Claim.id)):
        CLAIM.perform(ClaimAct.CLOSE, _case(actor, today, row))


def follow_up(
    *,
    actor: AnyViewer,
    today: dt.date,
    claim: Claim,
    step: ClaimStepKind,
    day: dt.date,
    note: str | None = None,
    next_on: dt.date | None = None,
) -> ClaimStep:
    """One follow-up, on a day from the claim's opening on.

    It renews the follow-up period of an open claim until the limit is used up; one that does not
    move the period's end uses nothing up. Raises `claim:future`, `claim:before`, `claim:next`,
    and `claim:unchosen` for an arrival at whom the firm has not chosen.
    """
    if day > today:
        raise DomainError("claim:future", "day")
    if day < claim.opened_on:
        raise DomainError("claim:before", "day", day=claim.opened_on.isoformat())
    if step in AFTER_CHOICE and claim.accepted_on is None:
        raise DomainError("claim:unchosen", "step", step=step.label)
    if next_on is not None and next_on <= today:
        raise DomainError("claim:next", "next_on")
    CLAIM.perform(ClaimAct.FOLLOW, _case(actor, today, claim))
    made = ClaimStep(claim_id=claim.id, step=step, day=day, note=note, next_on=next_on)
    session.add(made)
    until = day + dt.timedelta(days=follow_days())
    open_yet = claim.state == ClaimState.OPEN and claim.renewals < renewal_limit()
    if open_yet and until > claim.follow_until:
        claim.renewals += 1
        claim.follow_until = until
    session.flush()
    return made


def withdraw(
    *, actor: AnyViewer, today: dt.date, claim: Claim, reason: ClaimEnd, note: str | None = None
) -> None:
    """The claimant lets go before the firm has chosen."""
    CLAIM.perform(ClaimAct.WITHDRAW, _case(actor, today, claim, reason, note))


def release(
    *, actor: AnyViewer, today: dt.date, claim: Claim, reason: ClaimEnd, note: str | None = None
) -> None:
    """A claim that the firm had chosen comes to nothing; the firm returns to the pool at once."""
    CLAIM.perform(ClaimAct.RELEASE, _case(actor, today, claim, reason, note))


def choose(*, actor: AnyViewer, today: dt.date, claim: Claim, letter: Stored | None = None) -> None:
    """The firm's choice, recorded by its carrier, or by the claimant with the firm's letter.

    The letter becomes evidence of the firm. Raises Conflict `claim:taken` when the firm has
    chosen another one, `claim:letter` when a claimant has none to show.
    """
    case = _case(actor, today, claim)
    refusal = CLAIM.refusal(ClaimAct.CHOOSE, case)
    if refusal is not None and refusal.code == "claim:taken":
        raise Conflict("claim:taken")
    own = acts_for(actor, claim.carrier) and not isinstance(actor, System)
    case.chosen_by = (ChosenBy.CLAIMANT if own else ChosenBy.HOST).value
    if own and letter is None:
        raise DomainError("claim:letter", "letter")
    CLAIM.perform(ClaimAct.CHOOSE, case)
    if letter is not None:
        claim.letter_id = attach(letter, firm_id=claim.firm_id).id
        session.flush()


def decline(
    *, actor: AnyViewer, today: dt.date, claim: Claim, reason: ClaimEnd, note: str | None = None
) -> None:
    """The firm says no to a claim."""
    CLAIM.perform(ClaimAct.REFUSE, _case(actor, today, claim, reason, note))


def _case(
    actor: AnyViewer,
    today: dt.date,
    row: Claim,
    reason: ClaimEnd | None = None,
    note: str | None = None,
) -> ClaimCase:
    code = reason.value if reason else None
    return ClaimCase(actor, today, row.firm, row.carrier, row, note=note, code=code)
