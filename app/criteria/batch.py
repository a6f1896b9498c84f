"""Many firms judged at once: the facts of a range or set of firms go into a temporary table, each
standard is one INSERT … SELECT over it, and the cache follows in a few statements more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Insert,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    and_,
    case,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.core.db import current_revision, insert_rows, session
from app.criteria.compile import inline, kept, parameters
from app.criteria.models import Verdict, VerdictChange
from app.criteria.plan import Plan, Version
from app.criteria.stage1 import CHOSEN, TEMPORARY, World
from app.criteria.stage2 import Compiler
from app.criteria.subjects import SUBJECTS

#: Columns of a verdict that a judging fills.
FIELDS = (
    "outcome", "display", "candidate", "manual_review", "clauses", "distance", "score_low",
    "score_high",
)  # fmt: skip

#: The verdicts of the range in work, before they go into the cache.
JUDGED = Table(
    "judged", MetaData(),
    Column("standard_id", Integer, primary_key=True, autoincrement=False),
    Column("subject_id", BigInteger, primary_key=True, autoincrement=False),
    Column("outcome", String(16)),
    Column("display", String(16)),
    Column("candidate", Boolean),
    Column("manual_review", Boolean),
    Column("clauses", String(120)),
    Column("distance", Integer),
    Column("score_low", Integer),
    Column("score_high", Integer),
    **TEMPORARY,
)  # fmt: skip


#: Rule → ids of its versions that hold verdicts; the first is the one to compare with.
Former = dict[str, list[int]]


@dataclass(frozen=True)
class Filling:
    """An INSERT … SELECT with what it binds."""

    insert: Insert
    names: frozenset[str]
    numbers: dict[str, int]

    def run(self, day: dt.date, **more: Any) -> None:
        """Execute it for a day."""
        session.execute(self.insert, parameters(self.names, self.numbers, day) | more)


@dataclass(frozen=True)
class Batch:
    """The table of facts with its filling, and a filling of `judged` for each standard."""

    table: Table
    facts: Filling
    standards: tuple[Filling, ...]


def batch(plan: Plan, shape: str) -> Batch:
    """The statements of a plan for a `range` or a `set`, built once and kept."""
    made: Batch = kept((plan.key, plan.hashes, "batch", shape), lambda: _build(plan, shape))
    return made


def _build(plan: Plan, shape: str) -> Batch:
    stage = SUBJECTS[plan.subject].stage(World(shape, False, plan.subject))
    facts = stage.facts(plan.facts)
    columns = [Column(c.name, _room(c.name)) for c in facts.c]
    table = Table("judging_facts", MetaData(), *columns, **TEMPORARY)
    query, names = inline(select(*facts.c))
    filling = Filling(insert(table).from_select(list(table.c.keys()), query), frozenset(names), {})
    parts = tuple(_standard(plan.part(root), table) for root in plan.roots)
    return Batch(table, filling, parts)


def _room(name: str) -> BigInteger | String:
    """A code is text; the id and every bound get the room of the largest number."""
    return BigInteger() if name == "id" or name.endswith(("_lo", "_hi", "_sn")) else String()


def _standard(plan: Plan, table: Table) -> Filling:
    (root,) = plan.roots
    wanted = {f"f{plan.fact(use)}{end}" for use in plan.facts for end in ("", "_lo", "_hi", "_sn")}
    facts = select(table.c.id, *(c for c in table.c if c.name in wanted)).cte("facts")
    compiler = Compiler(plan, facts)
    layers = compiler.build()
    answers = compiler.summaries().subquery()
    fields = [answers.c[f"r{root.id}_{name}"] for name in FIELDS]
    query: Select[Any] = select(literal(root.id, Integer), answers.c.id, *fields)
    text, names = inline(query)
    return Filling(
        insert(JUDGED).from_select(["standard_id", "subject_id", *FIELDS], text),
        frozenset(names), dict(layers.params),
    )  # fmt: skip


def judge_range(plan: Plan, former: Former, first: int, last: int, day: dt.date) -> int:
    """Judge the firms with ids from `first` to `last`; returns how many verdicts moved.

    Inside `write()`. A rule that `former` does not name moves nothing: there was no verdict to
    move from.
    """
    within = Verdict.subject_id.between(first, last)
    return _judge(plan, batch(plan, "range"), former, within, day, first=first, last=last)


def judge_set(plan: Plan, former: Former, ids: Sequence[int], day: dt.date) -> int:
    """The same for any firms."""
    connection = session.connection()
    CHOSEN.create(connection)
    insert_rows(CHOSEN, [{"id": one} for one in ids])
    within = Verdict.subject_id.in_(select(CHOSEN.c.id))
    moved = _judge(plan, batch(plan, "set"), former, within, day)
    CHOSEN.drop(connection)
    return moved


def _judge(
    plan: Plan, made: Batch, former: Former, within: ColumnElement[bool], day: dt.date,
    **scope: int,
) -> int:  # fmt: skip
    connection = session.connection()
    for table in (made.table, JUDGED):
        table.create(connection)
    made.facts.run(day, **scope)
    for standard in made.standards:
        standard.run(day)
    for root in plan.roots:
        if root.rule in former:
            _note(plan.kind, root, former[root.rule], day)
    _keep(plan.kind, day)
    _drop_others(plan.kind, former, within)
    for table in (made.table, JUDGED):
        table.drop(connection)
    rev = VerdictChange.rev == current_revision()
    return session.scalar(select(func.count()).select_from(VerdictChange).where(rev)) or 0


def _note(kind: str, root: Version, former: list[int], day: dt.date) -> None:
    """Note every verdict that differs from the one kept so far, of whatever version that is.

    Clauses are compared within a version only: another one may have others.
    """
    new, table = JUDGED.c, Verdict.__table__.alias("old")
    old = table.c
    same = old.standard_id == new.standard_id
    differs = or_(
        new.outcome.is_distinct_from(old.outcome),
        and_(same, new.clauses.is_distinct_from(old.clauses)),
    )
    kept = and_(old.standard_id.in_(former), old.kind == kind, old.subject_id == new.subject_id)
    columns = {
        "rule": literal(root.rule), "standard_id": new.standard_id, "kind": literal(kind),
        "subject_id": new.subject_id, "day": literal(day), "rev": literal(current_revision()),
        "before": old.outcome, "after": new.outcome,
        "clauses_before": case((same, old.clauses)), "clauses_after": new.clauses,
    }  # fmt: skip
    query = (
        select(*columns.values())
        .select_from(JUDGED.outerjoin(table, kept))
        .where(new.standard_id == root.id, differs)
    )
    session.execute(insert(VerdictChange).from_select(list(columns), query))


def _keep(kind: str, day: dt.date) -> None:
    """Bring the cache to what was judged; only what differs is written."""
    table: Any = Verdict.__table__
    lite = session.connection().dialect.name == "sqlite"
    upsert: Any = (sqlite_insert if lite else postgresql_insert)(table)
    query = select(
        JUDGED.c.standard_id, literal(kind), JUDGED.c.subject_id, literal(day),
        *(JUDGED.c[name] for name in FIELDS),
    ).where(JUDGED.c.subject_id.is_not(None))  # fmt: skip
    # SQLite reads ON CONFLICT after a SELECT only where that has a WHERE
    upsert = upsert.from_select(["standard_id", "kind", "subject_id", "day", *FIELDS], query)
    given, changing = upsert.excluded, ("day", *FIELDS)
    session.execute(
        upsert.on_conflict_do_update(
            index_elements=["standard_id", "kind", "subject_id"],
            set_={name: given[name] for name in changing},
            where=or_(false(), *(table.c[n].is_distinct_from(given[n]) for n in changing)),
        )
    )


def _drop_others(kind: str, former: Former, within: ColumnElement[bool]) -> None:
    """Forget verdicts of superseded versions, and of firms no longer in the register."""
    judged = exists().where(
        JUDGED.c.standard_id == Verdict.standard_id, JUDGED.c.subject_id == Verdict.subject_id
    )
    versions = [number for numbers in former.values() for number in numbers]
    session.execute(
        delete(Verdict).where(
            Verdict.standard_id.in_(versions),
            Verdict.kind == kind,
            within,
            ~judged,
        ),
        execution_options={"synchronize_session": False},
    )
