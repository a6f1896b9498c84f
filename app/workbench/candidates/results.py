"""Where firms stand under a rule: the results a list can be narrowed to, and how many have each."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
)

from app.carriers.models import Carrier
from app.core.access import AnyViewer
from app.core.db import session
from app.core.errors import NotFound
from app.core.kept import kept
from app.core.text import N_, _
from app.criteria.interval import WHOLE
from app.criteria.live import behind, verdicts
from app.criteria.models import Outcome, Verdict
from app.criteria.queries import in_force
from app.criteria.verdicts import KIND
from app.firms import fields
from app.firms.models import Firm, Residency
from app.firms.queries.scope import sees_all
from app.workbench.columns import counting
from app.workbench.doors import countable_where, posts

GRADUATION = "incubator.graduation"
#: rules of which another rule of the book says who is near
NEAR_BY = {GRADUATION: "incubator.near_graduate"}
#: rules that people ask for most, in this order; the others follow by name
FIRST = (
    "hnte", "tech_sme", "innovative_sme", "specialised_sme", "little_giant", "sh_tech_giant",
    "sh_tech_giant_cultivation", GRADUATION, "incubator.near_graduate",
)  # fmt: skip
NEAR = "near"
#: how a result is shown: as pages show outcomes, and those that are near among them
RESULTS = {
    Outcome.MET.value: N_("符合"),
    NEAR: N_("接近"),
    "short": N_("暂未达到"),
    Outcome.UNKNOWN.value: N_("资料不全"),
    Outcome.NOT_MET.value: N_("不符合"),
    Outcome.NOT_APPLICABLE.value: N_("不适用"),
}
#: those that add up to all whom the rule applies to
APPLIES = (Outcome.MET.value, "short", Outcome.UNKNOWN.value, Outcome.NOT_MET.value)


@dataclass
class Tally:
    """How many firms have each result. `near` are counted among the others as well."""

    found: Counter[str] = field(default_factory=Counter)

    def add(self, display: str, near: bool, number: int) -> None:
        """Count some firms."""
        self.found[display] += number
        if near:
            self.found[NEAR] += number

    def of(self, result: str) -> int:
        """How many have a result; all whom the rule applies to without one."""
        return self.found[result] if result else sum(self.found[one] for one in APPLIES)


@dataclass(frozen=True)
class Standing:
    """A rule's verdicts as lists read them; built for one day."""

    rule: str
    rows: Subquery
    near: ColumnElement[bool]

    def firms(self, viewer: AnyViewer, day: dt.date, asked: dict[str, str]) -> Select[Any]:
        """The firms under some conditions of the list of firms, with their verdicts."""
        found = countable_where(viewer, day, asked)
        return found.join(self.rows, self.rows.c.subject_id == Firm.id)

    def within(self, result: str) -> ColumnElement[bool]:
        """Condition: the verdict shows a result; without one, the rule applies."""
        if result == NEAR:
            return self.near
        shown = self.rows.c.display
        return shown == result if result else shown.in_(APPLIES)

    @property
    def lacking(self) -> ColumnElement[int]:
        """How many clauses are not met or not decided."""
        letters: Any = self.rows.c.clauses
        return func.length(func.replace(func.replace(letters, "m", ""), "x", ""))

    def order(self, viewer: AnyViewer, day: dt.date, down: bool) -> tuple[Any, ...]:
        """Nearest to the thresholds first; firms whose values are closed all come last."""
        parts = []
        for by in (self.rows.c.distance, self.lacking):
            seen = case((fields.opening(viewer, "values", day), by))
            parts.append((seen.desc() if down else seen.asc()).nulls_last())
        return *parts, Firm.sort_key, Firm.id


def rules(day: dt.date) -> list[str]:
    """The rules about firms that are in force, those asked for most first; what is a part of
    another rule (hnte.score) stands in that one's list."""
    held = {rule for rule in in_force(day) if rule.rpartition(".")[0] not in in_force(day)}
    first = [rule for rule in FIRST if rule in held]
    return first + sorted(held - set(first))


def standing(viewer: AnyViewer, rule: str, day: dt.date) -> Standing:
    """The verdicts of a rule; NotFound unless it is about firms and in force."""
    if rule not in in_force(day):
        raise NotFound()
    rows = verdicts(rule, day)
    return Standing(rule, rows, _near(viewer, rule, rows, day))


def _near(viewer: AnyViewer, rule: str, rows: Subquery, day: dt.date) -> ColumnElement[bool]:
    """Condition: near to the rule.

    Where the rule book says who is near, those; else whoever meets every clause that data decide,
    so that only experts, points or proofs are open, and of a sum of points has some for certain.
    The latter is read from clauses: it is told of firms whose values are open to the viewer.
    """
    other = NEAR_BY.get(rule)
    if other is not None:
        if other not in in_force(day):
            return false()
        near = verdicts(other, day)
        said = select(near.c.subject_id).where(near.c.display == Outcome.MET.value)
        open_ = rows.c.outcome.not_in((Outcome.MET, Outcome.NOT_APPLICABLE))
        return and_(open_, rows.c.subject_id.in_(said))
    certain = _certain(rows.c.outcome, rows.c.candidate, rows.c.distance)
    return and_(certain, fields.opening(viewer, "values", day))


