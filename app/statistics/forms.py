"""What the address asks for: 统计时点, 数据截至, the counting; checked, its slips told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from app.core.days import SHANGHAI
from app.core.db import Revision, cut_at, last_revision, session
from app.core.forms import parse_day
from app.core.text import _
from app.statistics.asof import AsOf, Count, last_quarter, last_year_end


@dataclass(frozen=True)
class Question:
    """An as-of question with what the form shows of it."""

    asof: AsOf
    today: dt.date
    known_on: dt.date
    slips: tuple[str, ...] = ()
    #: the address's own words for 数据截至, None while it is "now"
    pinned: dict[str, str] = field(default_factory=dict)
    #: the address's own words for 可比口径, none while it is off
    switched: dict[str, str] = field(default_factory=dict)

    @property
    def presets(self) -> list[tuple[str, dt.date]]:
        """Days offered beside the box."""
        yesterday = self.today - dt.timedelta(days=1)
        return [
            (_("今天"), self.today),
            (_("上季末"), last_quarter(yesterday).last_day),
            (_("上年末"), last_year_end(self.today)),
        ]

    def here(self) -> dict[str, str]:
        """Arguments that keep this question on another page."""
        asked = {"as_of": self.asof.day.isoformat(), "count": self.asof.count.value}
        return asked | self.pinned | self.switched


def ask(args: Mapping[str, str], today: dt.date) -> Question:
    """Read the question; whatever cannot be read is replaced and said in `slips`."""
    slips: list[str] = []
    day = _day(args.get("as_of"), today, slips)
    if day > today:
        slips.append(_("统计时点不能晚于今天，已按今天计算。"))
        day = today
    newest = last_revision()
    cut, known_on, pinned = _cut(args, today, newest, slips)
    try:
        count = Count(args.get("count") or Count.VERIFIED)
    except ValueError:
        count = Count.VERIFIED
    joined = _joined(args.get("joined"), day, today, slips)
    asof = AsOf(day, cut, cut == newest, count, joined)
    switched = {} if joined is None else {"joined": args["joined"]}
    return Question(asof, today, known_on, tuple(slips), pinned, switched)


def _day(text: str | None, otherwise: dt.date, slips: list[str]) -> dt.date:
    if not text:
        return otherwise
    try:
        return parse_day(text)
    except ValueError as error:
        slips.append(str(error))
        return otherwise


def _joined(text: str | None, day: dt.date, today: dt.date, slips: list[str]) -> dt.date | None:
    """The day whose carriers stand together: of the question, or as a figure's address names it.
    What cannot be read joins none."""
    if not text or text == "1":
        return day if text else None
    try:
        return min(parse_day(text), today)
    except ValueError as error:
        slips.append(str(error))
        return None


def _cut(
    args: Mapping[str, str], today: dt.date, newest: int, slips: list[str]
) -> tuple[int, dt.date, dict[str, str]]:
    """(cut, the day it stands for, the arguments that keep it)."""
    wanted = args.get("cut", "")
    if wanted.isdecimal() and len(wanted) < 16 and int(wanted) <= newest:
        cut = int(wanted)
        at = session.scalar(select(Revision.at).where(Revision.id == cut))
        shown = at.astimezone(SHANGHAI).date() if at else today
        return cut, shown, {"cut": wanted}
    if wanted:
        slips.append(_("没有这个修订号，已按最新数据计算。"))
    known = _day(args.get("known"), today, slips)
    if known >= today:
        return newest, today, {}
    midnight = dt.datetime.combine(known + dt.timedelta(days=1), dt.time(), SHANGHAI)
    cut = cut_at(midnight - dt.timedelta(microseconds=1))
    return cut, known, {"known": known.isoformat()}
