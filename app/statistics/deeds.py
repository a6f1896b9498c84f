"""Office words for what the room writes, as the audit and 已办 say them."""

from __future__ import annotations

from app.core.acts import register_acts, register_records
from app.core.text import N_

register_acts(
    {
        "citation:make": N_("引用数字"),
        "report:make": N_("生成统计报告"),
        "report:scan": N_("登记统计报告的签批件"),
        "report:return": N_("退回统计报告"),
        "report:sign": N_("签发统计报告"),
    }
)
register_records(
    {
        "citation": N_("数据出处"),
        "outside_figure": N_("外部数据"),
        "report": N_("统计报告"),
        "report_body": N_("统计报告内容"),
        "target": N_("目标值"),
        "target_set": N_("目标"),
    }
)
