"""承继: whose record a firm carries on, where the district let clock or milestones pass to it."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    FromClause,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.selectable import CTE

from app.core.db import session
from app.criteria import moments
from app.firms.models import Firm, FirmLink, Milestone

if TYPE_CHECKING:
    from app.criteria.stage1 import World

#: What may pass on: the months of incubation, or what happened.
CLOCK, MILESTONES = "clock_passes", "milestones_pass"


def lineage(world: World, passes: str) -> CTE:
    """(subject, holder, until): the firms before a subject, by links made by the day.

    Over several links in a row, `until` is the earliest of their days.
    """
    link = world.table(FirmLink).alias(f"{passes}_first")
    before = world.table(FirmLink).alias(f"{passes}_before")
    first = (
        select(link.c.to_id.label("subject"), link.c.from_id.label("holder"),
               link.c.day.label("until"))
        .where(link.c[passes], link.c.day <= moments.day(), *world.scope(link.c.to_id))
        .cte(f"{passes}_chain", recursive=True)
    )  # fmt: skip
    until = case((before.c.day < first.c.until, before.c.day), else_=first.c.until)
    further = (
        select(first.c.subject, before.c.from_id, until)
        .select_from(first.join(before, before.c.to_id == first.c.holder))
        .where(and_(before.c[passes], before.c.day <= moments.day()))
    )
    chain = first.union(further)
    return (
        select(chain.c.subject, chain.c.holder, func.max(chain.c.until).label("until"))
        .where(chain.c.subject != chain.c.holder)
        .group_by(chain.c.subject, chain.c.holder)
        .cte(f"{passes}_holders")
    )


def milestones(world: World, line: CTE) -> Subquery:
    """What happened, `firm_id` being the firm whose record it counts for: its own milestones,
    and those of a `holder` up to the day of the link by which they pass to it.

    What carries a number (a right, a certificate) and is on record for several of these firms
    counts once: the firm's own entry, else the latest. `line` is the lineage of milestones.
    """
    m = world.table(Milestone).alias("mil_own")
    older = world.table(Milestone).alias("mil_passed")
    rest = [column for column in m.c if column.name != "firm_id"]
    own = select(m.c.firm_id.label("firm_id"), m.c.firm_id.label("holder"), *rest).where(
        *world.scope(m.c.firm_id)
    )
    passed = (
        select(line.c.subject, line.c.holder, *(older.c[column.name] for column in rest))
        .select_from(line.join(older, older.c.firm_id == line.c.holder))
        .where(older.c.day <= line.c.until, ~_recorded_again(world, line, older))
    )
    return union_all(own, passed).subquery("milestones")


def _recorded_again(world: World, line: CTE, older: FromClause) -> Any:
    again = world.table(Milestone).alias("mil_again")
    other = line.alias(f"{MILESTONES}_again")
    numbered = (again.c.kind == older.c.kind, again.c.number == older.c.number)
    own = exists().where(again.c.firm_id == line.c.subject, *numbered)
    later = exists().where(
        other.c.subject == line.c.subject,
        again.c.firm_id == other.c.holder,
        again.c.day <= other.c.until,
        again.c.id > older.c.id,
        *numbered,
    )
    return or_(own, later)


def forebears(ids: Collection[int], passes: str) -> dict[int, set[int]]:
    """Each of some firms with the firms before it whose clock or milestones pass to it."""
    found = {one: {one} for one in ids}
    ahead: dict[int, set[int]] = {one: {one} for one in ids}
    while ahead:
        rows = session.execute(
            select(FirmLink.to_id, FirmLink.from_id)
            .where(FirmLink.to_id.in_(ahead), _column(passes))
            .order_by(FirmLink.id)
        )
        reached: dict[int, set[int]] = {}
        for newer, older in rows:
            for subject in ahead[newer]:
                if older not in found[subject]:
                    found[subject].add(older)
                    reached.setdefault(older, set()).add(subject)
        ahead = reached
    return {one: held - {one} for one, held in found.items()}


def with_heirs(ids: Collection[int]) -> set[int]:
    """Some firms and all to which anything passes from them."""
    found, ahead = set(ids), set(ids)
    while ahead:
        ahead = set(session.scalars(_newer(), {"older": sorted(ahead)})) - found
        found |= ahead
    return found


@cache
def _newer() -> Select[int]:
    """To whom anything passes at once from some firms; asked by each write, so built once."""
    older = FirmLink.from_id.in_(bindparam("older", expanding=True))
    passing = or_(_column(CLOCK), _column(MILESTONES))
    return select(FirmLink.to_id).where(older, passing).order_by(FirmLink.id)


def born(world: World, firms: CTE, line: CTE) -> CTE:
    """(firm_id, founded_on): the day from which a record must be complete, for firms to which
    milestones pass: the earliest on which one of them was founded, none where one is not known.
    """
    f = world.table(Firm).alias("born_holder")
    days = union_all(
        select(firms.c.id.label("firm_id"), firms.c.founded_on.label("founded_on")).where(
            firms.c.id.in_(select(line.c.subject))
        ),
        select(line.c.subject, f.c.founded_on).select_from(line.join(f, f.c.id == line.c.holder)),
    ).subquery("born_days")
    known = func.count(days.c.founded_on) == func.count()
    return (
        select(
            days.c.firm_id,
            case((known, func.min(days.c.founded_on))).label("founded_on"),
        )
        .group_by(days.c.firm_id)
        .cte("born")
    )


def _column(passes: str) -> Any:
    return getattr(FirmLink, passes)
