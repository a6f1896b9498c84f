"""到期提醒: one ring of clocks for each firm, and the list of them for one's own firms."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy import select

from app.core.access import AnyViewer
from app.core.db import session
from app.firms.models import Firm
from app.workbench.deadlines import sources, words
from app.workbench.deadlines.sources import Deadline

#: how far ahead a deadline is worth a line
AHEAD = dt.timedelta(days=366)
#: and how near it is shown whatever else comes before it
NEAR = dt.timedelta(days=60)


@dataclass
class Clocks:
    """The deadlines of one firm; those that are passed or near are `pressing`."""

    pid: str
    name: str
    used: int | None = None
    allowed: int | None = None
    #: kind of clock → its first day
    ends: dict[str, dt.date] = field(default_factory=dict)
    all: list[Deadline] = field(default_factory=list)
    pressing: list[tuple[dt.date, str]] = field(default_factory=list)

    @property
    def nearest(self) -> tuple[dt.date, str]:
        """When the first deadline is, and which it is."""
        return self.pressing[0]

    def soon(self, day: dt.date) -> list[tuple[dt.date, str]]:
        """Every deadline passed or near; the nearest alone where none is."""
        return [one for one in self.pressing if one[0] <= day + NEAR] or self.pressing[:1]


def running(one: Deadline, day: dt.date) -> bool:
    """Whether a clock still says something: it has not run out, or goes on when it has."""
    return one.day >= day or one.key in words.OPEN


def of_firm(viewer: AnyViewer, firm: Firm, day: dt.date) -> list[Deadline]:
    """The ring of one firm: every clock that the viewer may read, the nearest first."""
    found = [one for one in sources.of_firms(viewer, [firm.id], day) if running(one, day)]
    return sorted(found, key=lambda one: (one.day, one.key, one.mark))


def rows(viewer: AnyViewer, day: dt.date) -> list[Clocks]:
    """Firms of the viewer's own carriers with a deadline passed or within a year, nearest first.

    What is due for the carrier as a whole, its returns, is not repeated for each firm.
    """
    ids = sources.subjects(viewer, day)
    names = select(Firm.id, Firm.pid, Firm.short_name).where(Firm.id.in_(ids))
    held = {i: Clocks(pid, name) for i, pid, name in session.execute(names.order_by(Firm.id))}
    found = sorted(sources.of_firms(viewer, ids, day), key=lambda one: (one.day, one.key, one.mark))
    for one in found:
        if one.key != words.REPORT:
            held[one.firm_id].ends.setdefault(one.key, one.day)
            held[one.firm_id].all.append(one)
    limited = [i for i, clocks in held.items() if words.LIMIT in clocks.ends]
    for firm_id, reading in sources.months(limited, day).items():
        held[firm_id].used, held[firm_id].allowed = reading.used, reading.allowed
    for clocks in held.values():
        clocks.all = [one for one in clocks.all if running(one, day) and one.day <= day + AHEAD]
        first = {one.key: one.day for one in reversed(clocks.all)}  # of several bids the next
        clocks.pressing = sorted((end, key) for key, end in first.items())
    pressing = [clocks for clocks in held.values() if clocks.pressing]
    return sorted(pressing, key=lambda clocks: (clocks.nearest[0], clocks.name))
