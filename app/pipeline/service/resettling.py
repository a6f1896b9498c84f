"""整体转入: firms of a carrier that ends pass to another one in one act, exactly as previewed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.carriers.models import Carrier
from app.carriers.queries import over_act, standing
from app.core.access import AnyViewer
from app.core.canonical import canonical, digest_of
from app.core.db import session
from app.core.errors import Conflict, DomainError, from_constraint, register_messages
from app.core.text import N_
from app.firms.models import Firm, Residency
from app.firms.queries.space import hosted_count
from app.pipeline.models import Claim, ClaimState, TransferRequest
from app.pipeline.moves.amends import side_words
from app.pipeline.moves.cases import FirmCase, TieGiven
from app.pipeline.moves.firm import FIRM
from app.pipeline.queries import chain, settling, ties
from app.pipeline.words import FirmAct

register_messages(
    {
        "resettle:changed": N_(
            "预览之后又有变动，没有转入任何企业；请按下面的新预览核对后再确认。"
        ),
        "resettle:none": N_("没有可以转入的企业：勾选企业，或按各行的说明处理后再来。"),
        "resettle:later": N_("这家企业的入驻记录自 %(day)s 开始，转入日须晚于它。"),
        "resettle:unborn": N_("〔%(carrier)s〕在 %(day)s 还没有登记，转入日不能早于它的登记日。"),
        "resettle:before": N_("转入日不能晚于今天。"),
        "resettle:over": N_("〔%(carrier)s〕的登记自 %(day)s 起已%(act)s，那一天不能接收企业。"),
    }
)


@dataclass(frozen=True)
class Line:
    """One firm of the preview: what stands against its going, and what goes with it."""

    firm: Firm
    tie: Residency
    chosen: bool
    refusal: DomainError | None
    #: live claims; the one that the firm has chosen; requests that end; whether it is pushed
    claims: tuple[Claim, ...]
    requests: tuple[TransferRequest, ...]
    pushed: bool
    #: ties at the carrier that end too, besides the counted one
    others: int

    @property
    def goes(self) -> bool:
        """Whether confirming moves it."""
        return self.chosen and self.refusal is None

    @property
    def accepted(self) -> Claim | None:
        """The claim that the firm has chosen."""
        return next((c for c in self.claims if c.state == ClaimState.ACCEPTED), None)

    @property
    def mark(self) -> list[Any]:
        """What going would do, for the digest; who goes is chosen on the preview itself."""
        why = (self.refusal.code, str(self.refusal.values)) if self.refusal else None
        return [
            self.firm.id, self.tie.id, self.tie.rev, why,
            [(c.id, c.rev) for c in self.claims], [(r.id, r.rev) for r in self.requests],
            self.pushed, self.others,
        ]  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """All firms of the carrier with what confirming does, and the room that the receiver has."""

    carrier: Carrier
    receiver: Carrier
    day: dt.date
    lines: list[Line]
    hosted: int
    #: what stands against the whole of it, whoever is chosen
    refusal: DomainError | None = None

    @property
    def going(self) -> list[Line]:
        """Those that confirming moves."""
        return [] if self.refusal else [line for line in self.lines if line.goes]

    @property
    def after(self) -> int:
        """Firms that count at the receiver afterwards."""
        return self.hosted + len(self.going)

    @property
    def excess(self) -> int:
        """By how many it is then beyond what it states; 0 where it states nothing."""
        capacity = self.receiver.capacity
        return 0 if capacity is None else max(self.after - capacity, 0)

    @property
    def digest(self) -> str:
        """The same as long as confirming would do the same."""
        held = [self.carrier.id, self.receiver.id, self.day.isoformat(), self.hosted]
        return digest_of(canonical([held, [line.mark for line in self.lines]]))


def plan(
    *,
    actor: AnyViewer,
    today: dt.date,
    carrier: Carrier,
    receiver: Carrier,
    day: dt.date,
    chosen: Collection[str] | None = None,
) -> Plan:
    """What 整体转入 would do with the firms counted at a carrier today. Writes nothing.

    `chosen`: public ids of firms; all of them where None.
    """
    here = settling.counted_at(carrier, today)
    ids = [tie.firm_id for tie in here]
    claims, asked = chain.live_claims_of(ids, today), settling.open_requests_of(ids)
    later = ties.beginning(carrier, ids, day)
    pushes, beside = chain.pushed_since(ids, today), settling.beside(carrier, ids, day)
    lines = []
    for tie in here:
        case = FirmCase(actor, today, tie.firm, receiver, TieGiven(on=day))
        lines.append(
            Line(
                tie.firm, tie, chosen is None or tie.firm.pid in chosen,
                _refusal(case, tie, day, later.get(tie.firm_id)),
                tuple(claims.get(tie.firm_id, ())), tuple(asked.get(tie.firm_id, ())),
                tie.firm_id in pushes, beside.get(tie.firm_id, 0),
            )
        )  # fmt: skip
    hosted, halt = hosted_count(receiver.id, today), _halt(receiver, today, day)
    return Plan(carrier, receiver, day, lines, hosted, halt)


def _halt(receiver: Carrier, today: dt.date, day: dt.date) -> DomainError | None:
    """Why nobody can go to the receiver from the day."""
    if day > today:
        return DomainError("resettle:before", "day")
    if standing(receiver.id, day) is None:
        return DomainError(
            "resettle:unborn", "receiver", carrier=receiver.short_name, day=day.isoformat()
        )
    ended = over_act(receiver, day)
    if ended is None:
        return None
    act, since = ended
    return DomainError(
        "resettle:over", "receiver", carrier=receiver.short_name, act=act.label,
        day=since.isoformat(),
    )  # fmt: skip


def _refusal(
    case: FirmCase, tie: Residency, day: dt.date, side: Residency | None
) -> DomainError | None:
    """`side`: a further tie that would stay open, begun on or after the day."""
    refusal = FIRM.refusal(FirmAct.RESETTLE, case)
    if refusal is None and day <= tie.starts:
        refusal = DomainError("resettle:later", "day", day=tie.starts.isoformat())
    if refusal is None and side is not None:
        refusal = DomainError("tie:side_later", "day", **side_words(side))
    return refusal


def _move(case: FirmCase) -> None:
    """One firm goes; a refusal, of the moves or of the rows, is told with its name."""
    name = case.firm.short_name
    try:
        FIRM.perform(FirmAct.RESETTLE, case)
    except DomainError as error:
        error.about = name
        raise
    except IntegrityError as error:
        refused = from_constraint(str(error.orig))
        if refused is None:
            raise
        refused.about = name
        raise refused from error


def resettle(
    *,
    actor: AnyViewer,
    today: dt.date,
    carrier: Carrier,
    receiver: Carrier,
    day: dt.date,
    chosen: Collection[str] | None = None,
    remark: str | None = None,
    seen: str | None = None,
) -> list[Residency]:
    """The firms of a carrier that ends, or some of them, go on at another one from a day.

    Needs no word of either side. Each former tie ends with the reason 载体关停或合并, the clock of
    incubation goes on, rooms in use end, requests to take the firm over end, claims stay. `seen`
    is the digest of the preview: raises Conflict `resettle:changed` when it would do anything
    else by now. Raises `resettle:before`, `resettle:unborn`, `resettle:over`, `resettle:none`; what
    only the rows can refuse is raised with the firm's name in `about`, and none has moved.
    """
    found = plan(
        actor=actor, today=today, carrier=carrier, receiver=receiver, day=day, chosen=chosen
    )
    if found.refusal is not None:
        raise found.refusal
    if seen is not None and found.digest != seen:
        raise Conflict("resettle:changed")
    if not found.going:
        raise DomainError("resettle:none")
    made = []
    for line in found.going:
        case = FirmCase(actor, today, line.firm, receiver, TieGiven(on=day, remark=remark))
        _move(case)
        assert case.made is not None
        made.append(case.made)
    session.flush()
    return made
