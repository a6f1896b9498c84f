"""Office words for what the room writes, as the audit and 已办 say them."""

from __future__ import annotations

from app.core.acts import register_acts
from app.core.text import N_

register_acts(
    {
        "export:package": N_("导出企业资料包"),
        "export:workbench.firms": N_("导出企业名单"),
        "export:workbench.candidates": N_("导出培育名单"),
        "export:workbench.candidate_counts": N_("导出培育名单家数"),
        "export:workbench.candidate_rules": N_("导出各标准家数"),
        "export:workbench.gaps": N_("导出差距清单"),
        "export:workbench.near": N_("导出准毕业企业清单"),
        "export:workbench.certificates": N_("导出证书到期名单"),
        "export:workbench.settling": N_("导出待安置企业"),
        "export:workbench.reserve": N_("导出上市储备库"),
        "export:workbench.rounds": N_("导出申报批次"),
        "export:workbench.round_firms": N_("导出申报企业名单"),
        "export:workbench.round_counts": N_("导出申报批次家数"),
        "export:workbench.draft_impact": N_("导出影响报告"),
        "export:workbench.draft_impact_list": N_("导出影响报告名单"),
        "export:workbench.version_data": N_("导出新标准补数据清单"),
        "export:workbench.version_outcome": N_("导出预测与实际"),
        "export:workbench.version_outcome_list": N_("导出预测与实际名单"),
        "export:workbench.trial": N_("导出标准调整测算"),
        "export:workbench.trial_compare": N_("导出测算比较"),
        "export:workbench.trial_list": N_("导出标准调整测算名单"),
        "trial:drop": N_("删除标准调整测算"),
        "trial:save": N_("保存标准调整测算"),
    }
)
