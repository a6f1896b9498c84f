"""自述数据 of carriers: what the register and the figures do not say, by key."""

from __future__ import annotations

from app.core.stated import StatedKey
from app.core.text import N_


def _flag(name: str, text: str, months: int = 12, event: int = 0) -> StatedKey:
    return StatedKey(name, text, "flag", 1, months, event=event)


KEYS = (
    _flag("independent", N_("运营主体为独立法人")),
    _flag("local_operator", N_("运营主体注册和税收户管地在浦东")),
    _flag("statistics_kept", N_("连续报送真实完整的统计数据（系统以外）")),
    _flag("exit_mechanism", N_("有明确的项目毕业或淘汰机制"), 24),
    _flag("service_accounts", N_("服务收入单独核算")),
    _flag("fraud", N_("因弄虚作假不得申报；起始日期填处理决定日"), event=24),
    StatedKey("public_m2", N_("公共服务场地面积"), "m2"),
    StatedKey("high_growth_m2", N_("高成长科技企业使用面积"), "m2"),
    StatedKey("lease_years", N_("场地使用权剩余年数"), "years"),
    StatedKey("paid_in", N_("运营主体实缴资本"), "fen", months=24),
    StatedKey("fund_cases", N_("孵化资金使用案例"), "items"),
    StatedKey("graduates_before", N_("系统启用前毕业企业"), "firms", months=120),
)
BY_KEY = {key.name: key for key in KEYS}
