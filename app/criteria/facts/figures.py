"""Facts of yearly figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Integer

from app.core.days import FIRST_DAY, LAST_DAY
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
BACK = Param("count", range(LAST_DAY.year - FIRST_DAY.year), default=0, required=False)


Build = Callable[[Any, str, Params], Finish]


def _value(stage: Stage, _key: str, p: Params) -> Finish:
    column, back = p["column"], p["back"]
    name = stage.years.of(column, back, p["sources"])
    signed = column in MONEY and column not in UNSIGNED
    return lambda: stage.years.value(name, back, signed)


def _run(stage: Stage, _key: str, p: Params) -> Finish:
    name = stage.years.best(p["column"], p["years"], p["figures_due"], p["sources"])
    return lambda: stage.years.greatest(name)


def declare_yearly(
    name: str, unit: str, text: str, build: Build, params: dict[str, Param],
    terms: tuple[str, ...] = ("sources",), columns: tuple[str, ...] = (),
) -> None:  # fmt: skip
    """Enter a quantity that yearly figures tell; `columns` where no parameter names one."""
    declare(
        Fact(
            name, "quantity", unit, text, build, params, terms, columns=columns,
            entry=("figures", "column"),
        )
    )  # fmt: skip


declare_yearly(
    name="yearly_money",
    unit="fen",
    text=N_("年度金额"),
    build=_value,
    params={"column": Param("code", MONEY), "back": BACK},
)
declare_yearly(
    name="yearly_heads",
    unit="heads",
    text=N_("年度人数"),
    build=_value,
    params={"column": Param("code", HEADS), "back": BACK},
)
declare_yearly(
    name="best_run",
    unit="fen",
    text=N_("连续年度累计金额"),
    build=_run,
    params={"column": Param("code", UNSIGNED), "years": Param("years")},
    terms=("sources", "figures_due"),
)
