"""Office words for what the room writes, as the audit and 已办 say them."""

from __future__ import annotations

from app.core.acts import register_acts, register_records
from app.core.text import N_

register_acts(
    {
        "carrier:act": N_("登记载体状态"),
        "carrier:change": N_("变更载体登记"),
        "carrier:figures": N_("填报载体数据"),
        "carrier:profile": N_("修改载体资料"),
        "carrier:register": N_("登记载体"),
        "carrier:site": N_("登记载体场地"),
        "carrier:stated": N_("登记载体自述数据"),
        "carrier:title": N_("登记载体级别"),
    }
)
register_records(
    {
        "carrier": N_("载体"),
        "carrier_figures": N_("载体数据"),
        "carrier_return": N_("报表"),
        "carrier_sector": N_("载体产业方向"),
        "carrier_stated": N_("载体自述数据"),
        "carrier_status": N_("载体状态"),
        "carrier_title": N_("载体级别"),
        "closed_period": N_("已结报告期"),
        "operator": N_("运营主体"),
        "return_reminder": N_("催报记录"),
        "site": N_("场地"),
    }
)
