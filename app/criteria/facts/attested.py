"""填报承诺: since when and until when what is recorded of a kind is complete, without a gap.

Where milestones of a firm before pass on, a promise is about these too: it is complete from the
day on which the earliest of them was founded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import String, and_, case, cast, func, or_, select
from sqlalchemy.sql.selectable import CTE

from app.criteria import moments
from app.criteria.exact import next_day
from app.criteria.interval import Col, among, flag
from app.criteria.lineage import born
from app.firms.models import Attestation

if TYPE_CHECKING:
    from app.criteria.stage1 import World

#: Stands for an attestation of all kinds.
EVERY = "*"


class Attested:
    """Coverage by chains of attestations: an island is a run of them without a missing day."""

    def __init__(self, world: World, firms: CTE, line: CTE) -> None:
        self.world, self.firms, self.line = world, firms, line
        self.asked: dict[str, tuple[str, Any]] = {}
        #: kind and freshness, by the name of the day since when it is covered
        self.chains: dict[str, tuple[str, int]] = {}
        self.cte: CTE | None = None

    def ask(self, kind: str, since: Any, freshness: int) -> str:
        """Ask whether a kind is covered from a bound day (None: since the firm exists)."""
        chain = f"{kind}_{freshness}"
        name = f"{kind}_{since.key if since is not None else 'ever'}_{freshness}"
        self.chains[chain] = kind, freshness
        self.asked[name] = chain, since
        return name

    def covered(self, name: str) -> Col:
        """Whether it is; false without any attestation."""
        assert self.cte is not None
        return func.coalesce(self.cte.c[name], 0) == 1

    def build(self) -> list[CTE]:
        """The grouped CTE, when any fact asks."""
        if not self.asked:
            return []
        a = self.world.table(Attestation)
        own = cast(func.coalesce(a.c.kind, EVERY), String)
        mine = (
            select(a.c.firm_id, own.label("kind"), a.c.starts, a.c.ends)
            .where(*self.world.scope(a.c.firm_id))
            .cte("att_rows")
        )
        keys = select(mine.c.firm_id, mine.c.kind).distinct().cte("att_keys")
        start = func.coalesce(mine.c.starts, moments.dawn())
        spread = (
            select(keys.c.firm_id, keys.c.kind, start.label("starts"), mine.c.ends)
            .select_from(keys.join(mine, keys.c.firm_id == mine.c.firm_id))
            .where(or_(mine.c.kind == keys.c.kind, mine.c.kind == EVERY))
            .cte("att_spread")
        )
        per: dict[str, Any] = {"partition_by": (spread.c.firm_id, spread.c.kind),
               "order_by": (spread.c.starts, spread.c.ends)}  # fmt: skip
        reach = func.max(spread.c.ends).over(**per, rows=(None, -1))
        marked = select(
            *spread.c, case((spread.c.starts > next_day(reach), 1), else_=0).label("gap")
        ).cte("att_marked")
        per = {"partition_by": (marked.c.firm_id, marked.c.kind),
               "order_by": (marked.c.starts, marked.c.ends)}  # fmt: skip
        numbered = select(
            *marked.c, func.sum(marked.c.gap).over(**per, rows=(None, 0)).label("island")
        ).cte("att_numbered")
        island = (
            select(
                numbered.c.firm_id, numbered.c.kind,
                func.min(numbered.c.starts).label("starts"),
                func.max(numbered.c.ends).label("ends"),
            )
            .group_by(numbered.c.firm_id, numbered.c.kind, numbered.c.island)
            .cte("att_islands")
        )  # fmt: skip
        self.cte = self._answers(island)
        return [self.cte]

    def _answers(self, island: CTE) -> CTE:
        """Of each firm the day since when a chain holds, then whether that is early enough."""
        days: list[Any] = [island.c.firm_id]
        for chain, (kind, freshness) in self.chains.items():
            fresh = island.c.ends >= moments.fresh_since(freshness)
            fits = and_(among(island.c.kind, (EVERY, kind)), fresh)
            days.append(func.min(case((fits, island.c.starts))).label(chain))
        since = select(*days).group_by(island.c.firm_id).cte("att_since")
        firms, line = self.firms.alias("att_firms"), born(self.world, self.firms, self.line)
        passed = line.c.firm_id.is_not(None)
        founded = case((passed, line.c.founded_on), else_=firms.c.founded_on)
        columns = []
        for name, (chain, day) in self.asked.items():
            first = since.c[chain]
            early = or_(first <= (day if day is not None else moments.dawn()), first <= founded)
            columns.append(flag(early).label(name))
        joined = since.join(firms, firms.c.id == since.c.firm_id).outerjoin(
            line, line.c.firm_id == since.c.firm_id
        )
        query = select(since.c.firm_id, *columns).select_from(joined)
        return query.cte("att").prefix_with("MATERIALIZED")
