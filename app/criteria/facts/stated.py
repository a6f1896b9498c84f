"""Facts that a firm or an expert states, the newest statement that holds on the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.core.stated import of_unit
from app.core.text import N_
from app.criteria.facts.base import Fact, Finish, Param, Params, declare
from app.criteria.statements import bounds
from app.firms.stated import KEYS

if TYPE_CHECKING:
    from app.criteria.stage1 import Stage


def _quantity(stage: Stage, key: str, p: Params) -> Finish:
    return bounds(stage, key, p["key"])


def _flag(stage: Stage, key: str, p: Params) -> Finish:
    return bounds(stage, key, p["key"], 1, p["months"])


#: for so many months a yes counts, where its day is that of an event
EVENT = {"months": Param("months", default=0, required=False)}

for _name, _kind, _unit, _text in (
    ("expert_points", "quantity", "points", N_("专家评分")),
    ("stated_share", "quantity", "share", N_("自述比例")),
    ("stated_years", "quantity", "years", N_("自述年数")),
    ("stated_grade", "quantity", "grade", N_("自述等级")),
    ("stated_flag", "flag", "flag", N_("自述事项")),
):
    declare(
        Fact(
            name=_name,
            kind=_kind,
            unit=_unit,
            text=_text,
            build=_flag if _kind == "flag" else _quantity,
            params={"key": Param("code", of_unit(KEYS, _unit))}
            | (EVENT if _kind == "flag" else {}),
            entry=("stated", "key"),
        )
    )
