"""承继: whose record a firm carries on, where the district let clock or milestones pass to it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.sql.selectable import CTE

from app.core.db import session
from app.criteria import moments
from app.firms.models import FirmLink

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
    passing = or_(_column(CLOCK), _column(MILESTONES))
    while ahead:
        newer = select(FirmLink.to_id).where(FirmLink.from_id.in_(ahead), passing)
        ahead = set(session.scalars(newer.order_by(FirmLink.id))) - found
        found |= ahead
    return found


def _column(passes: str) -> Any:
    return getattr(FirmLink, passes)