def _certain(outcome: Any, candidate: Any, distance: Any) -> ColumnElement[bool]:
    some = or_(distance.is_(None), distance < WHOLE)
    return and_(outcome == Outcome.UNKNOWN, candidate, some)


def near_words(rule: str, day: dt.date) -> str:
    """What `near` means under a rule, for the reader."""
    other = in_force(day).get(NEAR_BY.get(rule, ""))
    if other is not None:
        return _("接近：符合“%(rule)s”第 %(n)s 版", rule=other.tree.title, n=other.number)
    return _("接近：按数据核对的条件均已达到，专家评定、评分或证明事项待定")


def tally(viewer: AnyViewer, day: dt.date, rule: str, asked: dict[str, str]) -> Tally:
    """How many of the firms under some conditions have each result."""
    return by(viewer, day, rule, asked, "").get("", Tally())


def tallies(viewer: AnyViewer, day: dt.date, asked: dict[str, str]) -> dict[str, Tally]:
    """The same for every rule: in one statement where all verdicts are of the day."""
    held = in_force(day)
    wanted = {held[rule].id: rule for rule in rules(day)}
    plain = {number: rule for number, rule in wanted.items() if rule not in NEAR_BY}
    if behind(list(wanted.values()), day):
        return {rule: tally(viewer, day, rule, asked) for rule in wanted.values()}
    key = ("candidates of all", posts(viewer), day, frozenset(asked.items()))
    found = kept(key, lambda: _tallies(viewer, day, plain, asked))
    others = set(wanted.values()) - set(plain.values())
    return found | {rule: tally(viewer, day, rule, asked) for rule in others}


def _tallies(
    viewer: AnyViewer, day: dt.date, plain: dict[int, str], asked: dict[str, str]
) -> dict[str, Tally]:  # fmt: skip
    certain = _certain(Verdict.outcome, Verdict.candidate, Verdict.distance)
    held = (Verdict.standard_id.in_(plain), Verdict.kind == KIND)
    if sees_all(viewer) and not asked:  # the whole table: firms are not looked up one by one
        merged = select(Firm.id).where(Firm.merged_into_id.is_not(None))
        rows = select(*_sums(certain)).where(*held, Verdict.subject_id.not_in(merged))
    else:
        firms = countable_where(viewer, day, asked).order_by(None)
        near = and_(certain, fields.opening(viewer, "values", day))
        rows = (
            firms.join(Verdict, Verdict.subject_id == Firm.id)
            .where(*held)
            .with_only_columns(*_sums(near), maintain_column_froms=True)
        )
    found = {rule: Tally() for rule in plain.values()}
    for number, near_, *counts in session.execute(rows.group_by(Verdict.standard_id)):
        told = zip((NEAR, *DISPLAYS), (near_, *counts), strict=True)
        found[plain[number]].found.update(dict(told))
    return found


#: what a verdict can show
DISPLAYS = tuple(one for one in RESULTS if one != NEAR)


def _sums(near: ColumnElement[bool]) -> list[Any]:
    """A rule's version, and how many are near and show each outcome: sums over one pass, where
    grouping by outcome would sort every verdict."""
    conditions = (near, *(Verdict.display == one for one in DISPLAYS))
    return [Verdict.standard_id, *(func.sum(case((c, 1), else_=0)) for c in conditions)]


#: what firms can be counted by
WAYS = {"carrier": N_("载体"), "sector": N_("领域")}


def by(
    viewer: AnyViewer, day: dt.date, rule: str, asked: dict[str, str], way: str
) -> dict[str, Tally]:
    """The same by carrier (public id; empty: at none today), by sector, or at once (empty)."""
    key = ("candidates", rule, way, posts(viewer), day, frozenset(asked.items()))
    return kept(key, lambda: _by(viewer, day, rule, asked, way))


def _by(
    viewer: AnyViewer, day: dt.date, rule: str, asked: dict[str, str], way: str
) -> dict[str, Tally]:
    held = standing(viewer, rule, day)
    firms = held.firms(viewer, day, asked).order_by(None)
    key: Any = literal("")
    if way == "carrier":
        firms = firms.outerjoin(Residency, and_(Residency.firm_id == Firm.id, counting(day)))
        firms = firms.outerjoin(Carrier, Carrier.id == Residency.carrier_id)
        key = Carrier.pid
    elif way == "sector":
        key = Firm.sector
    near = case((held.near, 1), else_=0)
    one = firms.with_only_columns(
        held.rows.c.display.label("display"), near.label("near"), key.label("key"),
        maintain_column_froms=True,
    ).subquery()  # fmt: skip
    groups = (one.c.key, one.c.display, one.c.near)
    found: dict[str, Tally] = {}
    for key_, display, is_near, number in session.execute(
        select(*groups, func.count()).group_by(*groups)
    ):
        found.setdefault(key_ or "", Tally()).add(display, bool(is_near), number)
    return found
