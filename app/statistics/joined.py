"""可比口径: figures of predecessors under the carrier that stands for them.

Rows change the carrier that they count for and nothing else, and each stays one row: sums over
the district are what they were. A carrier that was split, and one that went on in another tier,
stand for themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import FromClause, Select, func, select

from app.carriers.models import Carrier, CarrierSuccession
from app.carriers.queries import succession
from app.core.db import session
from app.core.text import _
from app.statistics.asof import AsOf


def _links(asof: AsOf) -> Select[Any]:
    """(predecessor, successor) of those in force on the day of the question's composition."""
    table = asof.at(CarrierSuccession, "joined_", "id predecessor_id successor_id day")
    old = asof.at(Carrier, "joined_old_", "id tier")
    new = asof.at(Carrier, "joined_new_", "id tier")
    one = (
        select(table.c.predecessor_id, func.min(table.c.successor_id).label("successor_id"))
        .where(table.c.day <= asof.joined)
        .group_by(table.c.predecessor_id)
        .having(func.count() == 1)
        .subquery("joined_one")
    )
    return (
        select(one.c.predecessor_id, one.c.successor_id)
        .join(old, old.c.id == one.c.predecessor_id)
        .join(new, new.c.id == one.c.successor_id)
        .where(old.c.tier == new.c.tier)
    )


def rows(own: FromClause, asof: AsOf) -> FromClause:
    """The rows of an indicator with the carrier at the end of each chain in place of their own."""
    link = _links(asof).cte("joined_link")
    chain = select(link.c.predecessor_id.label("home"), link.c.successor_id.label("at")).cte(
        "joined_chain", recursive=True
    )
    chain = chain.union(
        select(chain.c.home, link.c.successor_id).join(link, link.c.predecessor_id == chain.c.at)
    )
    last = (
        select(chain.c.home, chain.c.at)
        .where(chain.c.at.not_in(select(link.c.predecessor_id)))
        .subquery("joined_last")
    )
    kept = [column for column in own.c if column.name != "carrier_id"]
    stands = func.coalesce(last.c.at, own.c.carrier_id).label("carrier_id")
    source = own.outerjoin(last, last.c.home == own.c.carrier_id)
    return select(*kept, stands).select_from(source).subquery("rows_")


def heirs(asof: AsOf) -> dict[int, int]:
    """predecessor id → the carrier that stands for it; nothing while the switch is off."""
    if asof.joined is None:
        return {}
    links = session.execute(_links(asof).order_by("predecessor_id"))
    return succession.ends((old, new) for old, new in links)


def told(asof: AsOf) -> list[str]:
    """Which carriers were joined, one line for each that stands for others."""
    found = heirs(asof)
    ids = {*found, *found.values()}
    names = select(Carrier.id, Carrier.short_name).where(Carrier.id.in_(sorted(ids)))
    held = {row.id: row.short_name for row in session.execute(names.order_by(Carrier.sort_key))}
    return list(_lines(found, held))


def _lines(found: dict[int, int], names: dict[int, str]) -> Iterator[str]:
    for heir, name in names.items():
        olds = [names[old] for old in names if found.get(old) == heir]
        if olds:
            yield _("%(old)s 计入 %(new)s", old=_("、").join(olds), new=name)
