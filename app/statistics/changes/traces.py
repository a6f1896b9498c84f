"""Which records of a firm or carrier, among those a figure is made of, became other ones.

Between two revisions a record is entered, amended or withdrawn. Filling in what was blank (the
day of leaving, say) is entering more; changing or withdrawing what was told is a correction.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import FromClause, func, select

from app.accounts.models import Person
from app.carriers.models import Carrier, CarrierSector, CarrierStatus, Return, Site
from app.core.days import SHANGHAI
from app.core.db import Recorded, Revision, known, session
from app.core.text import N_, Coded, _
from app.firms.models import Firm, Milestone, Place, Residency, Title
from app.pipeline.models import Graduation
from app.statistics.asof import AsOf
from app.statistics.ground import Ground
from app.statistics.indicators import indicator

Models = dict[type[Recorded], set[str]]
#: at most so many subjects in one statement
PIECE = 5_000
WORDS: dict[type[Recorded], str] = {
    Firm: N_("企业登记"),
    Residency: N_("入驻记录"),
    Graduation: N_("毕业记录"),
    Milestone: N_("资质记录"),
    Place: N_("地址"),
    Carrier: N_("载体登记"),
    CarrierSector: N_("主要领域"),
    CarrierStatus: N_("登记状态"),
    Site: N_("场地"),
    Return: N_("季报"),
}
#: read by the stage expression, which no indicator names by itself
STAGE: Models = {
    Residency: {"firm_id", "starts", "ends", "counted", "carrier_id", "destination"},
    Graduation: {"firm_id", "state", "graduated_on"},
}


class Deed(Coded):
    """What became of a record."""

    ENTERED = "entered", N_("已录入")
    COMPLETED = "completed", N_("已补填")
    AMENDED = "amended", N_("已改动")
    WITHDRAWN = "withdrawn", N_("已作废")


CORRECTIONS = (Deed.AMENDED, Deed.WITHDRAWN)


@dataclass(frozen=True)
class Trace:
    """A record that became another one, by which revision."""

    model: type[Recorded]
    deed: Deed
    rev: int

    @property
    def corrects(self) -> bool:
        """Whether something that was told became something else."""
        return self.deed in CORRECTIONS

    @property
    def decided(self) -> bool:
        """Whether it may be a decision of the district on a graduation."""
        return self.model is Graduation and self.deed is Deed.AMENDED


@dataclass(frozen=True)
class Listening(AsOf):
    """A question that notes which columns of which records its answer reads."""

    asked: Models = field(default_factory=dict, compare=False)

    def at(self, model: type[Recorded], name: str, columns: str) -> FromClause:
        self.asked.setdefault(model, set()).update(columns.split())
        return super().at(model, name, columns)


@cache
def sources(code: str) -> Models:
    """The records that an indicator is made of, with the columns it reads."""
    asof = Listening(dt.date(2000, 1, 1), 0)
    indicator(code).rows(Ground(asof))
    owner = indicator(code).subject_column
    found = {model: set(columns) for model, columns in asof.asked.items()}
    for model, columns in STAGE.items():
        if owner == "firm_id":
            found.setdefault(model, set()).update(columns)
    return {model: columns for model, columns in found.items() if _owner(model, owner)}


def _owner(model: type[Recorded], wanted: str) -> str | None:
    """The column by which a record belongs to a firm (or carrier); None where it has none."""
    if model is (Firm if wanted == "firm_id" else Carrier):
        return "id"
    return wanted if wanted in model.__table__.c else None  # type: ignore[attr-defined]


def traces(code: str, subjects: Collection[int], then: int, now: int) -> Mapping[int, list[Trace]]:
    """Subject → what became of its records between two revisions, in the order of revisions.

    Which of the two is the earlier one makes no difference.
    """
    then, now = sorted((then, now))
    found: dict[int, list[Trace]] = defaultdict(list)
    wanted = indicator(code).subject_column
    for model, columns in sources(code).items():
        owner = _owner(model, wanted) or ""
        ids = sorted(subjects)
        for start in range(0, len(ids), PIECE):
            piece = ids[start : start + PIECE]
            for who, trace in _compared(model, owner, columns, piece, then, now):
                found[who].append(trace)
    for held in found.values():
        held.sort(key=lambda one: one.rev)
    return found


def _compared(
    model: type[Recorded], owner: str, columns: set[str], subjects: Collection[int],
    then: int, now: int,
) -> Iterator[tuple[int, Trace]]:  # fmt: skip
    before, after = (_rows(model, owner, columns, subjects, cut) for cut in (then, now))
    gone = _ended(model, [one for one in before if one not in after], now)
    first = _begun(model, [one for one in after if one not in before])
    for key in sorted({*before, *after}):
        was, is_ = before.get(key), after.get(key)
        row: Any = is_ or was
        if is_ is None:
            yield row[owner], Trace(model, Deed.WITHDRAWN, gone[key])
        elif was is None:
            yield row[owner], Trace(model, Deed.ENTERED, first.get(key, is_["rev"]))
        else:
            changed = [name for name in columns if was[name] != is_[name]]
            told = any(was[name] is not None for name in changed)
            if changed:
                yield row[owner], Trace(model, Deed.AMENDED if told else Deed.COMPLETED, is_["rev"])


def _rows(
    model: type[Recorded], owner: str, columns: set[str], subjects: Collection[int], cut: int
) -> dict[int, Mapping[str, Any]]:
    table = known(model, cut, "told", sorted({"id", "rev", owner, *columns}))
    statement = select(table).where(table.c[owner].in_(subjects))
    if model is Milestone:
        statement = statement.where(table.c.title == Title.HNTE)
    return {row["id"]: row for row in session.execute(statement).mappings()}  # type: ignore[misc]


def _ended(model: type[Recorded], ids: Collection[int], now: int) -> dict[int, int]:
    """Record id → the last revision up to one that ended a version of it: it was withdrawn."""
    past = model.__history__.c
    ended = select(past.id, func.max(past.rev_to)).where(past.id.in_(ids), past.rev_to <= now)
    return {row[0]: row[1] for row in session.execute(ended.group_by(past.id))}


def _begun(model: type[Recorded], ids: Collection[int]) -> dict[int, int]:
    """Record id → the revision that entered it, for those that were written more than once."""
    past = model.__history__.c
    begun = select(past.id, func.min(past.rev)).where(past.id.in_(ids)).group_by(past.id)
    return {row[0]: row[1] for row in session.execute(begun)}


@dataclass(frozen=True)
class Told:
    """A trace in words: what was done on which day, and by whom in which revision."""

    what: str
    who: str


def told(found: Mapping[int, list[Trace]]) -> dict[int, list[Told]]:
    """Subject → its traces in the reader's words."""
    revs = {one.rev for held in found.values() for one in held}
    written = (
        select(Revision.id, Revision.at, Person.name)
        .outerjoin(Person, Person.id == Revision.person_id)
        .where(Revision.id.in_(revs))
    )
    made = {row.id: row for row in session.execute(written)}
    return {who: [_told(one, made[one.rev]) for one in held] for who, held in found.items()}


def _told(one: Trace, made: Any) -> Told:
    day = made.at.astimezone(SHANGHAI).date().isoformat()
    record = _(WORDS[one.model])
    return Told(
        _("%(day)s %(record)s%(deed)s", day=day, deed=one.deed.label, record=record),
        _("%(who)s · 修订号 %(n)s", who=made.name or _("系统"), n=one.rev),
    )
