"""会议纪要: what a meeting was and what came of it, frozen in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from flask_babel import force_locale

from app.core.canonical import canonical, digest_of
from app.core.terms import term
from app.core.text import LOCALES, _
from app.pipeline.models import Meeting, MeetingTask
from app.pipeline.queries import meetings


@dataclass(frozen=True)
class Guest:
    """An invited carrier: its public id, its answer and who came."""

    pid: str
    name: str
    answer: str
    came: bool
    who: str


@dataclass(frozen=True)
class Result:
    """How a firm and a carrier parted."""

    pid: str
    carrier: str
    outcome: str
    note: str


@dataclass(frozen=True)
class Line:
    """A firm on the table: public ids of it and of its host at the time, and the results."""

    pid: str
    firm: str
    sector: str
    host_pid: str
    host: str
    results: list[Result]
    #: results that the reader does not see
    hidden: int = 0


@dataclass(frozen=True)
class Task:
    """What is to be done."""

    what: str
    pid: str
    firm: str
    carrier_pid: str
    carrier: str
    who: str
    due: str
    done: str


@dataclass(frozen=True)
class Paper:
    """The minutes: `unnamed` firms and `others` invited are counted."""

    title: str
    day: str
    hours: str
    place: str
    host: str
    agenda: str
    guests: list[Guest]
    lines: list[Line]
    tasks: list[Task]
    unnamed: int = 0
    others: int = 0


def assemble(row: Meeting) -> Paper:
    """The minutes as things stand, in the reader's language. A firm for counting only is
    counted, never named, whoever reads them."""
    guests, entries, held = meetings.guests(row), meetings.entries(row), meetings.talks(row)
    open_ = [one for one in entries if not one.firm.counted_only]
    ids = {one.id for one in open_}
    lines = [
        Line(
            one.firm.pid, one.firm.name, term("sector", one.firm.sector) or "",
            one.host.pid if one.host else "", one.host.name if one.host else "",
            [
                Result(g.carrier.pid, g.carrier.short_name, talk.outcome.label, talk.note or "")
                for g in guests if (talk := held.get((one.id, g.id))) is not None
            ],
        )
        for one in open_
    ]  # fmt: skip
    return Paper(
        title=row.title,
        day=row.day.isoformat(),
        hours=f"{row.starts_at}—{row.ends_at}",
        place=row.place,
        host=row.host,
        agenda=row.agenda or "",
        guests=[
            Guest(g.carrier.pid, g.carrier.name, g.answer.label, g.answer.value == "coming",
                  g.who or "")
            for g in guests
        ],
        lines=lines,
        tasks=[
            _task(one) for one in meetings.all_tasks(row)
            if one.entry_id is None or one.entry_id in ids
        ],
        unnamed=len(entries) - len(open_),
    )  # fmt: skip


def _task(one: MeetingTask) -> Task:
    firm = one.entry.firm if one.entry else None
    return Task(
        one.what, firm.pid if firm else "", firm.short_name if firm else "",
        one.carrier.pid if one.carrier else "",
        one.carrier.short_name if one.carrier else _("区主管部门"), one.who or "",
        one.due_on.isoformat(), one.done_on.isoformat() if one.done_on else "",
    )  # fmt: skip


def freeze(row: Meeting) -> tuple[str, str]:
    """The minutes in both languages, canonical JSON, and its SHA-256; equal while nothing of the
    meeting has changed."""
    told = {}
    for language in LOCALES:
        with force_locale(language):
            told[language] = asdict(assemble(row))
    text = canonical(told)
    return text, digest_of(text)


def thaw(text: str, language: str) -> Paper:
    """The minutes as they were made."""
    held = json.loads(text)[language]
    lines = [
        Line(**{**one, "results": [Result(**it) for it in one["results"]]}) for one in held["lines"]
    ]
    guests = [Guest(**one) for one in held["guests"]]
    tasks = [Task(**one) for one in held["tasks"]]
    return Paper(**{**held, "guests": guests, "lines": lines, "tasks": tasks})


def told_to(
    paper: Paper, *, names: Iterable[str], mine: Iterable[str], homes: Iterable[str]
) -> Paper:
    """The minutes as an invited carrier or an incubator reads them: firms that it may name, its
    own results, and of its own firms (`homes`) all; everybody else is counted."""
    named, own, home = set(names), set(mine), set(homes)

    def line(one: Line) -> Line:
        if one.host_pid in home:
            return one
        kept = [it for it in one.results if it.pid in own]
        host = {"host": "", "host_pid": ""}
        return replace(one, results=kept, hidden=len(one.results) - len(kept), **host)

    brought = {one.pid for one in paper.lines if one.host_pid in home}
    guests = paper.guests if home else [one for one in paper.guests if one.pid in own]
    shown = [one if one.pid in own else replace(one, who="") for one in guests]
    tasks = [one for one in paper.tasks if one.carrier_pid in own | home or one.pid in brought]
    lines = [line(one) for one in paper.lines if one.pid in named]
    return replace(
        paper, guests=shown, lines=lines,
        tasks=[one if one.pid in named or not one.pid else replace(one, firm="") for one in tasks],
        unnamed=paper.unnamed + len(paper.lines) - len(lines),
        others=len(paper.guests) - len(shown),
    )  # fmt: skip
