"""What the rule book says on a graduation: asked when a firm graduates, then frozen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app

from app.core.errors import DomainError, register_messages
from app.core.text import N_
from app.criteria.models import Outcome
from app.firms.models import Firm

register_messages({"graduation:no_standard": N_("毕业日期当天没有生效的毕业标准，不能办理。")})

RULE = "incubator.graduation"


@dataclass(frozen=True)
class Judgement:
    """The verdict of a standard on a firm as of a day, ready to be kept.

    `frozen` is the canonical JSON of all findings with day, cut and versions; `frozen_hash` its
    SHA-256 in hex. `missing` names, in the reader's words, what would still have to be entered.
    """

    outcome: Outcome
    #: how pages word the outcome: 资料不全 or 暂未达到 where the outcome is unknown
    display: str
    standard_id: int
    basis: str
    frozen: str
    frozen_hash: str
    judged_on: dt.date
    cut: int
    eligible_on: dt.date | None = None
    missing: tuple[str, ...] = ()


#: (firm, day) → judgement, None when no standard is in force
Judge = Callable[[Firm, dt.date], Judgement | None]


def set_judge(app: Flask, judge: Judge) -> None:
    """Connect the rule book."""
    app.extensions["graduation_judge"] = judge


def look(firm: Firm, day: dt.date) -> Judgement | None:
    """The verdict for a page, None where no standard is in force."""
    found: Judge = current_app.extensions["graduation_judge"]
    return found(firm, day)


def judge(firm: Firm, day: dt.date) -> Judgement:
    """The verdict on a firm's graduation on a day. DomainError when no standard is in force."""
    made = look(firm, day)
    if made is None:
        raise DomainError("graduation:no_standard", "graduated_on")
    return made
