"""Every rule of the second implementation, by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from tests.criteria import oracle_hnte, oracle_sh, oracle_sme
from tests.criteria.oracle_facts import Record
from tests.criteria.oracle_rules import SPINE, Told

RULES: dict[str, Callable[[Record, dt.date], Told]] = {
    **SPINE,
    "accelerator.admission": oracle_sh.admission,
    "hnte": oracle_hnte.hnte,
    "hnte.score": oracle_hnte.score,
    "innovative_sme": oracle_sme.innovative,
    "specialised_sme": oracle_sme.specialised,
    "little_giant": oracle_sme.giant,
    "sh_tech_giant": oracle_sh.tech_giant,
    "sh_tech_giant_cultivation": oracle_sh.cultivation,
}
