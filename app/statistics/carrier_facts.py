"""Facts of carriers that their firms tell: counted over the same rows as the indicators, each
firm judged by the same facts as in its own sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.sql.selectable import CTE

from app.carriers.models import CarrierSector
from app.core.text import N_
from app.criteria import moments, statements
from app.criteria.carrier_stage import CarrierStage
from app.criteria.facts.base import CATALOGUE, Fact, Finish, Param, Params, declare
from app.criteria.facts.carriers import bounds
from app.criteria.interval import Interval, Rate, compare
from app.criteria.stage1 import Stage, World, fenced
from app.criteria.stage1 import held as held_fact
from app.criteria.tree import Use
from app.pipeline.models import GraduationState
from app.statistics.asof import AsOf, Count
from app.statistics.ground import Ground
from app.statistics.indicators.graduations import graduation_rows
from app.statistics.indicators.stock import Standing, standing_rows

Met = Callable[[Sequence[Interval], Any], Any]
WHO = {"standing": Param("codes", [one.value for one in Standing])}


class Bound(AsOf):
    """The question of a statement that binds its day."""

    @property
    def ended(self) -> Any:
        """Bound with the day."""
        return moments.ended_quarter()


def asked(world: World, count: Count = Count.VERIFIED) -> Bound:
    """The statement's day and cut as a question of statistics."""
    day: Any = moments.day()
    cut: Any = moments.cut()
    return Bound(day, cut, not world.past, count)


@dataclass(frozen=True)
class Within(World):
    """Firms of a population only."""

    population: Any = None

    def scope(self, subject: Any) -> list[Any]:
        """The condition that keeps a source to them."""
        return [subject.in_(select(self.population.c.firm_id))]


class Residents:
    """Who stands at each carrier on the day (在孵企业, 创业团队 …), and counts over them."""

    def __init__(self, stage: CarrierStage) -> None:
        self.world = stage.world
        rows = standing_rows(Ground(asked(self.world))).subquery("standing_at")
        lead = stage.world.table(CarrierSector).alias("resident_lead")
        first = select(lead.c.carrier_id, lead.c.sector).where(lead.c.position == 0).subquery()
        where = self.world.scope(rows.c.carrier_id)
        query = select(
            rows.c.carrier_id, rows.c.firm_id, rows.c.standing, rows.c.sector,
            first.c.sector.label("lead"),
        ).select_from(rows.outerjoin(first, first.c.carrier_id == rows.c.carrier_id))  # fmt: skip
        self.rows = fenced(query.where(*where), "residents")
        self.uses: list[Use] = []
        self.counts: dict[str, tuple[Sequence[str], Sequence[Use], Met]] = {}
        self.made: CTE | None = None

    def add(self, key: str, who: Sequence[str], uses: Sequence[Use], met: Met) -> Finish:
        """Count those of whom something is so, judged by facts of firms."""
        self.uses += [use for use in uses if use not in self.uses]
        self.counts[key] = who, uses, met

        def finish() -> Interval:
            assert self.made is not None
            ends = (func.coalesce(self.made.c[f"{key}_{end}"], 0) for end in ("lo", "hi", "sn"))
            return Interval(*ends)

        return finish

    def build(self) -> list[CTE]:
        """One row a carrier with every count."""
        source: Any = self.rows
        facts: CTE | None = None
        if self.uses:
            world = Within(self.world.shape, self.world.past, population=self.rows)
            facts = Stage(world).facts(self.uses, "resident_facts")
            source = source.outerjoin(facts, facts.c.id == self.rows.c.firm_id)
        columns: list[Any] = []
        for key, (who, uses, met) in self.counts.items():
            there = or_(*(self.rows.c.standing == one for one in who))
            known = [held_fact(facts, self.uses.index(use)) for use in uses if facts is not None]
            sure = met(known, self.rows.c)
            seen = met([one.recorded() for one in known], self.rows.c)
            columns += [
                _count(and_(there, sure)).label(f"{key}_lo"),
                _count(and_(there, or_(sure, sure.is_(None)))).label(f"{key}_hi"),
                _count(and_(there, or_(seen, seen.is_(None)))).label(f"{key}_sn"),
            ]
        query = select(self.rows.c.carrier_id, *columns).select_from(source)
        self.made = fenced(query.group_by(self.rows.c.carrier_id), "resident_counts")
        return [self.made]


