"""Facts of a firm's ties to incubators: agreement, place inside, age at entry, time used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, and_, case, cast, exists, func, or_

from app.carriers.models import INCUBATOR
from app.core.db.spans import ends_month
from app.core.text import N_
from app.criteria import moments
from app.criteria.facts.base import Fact, Finish, Param, Params, declare
from app.criteria.facts.places import told_here
from app.criteria.interval import (
    MONTH,
    Col,
    Interval,
    Single,
    Some,
    among,
    exactly,
    flag,
    ordinal,
)

if TYPE_CHECKING:
    from app.criteria.stage1 import Stage

#: Ties by which a firm works at a carrier, more room taken beside, and by which it is registered.
WORKS, MORE, REGISTERED = ("on_site", "office_only"), ("extension",), ("registered_only",)
#: Which ties are looked at: the one that counts, or any.
AT = {"at": Param("code", ["counted", "any"], default="counted", required=False)}


def _incubating(stage: Stage) -> Col:
    """A counted tie to an incubator that is not a graduate's stay."""
    r = stage.residency
    return and_(stage.carrier.tier == INCUBATOR, r.counted, r.kind != "graduate_stay")


def _now(stage: Stage) -> Col:
    """Such a tie on the day."""
    r, day = stage.residency, moments.day()
    return and_(_incubating(stage), r.starts <= day, or_(r.ends.is_(None), r.ends > day))


def _single(stage: Stage, key: str, value: Any) -> Finish:
    return stage.collect(stage.residencies, key, value, value, Single())


def _agreement(stage: Stage, key: str, _params: Params) -> Finish:
    r, day = stage.residency, moments.day()
    tier = stage.carrier.tier == INCUBATOR
    signed = and_(tier, r.agreement_on <= day)
    unsaid = and_(tier, r.counted, r.starts <= day, r.agreement_on.is_(None))
    return stage.collect(stage.residencies, key, flag(signed), flag(or_(signed, unsaid)), Some())


def _is_incubating(stage: Stage, key: str, _params: Params) -> Finish:
    now = flag(_now(stage))
    return stage.collect(stage.residencies, key, now, now, Some())


def _running(stage: Stage) -> Col:
    """A tie of any kind on the day."""
    r, day = stage.residency, moments.day()
    return and_(r.starts <= day, or_(r.ends.is_(None), r.ends > day))


def _beside(stage: Stage, kinds: Sequence[str]) -> Col:
    """A tie to an incubator on the day that does not count; it may be another incubator."""
    tier, r = stage.carrier.tier == INCUBATOR, stage.residency
    return and_(_running(stage), tier, ~r.counted, among(r.kind, kinds))


def _in_district(stage: Stage) -> Col:
    """The tie's site is in Pudong; of a tie that names none, all that its carrier is at."""
    r, own, day = stage.residency, stage.sites.c, moments.day()
    theirs = (own.carrier_id == r.carrier_id, own.starts <= day)
    here = exists().where(*theirs, or_(own.ends.is_(None), own.ends > day), told_here(own))
    away = exists().where(*theirs, or_(own.ends.is_(None), own.ends > day), ~told_here(own))
    return case((r.site_id.is_not(None), told_here(stage.site)), else_=and_(here, ~away))


def _on_site(stage: Stage, key: str, params: Params) -> Finish:
    """Works in the incubator that counts; with `at: any`, at a site in Pudong of any carrier: where
    neither 街镇 nor 片区 of the site is told it may lie outside.
    """
    works = among(stage.residency.kind, WORKS)
    if params["at"] == "any":
        there = and_(_running(stage), among(stage.residency.kind, (*WORKS, *MORE)))
        sure = flag(and_(there, _in_district(stage)))
        return stage.collect(stage.residencies, key, sure, flag(there), Some())
    sure = and_(_now(stage), works)
    maybe = or_(sure, _beside(stage, (*WORKS, *MORE)))
    return stage.collect(stage.residencies, key, flag(sure), flag(maybe), Some())


