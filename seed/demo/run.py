"""The demo population from one number: plan, carriers, people, lives, then the writing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import Organisation, Person, Post
from app.carriers.models import Carrier, CarrierSector, Operator, Site
from app.core.db import Revision, filling, refresh_statistics, session, write
from app.criteria.verdicts import judge_all, judge_stale
from app.firms.models import Firm
from seed import reference
from seed.demo.attested import Attested
from seed.demo.carriers import make_world
from seed.demo.chain import Chain
from seed.demo.dice import dice
from seed.demo.figures import Figures
from seed.demo.graduations import Graduations
from seed.demo.lastdays import LastDays, fixed
from seed.demo.life import Lives
from seed.demo.making import REAL, Ids, Makers
from seed.demo.meetings import Meetings
from seed.demo.milestones import Milestones
from seed.demo.names import Names
from seed.demo.needs import Needs
from seed.demo.outside import write_outside
from seed.demo.people import make_people
from seed.demo.plan import Plan
from seed.demo.register import Register
from seed.demo.relay import Relay
from seed.demo.returns import Returns
from seed.demo.rooms import Rooms
from seed.demo.rounds import Rounds
from seed.demo.scenes import Scenes
from seed.demo.slots import SEED, Calendar
from seed.demo.stars import Stars
from seed.demo.stated import Stated
from seed.demo.stream import Stream, Writer
from seed.tables import set_sequences

#: Tables that the reference data has already begun to number.
BEGUN = (Organisation, Person, Post, Operator, Carrier, CarrierSector, Site)
#: The action of the last write.
LAST = "seed:numbers"
#: step, done, whole
Progress = Callable[[str, int, int], None]


class NotEmpty(RuntimeError):
    """The database already holds firms."""


@dataclass
class Population:
    """What was made."""

    firms: int
    rows: int
    #: acts of the last days that a service refused
    refused: list[str]


def is_empty() -> bool:
    """Whether no firm is recorded yet."""
    return session.scalar(select(Firm.id).limit(1)) is None


def half_made() -> bool:
    """Whether a population was begun here and never came to its end."""
    begun, ended = (
        session.scalar(select(Revision.id).where(Revision.action == action).limit(1))
        for action in ("seed:history", LAST)
    )
    return begun is not None and ended is None


def populate(
    *,
    firms: int = REAL,
    today: dt.date,
    seed: int = 1,
    progress: Progress = lambda _step, _done, _whole: None,
) -> Population:
    """Fill an empty database. Raises NotEmpty when it holds firms.

    `firms`: firms and teams in incubation today; whoever left or graduated in ten years comes on
    top, about two and a half times as many. Equal arguments give equal rows on both engines.
    """
    if not is_empty():
        raise NotEmpty
    with filling():
        return _populate(firms, today, seed, progress)


def _populate(firms: int, today: dt.date, seed: int, progress: Progress) -> Population:
    calendar = Calendar(today)
    reference.load(pid=dice(seed, 100).pid, at=calendar.slots[0].at)
    reference.load_rule_book(calendar.start, pid=dice(seed, 104).pid, at=calendar.slots[0].at)
    make = Makers(seed, Ids().after(*BEGUN), Stream(), calendar, firms)
    try:
        made = _lives(make, progress)
        rows = make.stream.total
        done = 0

        def step(count: int) -> None:
            nonlocal done
            done += count
            progress("rows", done, rows)

        with fixed(today):
            refused = _write(make, Writer(progress=step), progress, made)
    finally:
        make.stream.close()
    return Population(made, rows, refused)


def _write(make: Makers, writer: Writer, progress: Progress, firms: int) -> list[str]:
    """The years, then the verdicts, then the last days with what people did on them."""
    calendar, days = make.calendar, LastDays(make)
    judged = 0

    def seen(count: int) -> None:
        nonlocal judged
        judged += count
        progress("verdicts", judged, firms)

    recent = len(calendar.slots) - len(calendar.recent)
    for number, slot in enumerate(calendar.slots[:recent]):
        writer.run(number, slot, make.stream)
    at = calendar.slots[recent - 1].at
    with write("seed:count", actor=SEED, at=at):
        refresh_statistics()
    judge_all(calendar.today, actor=SEED, seen=seen, at=at)
    for number, slot in enumerate(calendar.slots[recent:], recent):
        writer.run(number, slot, make.stream, judged=True)
        days.run(slot.day)
    # What was written to firms left the verdicts of their carriers behind.
    judge_stale(calendar.today, actor=SEED, at=days.ends_at)
    Rounds(make).write(days.ends_at)
    Relay(make, days).write()
    Rooms(make).write(days.ends_at)
    Meetings(make, days).write()
    with write(LAST, actor=SEED, at=days.ends_at):
        set_sequences(make.ids.models())
        refresh_statistics()
    return days.refused


def _lives(make: Makers, progress: Progress) -> int:
    world = make_world(make)
    people = make_people(make, world)
    returns = Returns(make, world, people)
    register = Register(make, Names(make.seed))
    scenes = Scenes(make, world, register, returns)
    scenes.write()
    write_outside(make)
    plan = Plan(make, given=scenes.incubating)
    milestones = Milestones(make)
    parts = (
        Figures(make, returns),
        milestones,
        Attested(make, returns),
        Stated(make),
        Stars(make, milestones),
        Graduations(make, people),
        Chain(make, world),
        Needs(make),
    )
    start, today = make.calendar.start.toordinal(), make.calendar.today.toordinal()
    lives = Lives(make.seed, world, start, today)
    whole, number = plan.total(), 0
    for group in plan.groups():
        for index in range(group.count):
            number += 1
            life = lives.make(group, index, number)
            firm_id = register.write(life)
            for part in parts:
                part.write(life, firm_id)
            if number % 500 == 0:
                progress("firms", number, whole)
    progress("firms", number, whole)
    return number + len(scenes.given)
