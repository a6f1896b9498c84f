"""Facts that a firm or an expert states, the newest statement that holds on the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, func

from app.core.text import N_
from app.criteria.facts.base import Fact, Finish, Param, Params, declare
from app.criteria.interval import Interval, Single
from app.firms.stated import of_unit

if TYPE_CHECKING:
    from app.criteria.stage1 import Stage


def _stated(stage: Stage, key: str, p: Params, ceiling: int | None) -> Finish:
    s = stage.statement
    asked = s.key == p["key"]
    low, high = case((asked, s.low)), case((asked, s.high))
    finish = stage.collect(stage.stated, key, low, high, Single())

    def opened() -> Interval:
        found = finish()
        assert isinstance(found, Interval)
        high = func.coalesce(found.high, ceiling) if ceiling is not None else found.high
        return Interval(func.coalesce(found.low, 0), high, found.seen)

    return opened


def _quantity(stage: Stage, key: str, p: Params) -> Finish:
    return _stated(stage, key, p, None)


def _flag(stage: Stage, key: str, p: Params) -> Finish:
    return _stated(stage, key, p, 1)


for _name, _kind, _unit, _text in (
    ("expert_points", "quantity", "points", N_("专家评分")),
    ("stated_share", "quantity", "share", N_("自述比例")),
    ("stated_years", "quantity", "years", N_("自述年数")),
    ("stated_flag", "flag", "flag", N_("自述事项")),
):
    declare(
        Fact(
            name=_name,
            kind=_kind,
            unit=_unit,
            text=_text,
            build=_flag if _kind == "flag" else _quantity,
            params={"key": Param("code", of_unit(_unit))},
            entry=("stated", "key"),
        )
    )
