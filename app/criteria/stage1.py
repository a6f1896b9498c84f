"""Stage 1: all facts that are asked for, one row a subject, from one grouped CTE a source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    FromClause,
    MetaData,
    Select,
    Table,
    bindparam,
    false,
    or_,
    select,
)
from sqlalchemy.sql.selectable import CTE

from app.carriers.models import Carrier, Site
from app.core.db import Recorded, known
from app.criteria import clock, followed, moments, statements
from app.criteria.facts.attested import Attested
from app.criteria.facts.base import CATALOGUE, Finish
from app.criteria.facts.years import Years
from app.criteria.interval import Aggregate, Col, Interval, among, year_of
from app.criteria.lineage import MILESTONES, lineage, milestones
from app.criteria.tree import Use
from app.firms.models import Firm, Place, Residency, StatedFigure
from app.firms.stated import OF_YEAR

#: Subjects in one statement of the shape `chunk`.
CHUNK = 32
TEMPORARY: dict[str, Any] = {"prefixes": ["TEMPORARY"], "postgresql_on_commit": "DROP"}
#: Subjects of a statement of the shape `set`, however many.
CHOSEN = Table(
    "judging_chosen", MetaData(),
    Column("id", BigInteger, primary_key=True, autoincrement=False), **TEMPORARY,
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """Whom a statement looks at, and whether at the present record or a past one.

    The shapes for many keep to those who are judged each day (`followed`); for `one` or a `chunk`
    whoever is asked for is judged.
    """

    shape: str
    past: bool
    subject: str = "firm"

    def table(self, model: type[Recorded]) -> FromClause:
        """Rows of a record as they are, or as they were known at the bound cut."""
        return known(model, moments.cut() if self.past else None, name=f"{model.__name__}_was")

    def scope(self, subject: Col) -> list[Col]:
        """The condition that keeps a source to the subjects asked for."""
        if self.subject == "firm" and self.shape in ("all", "range", "set"):
            return [*self.within(subject), subject.in_(select(self.followed.c.id))]
        return self.within(subject)

    def within(self, subject: Col) -> list[Col]:
        """The same without looking who is judged each day."""
        if self.shape == "one":
            return [subject == bindparam("subject", type_=BigInteger)]
        if self.shape == "chunk":
            ids = [bindparam(f"subject{n}", type_=BigInteger) for n in range(CHUNK)]
            return [or_(false(), *(subject == one for one in ids))]
        if self.shape == "range":
            low, high = (bindparam(end, type_=BigInteger) for end in ("first", "last"))
            return [subject.between(low, high)]
        if self.shape == "set":
            return [subject.in_(select(CHOSEN.c.id))]
        return []

    @cached_property
    def followed(self) -> CTE:
        """Firms that are judged each day."""
        return followed.firms(self, self.within)

    def subjects(self, ids: list[int]) -> dict[str, int]:
        """Values of the scope's parameters."""
        if self.shape == "one":
            return {"subject": ids[0]}
        if self.shape == "chunk":
            return {f"subject{n}": ids[n] if n < len(ids) else 0 for n in range(CHUNK)}
        if self.shape == "range":
            return {"first": ids[0], "last": ids[-1]}
        return {}


class Grouped:
    """A source grouped by subject, to which facts add their rows or aggregates."""

    def __init__(
        self, name: str, subject: Col, start: Callable[[], Select[Any]], kind: Col | None = None
    ) -> None:
        self.name, self.subject, self.start, self.kind = name, subject, start, kind
        #: bounds of the rows of a fact, by its key, with what sums them up
        self.bounds: dict[str, tuple[Col, Col, Aggregate]] = {}
        self.columns: dict[str, Col] = {}
        #: what a row's kind or key must be for any fact to look at it
        self.kinds: set[str] = set()
        self.cte: CTE | None = None

    @property
    def asked(self) -> bool:
        """Whether any fact asks for it."""
        return bool(self.bounds or self.columns)

    def add(self, **columns: Col) -> None:
        """Aggregates over the rows of a subject, in a source that no fact gives bounds of rows."""
        assert not self.bounds
        self.columns.update(columns)

    def build(self, world: World) -> CTE:
        """The CTE with every aggregate asked for so far; a row's bounds are reckoned once."""
        query, subject = self.start().where(*world.scope(self.subject)), self.subject
        if self.kind is not None:
            query = query.where(among(self.kind, sorted(self.kinds)))
        if self.bounds:
            named: dict[int, Any] = {}
            for key, (low, high, _aggregate) in self.bounds.items():
                for end, column in (("low", low), ("high", high)):
                    named.setdefault(id(column), column.label(f"{key}_{end}"))
            rows = layered(query.add_columns(*named.values()), f"{self.name}_rows")
            (subject, *_ends) = rows.c
            query = select(subject)
            for key, (low, high, aggregate) in self.bounds.items():
                ends = (rows.c[named[id(column)].name] for column in (low, high))
                made = aggregate.columns(*ends)
                self.columns |= {f"{key}_{suffix}": column for suffix, column in made.items()}
        labelled = [expression.label(name) for name, expression in self.columns.items()]
        self.cte = fenced(query.add_columns(*labelled).group_by(subject), self.name)
        return self.cte

    def held(self, key: str) -> dict[str, Col]:
        """The aggregates of a fact, by suffix, once built."""
        assert self.cte is not None
        return {name.removeprefix(f"{key}_"): self.cte.c[name] for name in self.columns
                if name.startswith(f"{key}_")}  # fmt: skip

    def __getitem__(self, name: str) -> Col:
        assert self.cte is not None
        return self.cte.c[name]