def _registered_inside(stage: Stage, key: str, _params: Params) -> Finish:
    r, day = stage.residency, moments.day()
    sure = and_(_now(stage), or_(r.registered_on <= day, among(r.kind, REGISTERED)))
    unsaid = and_(_now(stage), r.registered_on.is_(None), r.kind != "office_only")
    maybe = or_(sure, unsaid, _beside(stage, REGISTERED))
    return stage.collect(stage.residencies, key, flag(sure), flag(maybe), Some())


def _on_the_clock(stage: Stage) -> Col:
    """A stay begun by the day, unless it has ended in graduation, which closes its clock."""
    r, day = stage.residency, moments.day()
    graduated = case((and_(r.leave_reason == "graduated", r.ends <= day), True), else_=False)
    return and_(_incubating(stage), r.starts <= day, ~graduated)


def _age_at_entry(stage: Stage, key: str, _params: Params) -> Finish:
    """Months from the foundation to the first entry: full with the anniversary, or with the last
    day of a month that has no such day (民法典 第二百零二条)."""
    r = stage.residency
    entry = case((r.incubated_on.is_not(None), r.incubated_on), else_=r.starts)
    counts = _on_the_clock(stage)
    starts = _single(stage, key, case((counts, ordinal(entry))))
    # an entry on the last day of a month lies beyond any date of it
    beyond = case((ends_month(entry), MONTH), else_=0)
    closes = _single(stage, f"{key}e", case((counts, ordinal(entry) + beyond)))

    def age() -> Interval:
        stated, closed = starts(), closes()
        assert isinstance(stated, Interval)
        assert isinstance(closed, Interval)
        last = case((closed.low > stated.low, stated.low % MONTH), else_=dt.date.max.day)
        return exactly(stated.low - ordinal(stage.firms.c.founded_on, last))

    return age


def _time_used(stage: Stage, key: str, _params: Params) -> Finish:
    """Months used by the day, as `criteria.clock` defines them."""
    source = stage.clock
    source.add(**{f"{key}_sum": cast(func.sum(stage.stretches.c.spent), BigInteger)})

    def used() -> Interval:
        return exactly(source[f"{key}_sum"])

    return used


def _time_left(stage: Stage, key: str, _params: Params) -> Finish:
    """To the last day of the limit, or of a recorded extension."""
    r = stage.residency
    longer = or_(r.limit_on.is_(None), r.extended_to > r.limit_on)
    last = case((and_(r.extended_to.is_not(None), longer), r.extended_to), else_=r.limit_on)
    finish = _single(stage, key, case((_now(stage), ordinal(last))))

    def left() -> Interval:
        stated = finish()
        assert isinstance(stated, Interval)
        return exactly(stated.low - moments.day_ordinal())

    return left


def _extended(stage: Stage, key: str, _params: Params) -> Finish:
    running = flag(and_(_now(stage), stage.residency.extended_to >= moments.day()))
    return stage.collect(stage.residencies, key, running, running, Some())


def _declare(
    name: str, kind: str, unit: str, text: str, build: Any, field: str,
    params: dict[str, Param] | None = None,
) -> None:  # fmt: skip
    declare(Fact(name, kind, unit, text, build, params or {}, entry=("residency", field)))


_declare("agreement", "flag", "flag", N_("孵化协议"), _agreement, "agreement_on")
_declare("incubating", "flag", "flag", N_("在孵情况"), _is_incubating, "starts")
_declare("on_site", "flag", "flag", N_("实地办公"), _on_site, "kind", AT)
_declare(
    "registered_inside", "flag", "flag", N_("注册在孵化器内"), _registered_inside, "registered_on"
)
_declare("age_at_entry", "quantity", "months", N_("入驻时成立时间"), _age_at_entry, "incubated_on")
_declare("time_used", "quantity", "months", N_("已孵化时间"), _time_used, "incubated_on")
_declare("time_left", "quantity", "months", N_("剩余孵化时间"), _time_left, "limit_on")
_declare("extended", "flag", "flag", N_("延长孵化"), _extended, "extended_to")
