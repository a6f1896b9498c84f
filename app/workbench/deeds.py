"""Office words for what the room writes, as the audit and 已办 say them."""

from __future__ import annotations

from app.core.acts import register_acts
from app.core.text import N_

register_acts({"export:workbench.firms": N_("导出企业名单")})
