"""The ring as a calendar file (RFC 5545): whole-day entries with lasting identities.

An entry keeps its UID while its clock moves, and SEQUENCE is the number of the last revision, so
a file imported again puts entries at their new days instead of doubling them.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable

from icalendar import Alarm, Calendar, Event

from app.carriers.models import Return
from app.core.days import SHANGHAI, now
from app.core.db import last_revision
from app.core.filters import period as period_words
from app.core.text import N_, _
from app.pipeline.models import Meeting, MeetingState
from app.workbench.deadlines import sheets as sheets_due
from app.workbench.deadlines import words
from app.workbench.deadlines.ring import Clocks
from app.workbench.deadlines.sources import Deadline

ISSUER = "-//Jieli//deadlines//"
#: days before a clock's end at which a calendar reminds
EARLY, LATE = dt.timedelta(days=30), dt.timedelta(days=3)
FOOT = N_("以系统内登记为准；再次导入日历文件即更新。")


def plain(text: str) -> str:
    """Text of one line without control or format characters: neither a line nor a property of
    the file can begin inside it, nor can it be shown in another order."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join("".join(c for c in kept if unicodedata.category(c) != "Cf").split())


def of_firms(found: Iterable[Clocks], sheets: Iterable[Return], title: str) -> bytes:
    """One's own firms, and the returns of one's own carriers."""
    calendar = _empty(title)
    for clocks in found:
        for one in clocks.all:
            calendar.add_component(_entry(clocks.pid, clocks.name, one))
    for sheet in sheets:
        note = period_words(sheets_due.period(sheet))
        mark, name = f"return-{sheet.pid}", sheet.carrier.short_name
        calendar.add_component(_event(mark, sheet.due_on, words.REPORT, name, note))
    return bytes(calendar.to_ical())


def of_firm(pid: str, name: str, found: Iterable[Deadline]) -> bytes:
    """One firm's ring."""
    calendar = _empty(_("%(firm)s 到期提醒", firm=name))
    for one in found:
        calendar.add_component(_entry(pid, name, one))
    return bytes(calendar.to_ical())


def of_meeting(row: Meeting) -> bytes:
    """One meeting with its hours; no firm travels in it."""
    calendar = _empty(row.title)
    made = Event()
    made.add("uid", f"meeting-{row.pid}@jieli")
    made.add("dtstamp", now().replace(microsecond=0))
    made.add("sequence", last_revision())
    for name, hour in (("dtstart", row.starts_at), ("dtend", row.ends_at)):
        at = dt.datetime.combine(row.day, dt.time.fromisoformat(hour), SHANGHAI)
        made.add(name, at.astimezone(dt.UTC))
    made.add("summary", plain(row.title))
    made.add("location", plain(row.place))
    told = [row.host, *(row.agenda or "").splitlines(), _(FOOT)]
    made.add("description", plain(_("；").join(line for line in told if line.strip())))
    gone = row.state is MeetingState.CANCELLED
    made.add("status", "CANCELLED" if gone else "CONFIRMED")
    made.add("class", "PRIVATE")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", plain(row.title))
    alarm.add("trigger", -dt.timedelta(days=1))
    made.add_component(alarm)
    calendar.add_component(made)
    return bytes(calendar.to_ical())


def _empty(title: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", ISSUER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", plain(title))
    return calendar


def _entry(pid: str, name: str, one: Deadline) -> Event:
    mark = f"-{one.mark}" if one.mark else ""
    return _event(f"{pid}-{one.key}{mark}", one.day, one.key, name, one.note)


def _event(mark: str, day: dt.date, key: str, subject: str, note: str) -> Event:
    what = words.word(key)
    title = plain(_("%(firm)s：%(what)s", firm=subject, what=what))
    made = Event()
    made.add("uid", f"{mark}@jieli")
    made.add("dtstamp", now().replace(microsecond=0))
    made.add("sequence", last_revision())
    made.add("dtstart", day)
    made.add("dtend", day + dt.timedelta(days=1))
    made.add("summary", title)
    made.add("description", plain(_("；").join([*([note] if note else []), _(FOOT)])))
    made.add("transp", "TRANSPARENT")
    made.add("class", "PRIVATE")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -(LATE if key in words.SHORT else EARLY))
    made.add_component(alarm)
    return made
