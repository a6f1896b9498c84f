"""Office words for what the room writes, as the audit and 已办 say them."""

from __future__ import annotations

from app.core.acts import register_acts
from app.core.text import N_

register_acts(
    {
        "export:changes.index": N_("导出增减变动说明"),
        "export:carriers.index": N_("导出载体名单"),
        "export:collect": N_("导出采集表"),
        "export:data": N_("导出可修改的数据"),
        "export:firms.units": N_("导出房源"),
        "export:firms.return_sheet": N_("导出报表"),
        "blank:add": N_("新增套表"),
        "blank:map": N_("修改套表对应"),
        "export:blank": N_("导出填好的套表"),
        "export:summary.form": N_("导出综合情况表"),
        "export:firms.returns_list": N_("导出报表清单"),
        "export:pipeline.choices": N_("导出企业的选择"),
        "export:pipeline.balance": N_("导出空间供需"),
        "export:pipeline.balance_list": N_("导出空间供需"),
        "export:pipeline.claims": N_("导出承接意向"),
        "export:pipeline.handover_list": N_("导出企业输送单"),
        "export:pipeline.mediation_list": N_("导出意向协调"),
        "export:pipeline.meeting_list": N_("导出对接会"),
        "export:pipeline.one_meeting": N_("导出对接会"),
        "export:pipeline.openings": N_("导出承接机会"),
        "export:reports.report": N_("导出统计报告"),
        "export:statistics.cohort_years": N_("导出统计表"),
        "export:statistics.comparison": N_("导出统计表"),
        "export:statistics.graduations": N_("导出统计表"),
        "export:statistics.hatched": N_("导出统计表"),
        "export:statistics.listing": N_("导出统计名单"),
        "export:statistics.stock": N_("导出统计表"),
        "import:commit": N_("写入导入的表"),
        "import:undo": N_("撤销导入"),
    }
)
