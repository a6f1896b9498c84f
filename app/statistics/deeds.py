"""Office words for what the room writes, as the audit and 已办 say them."""

from __future__ import annotations

from app.core.acts import register_records
from app.core.text import N_

register_records(
    {
        "outside_figure": N_("外部数据"),
        "target": N_("目标值"),
        "target_set": N_("目标"),
    }
)
