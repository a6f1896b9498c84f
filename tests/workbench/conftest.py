"""The chain with firms whose figures the workbench shows."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from app.carriers.models import Return, ReturnState
from app.core.db import session, write
from app.firms.models import Title
from app.pipeline.models import ClaimState, GraduationState
from tests.conftest import TODAY
from tests.factories.chain import SEEDER, Chain, chain

DAY = dt.timedelta(days=1)


@pytest.fixture
def made(app: Flask) -> Chain:
    """Seven firms: over the limit, near it, without one, graduated, pushed, settled, gone."""
    one = chain(TODAY)
    with write("test:firms", actor=SEEDER):
        started = dt.date(2022, 9, 18)
        one.firm("苇间雪软件", starts=started, incubated_on=started, limit_on=dt.date(2026, 9, 17))
        began = dt.date(2023, 4, 12)
        one.firm(
            "石上泉传感", starts=began, incubated_on=began, limit_on=dt.date(2027, 4, 11),
            lease_ends=dt.date(2027, 3, 31),
        )  # fmt: skip
        one.firm("竹外桃电路", starts=TODAY - 100 * DAY)
        one.title("竹外桃电路", Title.HNTE, TODAY + 22 * DAY)
        one.title("石上泉传感", Title.HNTE, TODAY + 10 * DAY, revoked_on=TODAY - 5 * DAY)
        one.firm("松间月机器人", ends=TODAY - 5 * DAY, sector="robot")
        one.graduation("松间月机器人", TODAY - 5 * DAY, GraduationState.REPORTED, basis="9-2")
        one.firm("砚池云数据", sector="robot")
        one.push("砚池云数据", TODAY - 20 * DAY)
        one.firm("半亩塘医药", ends=dt.date(2026, 2, 1))
        one.graduation("半亩塘医药", dt.date(2026, 2, 1), GraduationState.VERIFIED)
        one.tie("半亩塘医药", "park", starts=dt.date(2026, 2, 1))
        one.firm("鹿鸣溪器械", ends=dt.date(2025, 12, 1))
        one.graduation("鹿鸣溪器械", dt.date(2025, 12, 1), GraduationState.VERIFIED)
        one.claim("松间月机器人", "park", ClaimState.OPEN, TODAY + 5 * DAY)
        one.claim("松间月机器人", "rival", ClaimState.OPEN, TODAY + 9 * DAY)
        one.claim("砚池云数据", "rival", ClaimState.OPEN, TODAY - DAY)
        session.add(
            Return(
                carrier_id=one.carriers["incubator"].id,
                year=2026,
                quarter=3,
                state=ReturnState.RETURNED,
                due_on=dt.date(2026, 11, 20),
            )
        )
    return one
