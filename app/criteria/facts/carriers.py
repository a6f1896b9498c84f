"""Facts of carriers that their own entry, figures, returns and statements tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, literal, or_

from app.carriers.models import ReturnState
from app.carriers.stated import KEYS
from app.core.stated import of_unit
from app.core.text import N_
from app.criteria import moments, statements
from app.criteria.facts.base import Fact, Finish, Param, Params, declare
from app.criteria.facts.places import told_here
from app.criteria.facts.stated import EVENT
from app.criteria.interval import (
    Interval,
    Some,
    among,
    at_least_zero,
    exactly,
    flag,
    less,
    ordinal,
    together,
)

if TYPE_CHECKING:
    from app.criteria.carrier_stage import CarrierStage

#: columns of a carrier's figures, by unit
MONEY = ("fund_total", "total_income", "service_income", "property_income")
PEOPLE = ("staff", "staff_professional", "mentors")
FILED = [ReturnState.SUBMITTED.value, ReturnState.CHECKED.value, ReturnState.VERIFIED.value]


def _declare(
    name: str, unit: str, text: str, build: Any, entry: tuple[str, str | None],
    params: dict[str, Param] | None = None, terms: tuple[str, ...] = (),
    also: tuple[str, str | None] | None = None,
) -> None:  # fmt: skip
    kind = unit if unit in ("flag", "code") else "quantity"
    declare(
        Fact(
            name,
            kind,
            unit,
            text,
            build,
            params or {},
            terms,
            entry=entry,
            also=also,
            subject="carrier",
        )
    )


def _type(stage: CarrierStage, _key: str, _p: Params) -> Finish:
    return lambda: stage.carriers.c.type


def _months(stage: CarrierStage, _key: str, _p: Params) -> Finish:
    since = stage.carriers.c.founded_on
    return lambda: exactly(moments.day_ordinal() - ordinal(since, moments.month_close()))


def _area(stage: CarrierStage, _key: str, _p: Params) -> Finish:
    return lambda: at_least_zero(stage.carriers.c.area_m2)


def bounds(finish: Finish) -> Interval:
    """The bounds of a fact that is no code."""
    found = finish()
    assert isinstance(found, Interval)
    return found


def _used_area(stage: CarrierStage, key: str, _p: Params) -> Finish:
    """在孵企业使用面积 with the area of public services."""
    public = statements.bounds(stage, key, "public_m2")
    return lambda: together([at_least_zero(stage.carriers.c.incubating_m2), bounds(public)])


def _stated(stage: CarrierStage, key: str, p: Params) -> Finish:
    return statements.bounds(stage, key, p["key"])


def _stated_flag(stage: CarrierStage, key: str, p: Params) -> Finish:
    return statements.bounds(stage, key, p["key"], 1, p.get("months", 0))


def _led(stage: CarrierStage, key: str, _p: Params) -> Finish:
    """A lead sector is on record; none on record may not have been said."""
    one = flag(stage.sectors.c.position >= 0)
    finish = stage.collect(stage.led, key, one, one, Some())
    return lambda: Interval(bounds(finish).low, _one(), bounds(finish).seen)


def _placed(stage: CarrierStage, key: str, _p: Params) -> Finish:
    """A site in use with the 街镇 or 片区 of Pudong."""
    s, day = stage.sites.c, moments.day()
    here = flag(and_(s.starts <= day, or_(s.ends.is_(None), s.ends > day), told_here(s)))
    finish = stage.collect(stage.placed, key, here, here, Some())
    return lambda: Interval(bounds(finish).low, _one(), bounds(finish).seen)


def _one() -> Any:
    return literal(1)


def _newest(stage: CarrierStage, _key: str, p: Params) -> Finish:
    name = stage.figures.ask(p["column"], False, p["sources"])
    return lambda: at_least_zero(stage.figures.value(name))


def _of_year(stage: CarrierStage, _key: str, p: Params) -> Finish:
    name = stage.figures.ask(p["column"], True, p["sources"])
    return lambda: at_least_zero(stage.figures.value(name))


def _beside(stage: CarrierStage, _key: str, p: Params) -> Finish:
    """All income of the year but one kind: told only where both are recorded."""
    whole = stage.figures.ask("total_income", True, p["sources"])
    part = stage.figures.ask(p["column"], True, p["sources"])

    def rest() -> Interval:
        figures = stage.figures
        return less(at_least_zero(figures.value(whole)), at_least_zero(figures.value(part)))

    return rest


def _filed(stage: CarrierStage, key: str, p: Params) -> Finish:
    """Returns of every one of the last years due were filed, or the carrier says so.

    A year is reported by its own return or by that of its last quarter.
    """
    r, last = stage.returns.c, moments.due_year(p["figures_due"])
    kept = and_(
        among(r.state, FILED), r.year <= last, r.year > last - p["years"],
        or_(r.quarter == 0, r.quarter == moments.LAST_QUARTER),
    )  # fmt: skip
    stage.filed.add(**{f"{key}_n": func.count(case((kept, r.year)).distinct())})
    outside = statements.bounds(stage, key, "statistics_kept", 1)

    def reported() -> Interval:
        enough = func.coalesce(stage.filed[f"{key}_n"], 0) >= p["years"]
        found = bounds(outside)
        return Interval(
            case((enough, 1), else_=found.low),
            case((enough, 1), else_=found.high),
            case((enough, 1), else_=found.seen),
        )

    return reported


def _unseen(_stage: CarrierStage, _key: str, _p: Params) -> Finish:
    """What a text asks for that nobody of us has seen: it stays open, whatever is entered."""
    return lambda: Interval(literal(0), _one(), _one())


def _column(names: tuple[str, ...]) -> dict[str, Param]:
    return {"column": Param("code", list(names))}


FIGURE, STATED = ("carrier_figures", "column"), ("carrier_stated", "key")
SOURCES = ("sources",)
_declare("carrier_type", "code", N_("载体类型"), _type, ("carrier", "type"))
_declare("carrier_months", "months", N_("实际运营时间"), _months, ("carrier", "founded_on"))
_declare("carrier_area", "m2", N_("可自主支配场地面积"), _area, ("carrier", "area_m2"))
_declare(
    "used_area", "m2", N_("在孵企业使用面积（含公共服务面积）"), _used_area,
    ("carrier_stated", "public_m2"), also=("carrier", "incubating_m2"),
)  # fmt: skip
_declare("lead_sector", "flag", N_("主导领域"), _led, ("carrier", "sectors"))
_declare("site_here", "flag", N_("场地在浦东"), _placed, ("carrier", "sites"))
_declare("carrier_fund", "fen", N_("载体数据"), _newest, FIGURE, _column(MONEY), SOURCES)
_declare("carrier_people", "people", N_("载体数据"), _newest, FIGURE, _column(PEOPLE), SOURCES)
_declare("carrier_income", "fen", N_("载体数据"), _of_year, FIGURE, _column(MONEY), SOURCES)
_declare("income_beside", "fen", N_("其余收入"), _beside, FIGURE, _column(MONEY), SOURCES)
_declare(
    "statistics_kept", "flag", N_("连续报送统计数据"), _filed,
    ("carrier_stated", "statistics_kept"), {"years": Param("years")}, ("figures_due",),
)  # fmt: skip
_declare("unseen", "flag", N_("未见原文的条件"), _unseen, ("", None))
for _name, _unit, _text in (
    ("carrier_flag", "flag", N_("自述事项")),
    ("carrier_space", "m2", N_("自述面积")),
    ("carrier_years", "years", N_("自述年数")),
    ("carrier_money", "fen", N_("自述金额")),
    ("carrier_cases", "items", N_("自述数量")),
):
    _build = _stated_flag if _unit == "flag" else _stated
    _keyed = {"key": Param("code", of_unit(KEYS, _unit))}
    _declare(_name, _unit, _text, _build, STATED, _keyed | (EVENT if _unit == "flag" else {}))
