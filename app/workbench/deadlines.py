"""到期提醒: one ring of clocks for each firm of one's own carriers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy import func, or_, select

from app.carriers.models import INCUBATOR, Carrier
from app.core.access import AnyViewer
from app.core.days import now
from app.core.db import session
from app.core.text import N_, _
from app.firms.models import Firm, Milestone, MilestoneKind, Residency, Title
from app.firms.queries import reissues
from app.pipeline import clock
from app.pipeline.models import Application, ApplicationRound, ApplicationState

#: how far ahead a deadline is worth a line
AHEAD = dt.timedelta(days=366)
#: and how near it is shown whatever else comes before it
NEAR = dt.timedelta(days=60)
#: titles whose end a manager must not miss, with the word used in a calendar
TITLES = (
    Title.HNTE,
    Title.TECH_SME,
    Title.INNOVATIVE_SME,
    Title.SPECIALISED_SME,
    Title.LITTLE_GIANT,
)
LIMIT, LEASE, ROUND, RENAME = "limit", "lease", "round", "rename"
WORDS = {
    LIMIT: N_("在孵期限"), LEASE: N_("场地租期"), ROUND: N_("资质申报截止"),
    RENAME: N_("更名换证"),
}  # fmt: skip
#: clocks that go on when their day has passed
OPEN = (LIMIT, RENAME)
#: what fits into a cell
BRIEF = {
    LIMIT: N_("期限"),
    LEASE: N_("租期"),
    ROUND: N_("申报"),
    RENAME: N_("换证"),
    Title.HNTE: N_("高企"),
    Title.TECH_SME: N_("科小"),
    Title.INNOVATIVE_SME: N_("创新型"),
    Title.SPECIALISED_SME: N_("专精特新"),
    Title.LITTLE_GIANT: N_("小巨人"),
}


@dataclass
class Clocks:
    """The deadlines of one firm; those that are passed or near are `pressing`."""

    pid: str
    name: str
    used: int | None = None
    allowed: int | None = None
    ends: dict[str, dt.date] = field(default_factory=dict)
    pressing: list[tuple[dt.date, str]] = field(default_factory=list)

    @property
    def nearest(self) -> tuple[dt.date, str]:
        """When the first deadline is, and which it is."""
        return self.pressing[0]

    def soon(self, day: dt.date) -> list[tuple[dt.date, str]]:
        """Every deadline passed or near; the nearest alone where none is."""
        return [one for one in self.pressing if one[0] <= day + NEAR] or self.pressing[:1]


def word(key: str) -> str:
    """The name of a clock in the reader's language."""
    return _(WORDS[key]) if key in WORDS else Title(key).label


def brief(key: str) -> str:
    """The same in few characters."""
    return _(BRIEF[key])


def rows(viewer: AnyViewer, day: dt.date) -> list[Clocks]:
    """Firms of the viewer's own carriers with a deadline passed or within a year, nearest first."""
    held = _residencies(viewer, day)
    for firm_id, title, expires in _titles(list(held), day):
        held[firm_id].ends[str(title)] = expires
    for firm_id, last in _rounds(list(held), day):
        held[firm_id].ends[ROUND] = last
    for firm_id, due in reissues(list(held), day).items():
        held[firm_id].ends[RENAME] = due
    for clocks in held.values():
        clocks.pressing = sorted(
            (end, key)
            for key, end in clocks.ends.items()
            if end <= day + AHEAD and (end >= day or key in OPEN)
        )
    found = [clocks for clocks in held.values() if clocks.pressing]
    return sorted(found, key=lambda clocks: (clocks.nearest[0], clocks.name))