def fenced(query: Select[Any], name: str) -> CTE:
    """A CTE that neither engine folds into what reads it; it may be read more than once."""
    return query.cte(name).prefix_with("MATERIALIZED")


def layered(query: Select[Any], name: str) -> CTE:
    """The same where one layer alone reads it: PostgreSQL passes each row on without keeping it."""
    streamed = query.suffix_with("OFFSET 0", dialect="postgresql")
    return streamed.cte(name).prefix_with("MATERIALIZED", dialect="sqlite")


class Gathered:
    """The facts of a statement in the making: sources, and the subjects that they are joined to."""

    #: the subjects' own row, with the column `id`
    subjects: CTE
    #: sources that facts may add columns to, each a row a subject
    groups: list[Grouped]

    def __init__(self, world: World) -> None:
        self.world = world

    def collect(
        self,
        source: Grouped,
        key: str,
        low: Col,
        high: Col,
        aggregate: Aggregate,
        covered: Callable[[], Col] | None = None,
    ) -> Finish:
        """Add the rows of a fact to a source; its bounds come when the sources are joined."""
        source.bounds[key] = low, high, aggregate

        def finish() -> Interval:
            return aggregate.interval(source.held(key), covered() if covered else None)

        return finish

    def extras(self) -> list[CTE]:
        """Further sources, a row a subject with its id first."""
        return []

    def facts(self, uses: list[Use], name: str = "facts") -> CTE:
        """One row a subject with `f<n>_lo`, `_hi` and, where it differs, `_sn` of each use (`f<n>`
        for a code)."""
        finishes = [
            CATALOGUE[use.fact].build(self, f"f{n}", use.arguments) for n, use in enumerate(uses)
        ]
        source: FromClause = self.subjects
        made = [one.build(self.world) for one in self.groups if one.asked]
        for built in (*made, *self.extras()):
            (key, *_rest) = built.c
            source = source.outerjoin(built, key == self.subjects.c.id)
        columns: list[Any] = [self.subjects.c.id]
        for n, finish in enumerate(finishes):
            value = finish()
            if isinstance(value, Interval):
                columns += [value.low.label(f"f{n}_lo"), value.high.label(f"f{n}_hi")]
                if not value.plain:
                    columns.append(value.seen.label(f"f{n}_sn"))
            else:
                columns.append(value.label(f"f{n}"))
        return layered(select(*columns).select_from(source), name)


class Stage(Gathered):
    """The facts of firms."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.firms = self.subjects = self._firms()
        line = lineage(world, MILESTONES)
        m = milestones(world, line)
        self.milestone = m.c
        self.milestones = Grouped("mil", m.c.firm_id, lambda: select(m.c.firm_id), m.c.kind)
        r, c = world.table(Residency), world.table(Carrier)
        s = world.table(Site).alias("tie_site")
        self.residency, self.carrier, self.site = r.c, c.c, s.c
        self.sites = world.table(Site).alias("carrier_site")
        self.residencies = Grouped(
            "res",
            r.c.firm_id,
            lambda: select(r.c.firm_id).select_from(
                r.join(c, c.c.id == r.c.carrier_id).outerjoin(s, s.c.id == r.c.site_id)
            ),
        )
        p = world.table(Place)
        self.place = p.c
        self.places = Grouped("plc", p.c.firm_id, lambda: select(p.c.firm_id))
        valid = statements.newest(world, StatedFigure, "firm_id", "latest", OF_YEAR)
        self.statement = valid.c
        self.stated = Grouped("sta", valid.c.firm_id, lambda: select(valid.c.firm_id), valid.c.key)
        self.stretches = clock.stretches(world)
        spans = self.stretches
        self.clock = Grouped("clk", spans.c.firm_id, lambda: select(spans.c.firm_id))
        self.years = Years(world, self.firms)
        self.attested = Attested(world, self.firms, line)
        self.groups = [self.milestones, self.residencies, self.places, self.stated, self.clock]

    def extras(self) -> list[CTE]:
        """Yearly figures and promises."""
        return [*self.years.build(), *self.attested.build()]

    def _firms(self) -> CTE:
        f = self.world.table(Firm)
        names = (
            "id", "kind", "legal_form", "founded_on", "mainland", "sector", "field",
            "incubation_field", "tech_business", "banned_business", "industry",
        )  # fmt: skip
        query = select(*(f.c[n] for n in names), year_of(f.c.founded_on).label("founded"))
        return fenced(query.where(f.c.merged_into_id.is_(None), *self.world.scope(f.c.id)), "firms")


def held(facts: CTE, n: int) -> Interval:
    """The bounds of the n-th use."""
    high = facts.c[f"f{n}_hi"]
    return Interval(facts.c[f"f{n}_lo"], high, facts.c.get(f"f{n}_sn", high))
