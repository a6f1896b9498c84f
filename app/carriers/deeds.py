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
        "carrier:succession": N_("登记载体承接关系"),
        "carrier:title": N_("登记载体级别"),
        "carrier:unannounce": N_("撤销预告的取消或注销"),
        "carrier:unsucceed": N_("作废载体承接关系"),
        "unit:add": N_("登记房源"),
        "unit:edit": N_("修改房源"),
        "unit:end": N_("房源停用"),
        "unit:keep": N_("撤销房源的停用或拆并"),
        "unit:hold": N_("房源停租"),
        "unit:merge": N_("合并房源"),
        "unit:release": N_("房源恢复招租"),
        "unit:split": N_("拆分房源"),
        "unit:void": N_("作废房源"),
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
        "carrier_succession": N_("载体承接关系"),
        "carrier_title": N_("载体级别"),
        "closed_period": N_("已结报告期"),
        "operator": N_("运营主体"),
        "return_reminder": N_("催报记录"),
        "site": N_("场地"),
        "unit": N_("房源"),
        "unit_hold": N_("房源停租记录"),
        "unit_link": N_("房源拆并关系"),
    }
)
