"""A judge that says what a test wants, and short ways to act on the chain."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

from flask import current_app
from sqlalchemy import select

from app.core.access import System
from app.core.db import last_revision, session, write
from app.criteria.models import Outcome, Standard, StandardState
from app.firms.models import Firm
from app.pipeline.judging import RULE, Judgement, set_judge

ACTOR = System("test")


def make_standard() -> int:
    """The graduation standard's row; its id. Writes when there is none."""
    found = session.scalar(select(Standard.id).where(Standard.rule == RULE))
    if found is not None:
        return found
    with write("test:standard", actor=ACTOR):
        made = Standard(
            rule=RULE, version=1, subject="firm", state=StandardState.APPROVED, title="孵化毕业",
            instrument="300号", content="{}", content_hash="0" * 64,
        )  # fmt: skip
        session.add(made)
        session.flush()
        return made.id


def judge_says(outcome: Outcome, *missing: str) -> None:
    """From now on every graduation is judged so."""
    standard = make_standard()

    def judge(firm: Firm, day: dt.date) -> Judgement:
        kept = json.dumps({"firm": firm.code, "day": day.isoformat(), "outcome": outcome.value})
        return Judgement(
            outcome=outcome,
            standard_id=standard,
            basis="9-2" if outcome == Outcome.MET else "",
            frozen=kept,
            frozen_hash=hashlib.sha256(kept.encode()).hexdigest(),
            judged_on=day,
            cut=last_revision(),
            missing=missing,
        )

    set_judge(current_app._get_current_object(), judge)
