"""The end of a carrier: announced or entered, what goes on in which other one, and taking back."""

from __future__ import annotations

import datetime as dt

from app.carriers.models import (
    Carrier,
    CarrierStatus,
    CarrierSuccession,
    StatusAct,
    SuccessionKind,
)
from app.carriers.queries import OVER, over_act, standing, succession
from app.carriers.service.profile import add_act
from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.errors import Conflict, DomainError, register_constraints, register_messages
from app.core.text import N_

register_messages(
    {
        "succession_self": N_("前身和后续不能是同一家载体。"),
        "succession_reason": N_("写明作废的理由。"),
        "succession_circle": N_(
            "“%(new)s”已经登记为由“%(old)s”承接，不能再反过来登记；登记有误的，先作废那一条。"
        ),
        "succession_twice": N_("这两家载体之间的承接关系已经登记。"),
        "succession_early": N_("“%(name)s”在 %(day)s 还没有登记，承接关系不能早于两家的登记日。"),
        "succession_over": N_("“%(name)s”自 %(day)s 起已%(act)s，不能在此后承接其他载体。"),
        "act_entered": N_("只有日期未到的取消、注销可以撤销；已生效的登记后续事项。"),
    }
)
register_constraints(
    {
        "uq_carrier_succession": ("succession_twice", "other"),
        "carrier_succession.predecessor_id, carrier_succession.successor_id": (
            "succession_twice",
            "other",
        ),
    }
)


def add_succession(
    *,
    actor: AnyViewer,
    today: dt.date,
    predecessor: Carrier,
    successor: Carrier,
    kind: SuccessionKind,
    day: dt.date,
    document: str | None = None,
    remark: str | None = None,
) -> CarrierSuccession:
    """From a day on a carrier goes on in another. The day may be still to come.

    Changes neither registration nor any firm. Raises `succession_self`, `succession_circle`,
    `succession_over`, `succession_early`, `succession_twice`.
    """
    actor.need(Permission.CARRIER_STATUS)
    if predecessor.id == successor.id:
        raise DomainError("succession_self", "other")
    if succession.follows(successor.id, predecessor.id):
        raise DomainError(
            "succession_circle", "other", old=predecessor.short_name, new=successor.short_name
        )
    ended = over_act(successor, day)
    if ended is not None:
        act, since = ended
        raise DomainError(
            "succession_over", "other", name=successor.short_name, act=act.label,
            day=since.isoformat(),
        )  # fmt: skip
    for one in (predecessor, successor):
        if standing(one.id, day) is None:
            raise DomainError("succession_early", "day", name=one.short_name, day=day.isoformat())
    made = CarrierSuccession(
        predecessor_id=predecessor.id, successor_id=successor.id, kind=kind, day=day,
        document=document, remark=remark,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def close_carrier(
    *,
    actor: AnyViewer,
    today: dt.date,
    carrier: Carrier,
    day: dt.date,
    how: StatusAct = StatusAct.CLOSED,
    document: str | None = None,
    successor: Carrier | None = None,
    kind: SuccessionKind = SuccessionKind.TAKEN_OVER,
    remark: str | None = None,
) -> CarrierStatus:
    """取消 or 注销 (`how`) from a day on, which may be still to come, and who goes on with it.

    Effects: nobody can be admitted there or move there from that day on; its firms stay on
    record where they are and are listed as 待安置. Raises what `add_act` and `add_succession` do.
    """
    made = add_act(actor=actor, today=today, carrier=carrier, act=how, day=day, document=document)
    if successor is not None:
        add_succession(
            actor=actor, today=today, predecessor=carrier, successor=successor, kind=kind,
            day=day, document=document, remark=remark,
        )  # fmt: skip
    return made


def void_succession(
    *, actor: AnyViewer, row: CarrierSuccession, reason: str, rev: int | None = None
) -> None:
    """Take a wrong entry out again; history keeps it, the write its reason.

    Raises `succession_reason` without one, `stale`.
    """
    actor.need(Permission.CARRIER_STATUS)
    if not reason:
        raise DomainError("succession_reason", "reason")
    if rev is not None and row.rev != rev:
        raise Conflict("stale")
    session.delete(row)
    session.flush()


def void_announced(*, actor: AnyViewer, today: dt.date, row: CarrierStatus) -> None:
    """An announced 取消 or 注销 does not take place. Raises `act_entered` once its day has come."""
    actor.need(Permission.CARRIER_STATUS)
    if row.act not in OVER or row.day <= today:
        raise DomainError("act_entered")
    session.delete(row)
    session.flush()
