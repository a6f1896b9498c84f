"""Office words for what the room writes, as the audit and 已办 say them."""

from __future__ import annotations

from app.core.acts import register_acts, register_records
from app.core.text import N_

register_acts(
    {
        "standard:approve": N_("批准标准"),
        "standard:draft": N_("起草标准新版"),
        "standard:edit": N_("修改标准草稿"),
        "standard:load": N_("装入标准"),
        "standard:submit": N_("提交标准草稿"),
        "standard:withdraw": N_("撤回标准草稿"),
        "verdict:day": N_("每日核对"),
        "verdict:judge": N_("重新核对"),
    }
)
register_records(
    {
        "standard": N_("标准"),
        "standard_force": N_("标准施行"),
    }
)
