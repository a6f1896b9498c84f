"""What a standard is about: the register of its subjects and the stage that gathers their facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.carriers.models import Carrier
from app.criteria.carrier_stage import CarrierStage
from app.criteria.stage1 import Gathered, Stage, World
from app.firms.models import Firm


@dataclass(frozen=True)
class Subject:
    """One kind of subject."""

    model: Any
    stage: Callable[[World], Gathered]


SUBJECTS = {"firm": Subject(Firm, Stage), "carrier": Subject(Carrier, CarrierStage)}