def _residencies(viewer: AnyViewer, day: dt.date) -> dict[int, Clocks]:
    statement = (
        select(Residency, Firm.pid, Firm.short_name, Firm.incubation_field)
        .join(Firm, Firm.id == Residency.firm_id)
        .join(Carrier, Carrier.id == Residency.carrier_id)
        .where(
            Carrier.organisation_id.in_(viewer.organisation_ids),
            Carrier.tier <= INCUBATOR + 1,
            Residency.counted,
            Residency.starts <= day,
            or_(Residency.ends.is_(None), Residency.ends > day),
        )
        .order_by(Firm.sort_key, Firm.id)
    )
    held = {}
    rows = session.execute(statement).all()
    read = clock.readings([(row.Residency, row.incubation_field) for row in rows], day)
    for tie, pid, name, _field in rows:
        clocks = held[tie.firm_id] = Clocks(pid, name)
        if tie.firm_id in read:
            clocks.ends[LIMIT] = read[tie.firm_id].last
            clocks.used = read[tie.firm_id].used
            clocks.allowed = read[tie.firm_id].allowed
        if tie.lease_ends:
            clocks.ends[LEASE] = tie.lease_ends
    return held


def _titles(firms: list[int], day: dt.date) -> list[tuple[int, Title, dt.date]]:
    """The last valid end of each recognition."""
    statement = (
        select(Milestone.firm_id, Milestone.title, func.max(Milestone.expires_on))
        .where(
            Milestone.firm_id.in_(firms),
            Milestone.kind == MilestoneKind.RECOGNITION,
            Milestone.title.in_(TITLES),
            Milestone.expires_on >= day,
            Milestone.revoked_on.is_(None),
        )
        .group_by(Milestone.firm_id, Milestone.title)
        .order_by(Milestone.firm_id, Milestone.title)
    )
    rows = session.execute(statement)
    return [(firm, title, end) for firm, title, end in rows if title and end]


def _rounds(firms: list[int], day: dt.date) -> list[tuple[int, dt.date]]:
    """The next last day of a round in which a firm is planned and has not handed in."""
    statement = (
        select(Application.firm_id, func.min(ApplicationRound.district_on))
        .join(ApplicationRound, ApplicationRound.id == Application.round_id)
        .where(
            Application.firm_id.in_(firms),
            Application.state == ApplicationState.PLANNED,
            ApplicationRound.district_on >= day,
        )
        .group_by(Application.firm_id)
        .order_by(Application.firm_id)
    )
    return [(firm, last) for firm, last in session.execute(statement)]


def calendar(found: list[Clocks]) -> str:
    """An .ics file (RFC 5545) with one whole-day entry a deadline, remembered 30 days ahead."""
    stamp = now().strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Jieli//deadlines//", "CALSCALE:GREGORIAN"]
    for clocks in found:
        for end, key in clocks.pressing:
            title = _escaped(_("%(firm)s：%(what)s", firm=clocks.name, what=word(key)))
            lines += [
                "BEGIN:VEVENT",
                f"UID:{clocks.pid}-{key}@jieli",
                f"DTSTAMP:{stamp}",
                f"DTSTART;VALUE=DATE:{end:%Y%m%d}",
                f"DTEND;VALUE=DATE:{end + dt.timedelta(days=1):%Y%m%d}",
                f"SUMMARY:{title}",
                "BEGIN:VALARM",
                "ACTION:DISPLAY",
                f"DESCRIPTION:{title}",
                "TRIGGER:-P30D",
                "END:VALARM",
                "END:VEVENT",
            ]
    lines.append("END:VCALENDAR")
    return "".join(folded(line) + "\r\n" for line in lines)


def _escaped(text: str) -> str:
    for char in ("\\", ";", ","):
        text = text.replace(char, "\\" + char)
    return text.replace("\n", "\\n").replace("\r", "")


def folded(line: str) -> str:
    """Lines of at most 75 octets, never split inside a character."""
    parts, size = [""], 0
    for char in line:
        width = len(char.encode())
        if size + width > 75:
            parts.append(" ")
            size = 1
        parts[-1] += char
        size += width
    return "\r\n".join(parts)
