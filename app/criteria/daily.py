"""The day's judging without an operator: whoever comes first after midnight takes a lease.

The lease is a sealed write: writers run one at a time, so only one process can find that no
other has begun. Each range judged renews it; it lapses when nothing is heard for a while.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
import threading
from collections.abc import Callable

from flask import Flask, current_app
from sqlalchemy import select

from app.core.access import System
from app.core.days import today
from app.core.db import Revision, session, write
from app.criteria import verdicts

ACTOR = System("rules")
TAKE, JUDGE = "verdict:day", "verdict:judge"
#: a judging that has not been heard of for so long may be taken over
LEASE = dt.timedelta(minutes=10)
#: seconds between two looks at the clock
PAUSE = 100
log = logging.getLogger(__name__)


class Taken(Exception):
    """Another process is judging."""


def take(day: dt.date) -> bool:
    """Whether the day's judging is due and now ours."""
    if not verdicts.stale(day):
        return False
    try:
        with write(TAKE, actor=ACTOR) as txn:
            heard = select(Revision.id).where(
                Revision.action.in_((TAKE, JUDGE)),
                Revision.at > txn.at - LEASE,
                Revision.id < txn.rev,
            )
            if session.scalar(heard.limit(1)) is not None:
                raise Taken
    except Taken:
        return False
    return True


def judge_day() -> int | None:
    """Judge whatever is due if nobody else does; the number of changes, or None."""
    day = today()
    return verdicts.judge_stale(day, actor=ACTOR) if take(day) else None


def on_day(app: Flask, work: Callable[[dt.date], None]) -> None:
    """Run `work` once in a while beside the judging; it finds out itself whether it is due."""
    app.extensions.setdefault("day_hooks", []).append(work)


def upkeep() -> None:
    """The day's judging, and what rooms above do each day."""
    judge_day()
    for work in current_app.extensions.get("day_hooks", ()):
        work(today())


def start(app: Flask) -> threading.Thread:
    """Look once in a while, in a thread of a serving process."""

    def watch() -> None:
        pause = PAUSE * (1 + random.random()) / 10  # soon after the start, not all at once
        while not threading.Event().wait(pause):
            pause = PAUSE
            with app.app_context():
                try:
                    upkeep()
                except Exception:
                    log.exception("the day's work failed; it is tried again")

    made = threading.Thread(target=watch, name="daily-judging", daemon=True)
    made.start()
    return made
