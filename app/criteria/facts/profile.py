"""Facts of the register: what the firm is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, func

from app.core.db.spans import days_between
from app.core.text import N_
from app.criteria import moments
from app.criteria.facts.base import Fact, Finish, Params, declare
from app.criteria.interval import Interval, exactly, ordinal

if TYPE_CHECKING:
    from app.criteria.stage1 import Stage

#: The code that stands for "none of these" where a column is empty by its meaning.
NONE = "none"


def _code(name: str, column: str, text: str, empty: str | None = None) -> None:
    def build(stage: Stage, _key: str, _params: Params) -> Finish:
        value = stage.firms.c[column]
        return lambda: func.coalesce(value, empty) if empty else value

    declare(Fact(name, "code", "code", text, build, entry=("firm", column)))


def _flag(name: str, column: str, text: str) -> None:
    def build(stage: Stage, _key: str, _params: Params) -> Finish:
        value = stage.firms.c[column]

        def finish() -> Interval:
            known = case((value, 1), (value.is_(False), 0))
            return Interval(func.coalesce(known, 0), func.coalesce(known, 1), exactly(known).high)

        return finish

    declare(Fact(name, "flag", "flag", text, build, entry=("firm", column)))


_code("firm_kind", "kind", N_("企业或团队"))
_code("legal_form", "legal_form", N_("企业类型"))
_code("hnte_field", "field", N_("国家重点支持的高新技术领域"))
_code("industry", "industry", N_("行业类别"))
_code("sector", "sector", N_("重点领域"))
_code("incubation_field", "incubation_field", N_("特殊孵化领域"), empty=NONE)


def _age(stage: Stage, _key: str, _params: Params) -> Finish:
    return lambda: exactly(days_between(stage.firms.c.founded_on, moments.day()))


def _months(stage: Stage, _key: str, _params: Params) -> Finish:
    since = stage.firms.c.founded_on
    return lambda: exactly(moments.day_ordinal() - ordinal(since, moments.month_close()))


for _name, _unit, _build in (("age_days", "days", _age), ("age_months", "months", _months)):
    declare(
        Fact(_name, "quantity", _unit, N_("注册成立时间"), _build, entry=("firm", "founded_on"))
    )
_flag("mainland", "mainland", N_("境内注册的居民企业"))
_flag("tech_business", "tech_business", N_("主营新技术、新产品的研发、生产和服务"))
_flag("banned_business", "banned_business", N_("属禁止、限制和淘汰类"))