def _count(condition: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.sum(case((condition, 1), else_=0))


class Graduates:
    """Cumulative graduates of each carrier: verified ones, and all that were reported."""

    def __init__(self, stage: CarrierStage) -> None:
        rows = graduation_rows(Ground(asked(stage.world, Count.REPORTED))).subquery("graduated")
        self.query = (
            select(
                rows.c.carrier_id,
                _count(rows.c.state == GraduationState.VERIFIED).label("verified"),
                func.count().label("reported"),
            )
            .where(*stage.world.scope(rows.c.carrier_id))
            .group_by(rows.c.carrier_id)
        )
        self.made = fenced(self.query, "graduate_counts")

    def build(self) -> list[CTE]:
        """One row a carrier."""
        return [self.made]


def residents(stage: CarrierStage) -> Residents:
    """Who stands where, once a statement."""
    found: Residents = stage.shared("residents", lambda: Residents(stage))
    return found


def _use(name: str, p: Params, **more: Any) -> Use:
    """A fact of firms with the parameters of the carrier's."""
    fact = CATALOGUE[name]
    known = {k: v.default for k, v in fact.params.items() if not v.required}
    wanted = {*fact.params, *fact.terms}
    given = {k: v for k, v in (p | more).items() if k in wanted}
    return Use(name, tuple(sorted((known | given).items())))


def _everyone(stage: CarrierStage, key: str, p: Params) -> Finish:
    def met(_known: Sequence[Interval], c: Any) -> Any:
        return c.firm_id.is_not(None)

    return residents(stage).add(key, p["standing"], (), met)


def _some(fact: str) -> Callable[[CarrierStage, str, Params], Finish]:
    """Firms of whom a quantity is more than nothing."""

    def build(stage: CarrierStage, key: str, p: Params) -> Finish:
        def met(known: Sequence[Interval], _c: Any) -> Any:
            return compare(known[0], "gt", 0)

        return residents(stage).add(key, p["standing"], [_use(fact, p)], met)

    return build


def _grown(stage: CarrierStage, key: str, p: Params) -> Finish:
    """Firms of which any of the yearly figures grew by more than so much on the year before."""
    uses = [
        _use("yearly_money", p, column=column, back=back)
        for column in p["columns"]
        for back in (1, 0)
    ]

    def met(known: Sequence[Interval], _c: Any) -> Any:
        pairs = zip(known[::2], known[1::2], strict=True)
        return or_(*(Rate(pair, "yearly").compare("gt", p["over"]) for pair in pairs))

    return residents(stage).add(key, p["standing"], uses, met)


def _in_lead(stage: CarrierStage, key: str, p: Params) -> Finish:
    """Firms of the carrier's first lead sector; open where either is not on record."""

    def met(_known: Sequence[Interval], c: Any) -> Any:
        return c.sector == c.lead

    return residents(stage).add(key, p["standing"], (), met)


def _local(stage: CarrierStage, key: str, p: Params) -> Finish:
    """Firms registered and working in the districts; of a team its working there."""
    uses = [
        _use("place_in", p, kind="registered"),
        _use("on_site", p, at="any"),
        _use("place_in", p, kind="operating"),
    ]

    def met(known: Sequence[Interval], c: Any) -> Any:
        registered, on_site, working = (compare(one, "ge", 1) for one in known)
        team = c.standing == Standing.TEAM.value
        return and_(or_(team, registered), or_(on_site, working))

    return residents(stage).add(key, p["standing"], uses, met)


def _graduates(stage: CarrierStage, key: str, _p: Params) -> Finish:
    """Verified graduates at least, reported ones at most, with those before the system."""
    found: Graduates = stage.shared("graduates", lambda: Graduates(stage))
    before = statements.bounds(stage, key, "graduates_before")

    def total() -> Interval:
        verified = func.coalesce(found.made.c.verified, 0)
        reported = func.coalesce(found.made.c.reported, 0)
        more = bounds(before)
        return Interval(verified + more.low, reported + more.high,
                        reported + func.coalesce(more.seen, 0))  # fmt: skip

    return total


def _declare(
    name: str, text: str, build: Any, origin: str, entry: tuple[str, str | None],
    params: dict[str, Param], terms: tuple[str, ...] = (),
) -> None:  # fmt: skip
    declare(
        Fact(
            name, "quantity", "firms", text, build, WHO | params, terms, entry=entry,
            subject="carrier", origin=origin,
        )
    )  # fmt: skip


RECORDS: tuple[str, str | None] = ("records", None)
BY_RECORDS = N_("按企业登记自动统计")
OF_MONEY = {name: CATALOGUE["equity_received"].params[name] for name in ("counts", "unclear")}
OF_RIGHTS = {"types": CATALOGUE["ip_count"].params["types"]}
_declare("residents", N_("在驻企业"), _everyone, N_("统计指标 S-01 至 S-06 口径"), ("", None), {})
_declare(
    "residents_funded", N_("获得投融资的企业"), _some("equity_received"), BY_RECORDS, RECORDS,
    OF_MONEY, ("freshness",),
)  # fmt: skip
_declare(
    "residents_funded_year", N_("上一年度获得投融资的企业"), _some("equity_of_year"), BY_RECORDS,
    RECORDS, OF_MONEY, ("freshness",),
)  # fmt: skip
_declare(
    "residents_with_rights", N_("拥有有效知识产权的企业"), _some("ip_count"), BY_RECORDS, RECORDS,
    OF_RIGHTS | {"use": Param("code", ["any"], default="any", required=False)}, ("freshness",),
)  # fmt: skip
_declare(
    "residents_applying", N_("申请专利的企业"), _some("rights_applied"), BY_RECORDS, RECORDS,
    OF_RIGHTS, ("freshness",),
)  # fmt: skip
_declare(
    "residents_grown", N_("收入或研发投入增长的企业"), _grown, BY_RECORDS, RECORDS,
    {"columns": Param("codes", CATALOGUE["yearly_money"].params["column"].words),
     "over": Param("share")}, ("sources",),
)  # fmt: skip
_declare("residents_in_lead", N_("同一领域的企业"), _in_lead, BY_RECORDS, RECORDS, {})
_declare(
    "residents_local", N_("注册并实地办公的企业和团队"), _local, BY_RECORDS, RECORDS,
    {"districts": Param("codes")},
)  # fmt: skip
declare(
    Fact(
        "graduates", "quantity", "firms", N_("累计毕业企业"), _graduates,
        entry=("carrier_stated", "graduates_before"), also=RECORDS, subject="carrier",
        origin=N_("统计指标 G-01、G-02 口径"),
    )
)  # fmt: skip
