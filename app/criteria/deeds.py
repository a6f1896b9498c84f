"""Office words for what the room writes, as the audit and 已办 say them."""

from __future__ import annotations

from app.core.acts import register_acts, register_records
from app.core.text import N_

register_acts(
    {
        "standard:approve": N_("批准标准"),
        "standard:load": N_("装入标准"),
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
