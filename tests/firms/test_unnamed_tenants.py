"""A refusal about a unit names no firm that the list of units would not name to the same reader."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.carriers.models import PARK, Carrier, HoldKind, Unit
from app.core.errors import DomainError
from app.firms.models import Firm
from app.firms.service import space, units
from tests.acting import do
from tests.factories.carriers import make_carrier, viewer_at
from tests.factories.firms import make_firm
from tests.factories.units import make_unit, use

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])
NAME, SHORT = "上海影子密名有限公司", "影子密名"
ON = dt.date(2027, 6, 1)


def let(unit: Unit, **more: Any) -> Firm:
    """A firm for counting only that has the whole of a unit."""
    firm = make_firm(NAME, short_name=SHORT, counted_only=True, **more)
    use(firm, unit, unit.total, "2026-01-01")
    return firm


def works(park: Carrier, actor: Any, **more: Any) -> None:
    unit = make_unit(park, 20_000)
    let(unit, **more)
    do(space.hold, actor, unit=unit, kind=HoldKind.WORKS, starts=ON)


def give_up(park: Carrier, actor: Any, **more: Any) -> None:
    unit = make_unit(park, 20_000)
    let(unit, **more)
    do(units.give_up_unit, actor, unit=unit, on=ON)


def split(park: Carrier, actor: Any, **more: Any) -> None:
    unit = make_unit(park, 20_000)
    let(unit, **more)
    do(units.split_unit, actor, unit=unit, on=ON, parts=[("甲", 10_000), ("乙", 10_000)])


@pytest.mark.parametrize("act", [works, give_up, split])
def test_a_tenant_for_counting_only_is_named_to_its_host_alone(
    app: Flask, act: Callable[..., None]
) -> None:
    park = make_carrier(tier=PARK)
    with pytest.raises(DomainError) as caught:
        act(park, viewer_at(park))
    assert "仅计数企业" in caught.value.message
    assert SHORT not in caught.value.message
    assert SHORT not in str(caught.value.values)


@pytest.mark.parametrize("act", [works, give_up, split])
def test_one_that_it_hosts_is_named_to_it(app: Flask, act: Callable[..., None]) -> None:
    park = make_carrier(tier=PARK)
    with pytest.raises(DomainError) as caught:
        act(park, viewer_at(park), at=park)
    assert SHORT in caught.value.message
