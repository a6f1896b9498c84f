"""Facts of yearly figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Integer

from app.core.db import Fen
from app.core.text import N_
from app.criteria.facts.base import Fact, Finish, Param, Params, declare
from app.firms.models import Figures

if TYPE_CHECKING:
    from app.criteria.stage1 import Stage

TABLE = Figures.__table__
MONEY = sorted(c.name for c in TABLE.columns if isinstance(c.type, Fen))
UNSIGNED = sorted(n for n in MONEY if not getattr(TABLE.c[n].type, "signed", True))
HEADS = sorted(
    c.name
    for c in TABLE.columns
    if c.name.startswith("staff") and isinstance(c.type, Integer | BigInteger)
)
BACK = Param("count", default=0, required=False)


def _value(stage: Stage, _key: str, p: Params) -> Finish:
    column, back = p["column"], p["back"]
    name = stage.years.of(column, back, p["sources"])
    signed = column in MONEY and column not in UNSIGNED
    return lambda: stage.years.value(name, back, signed)


def _run(stage: Stage, _key: str, p: Params) -> Finish:
    name = stage.years.best(p["column"], p["years"], p["figures_due"], p["sources"])
    return lambda: stage.years.greatest(name)


declare(
    Fact(
        name="yearly_money",
        kind="quantity",
        unit="fen",
        text=N_("年度金额"),
        build=_value,
        params={"column": Param("code", MONEY), "back": BACK},
        terms=("sources",),
        entry=("figures", "column"),
    )
)
declare(
    Fact(
        name="yearly_heads",
        kind="quantity",
        unit="heads",
        text=N_("年度人数"),
        build=_value,
        params={"column": Param("code", HEADS), "back": BACK},
        terms=("sources",),
        entry=("figures", "column"),
    )
)
declare(
    Fact(
        name="best_run",
        kind="quantity",
        unit="fen",
        text=N_("连续年度累计金额"),
        build=_run,
        params={"column": Param("code", UNSIGNED), "years": Param("years")},
        terms=("sources", "figures_due"),
        entry=("figures", "column"),
    )
)
