"""空间需求: written down by whoever hosts the firm, read by relation and consent, kept, ended."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.carriers.models import PARK
from app.core.db import session, write
from app.core.errors import Conflict, DomainError, Forbidden
from app.firms import service
from app.firms.models import (
    Demand,
    DemandEnd,
    DemandState,
    Destination,
    Firm,
    LeaveReason,
    Residency,
)
from app.firms.queries.demand import open_of, unconfirmed
from app.pipeline import service as chain
from seed import reference
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.factories.carriers import ACTOR, make_carrier, viewer_at
from tests.factories.demand import PLAIN, need
from tests.factories.firms import host, make_firm
from tests.firms.conftest import Ground

pytestmark = pytest.mark.usefixtures("lists")
SAID = {
    "area_low": "400", "area_high": "600", "uses": ["research", "pilot"],
    "needed_by": "2027.3.31", "regions": ["zhangjiang"], "rent_most": "4.5",
    "load_kg": "1000", "height_mm": "5.4", "power_kw": "0", "exhaust": "process",
    "assessment": "", "talents": "3", "finance": "600",
}  # fmt: skip


@pytest.fixture
def lists(app: Flask) -> None:
    """片区 and the other code lists."""
    reference.load()


def act(verb: Any, **given: Any) -> Any:
    with write("test:demand", actor=given.get("actor", ACTOR)):
        return verb(**({"actor": ACTOR, "today": TODAY} | given))


def held(firm: Firm) -> Demand | None:
    session.expire_all()
    return open_of(firm.id)


def test_what_is_typed_is_kept_with_what_it_was(client: Client, ground: Ground) -> None:
    path = f"/firms/{ground.firm.pid}/demand"
    assert client.send(path, SAID).status_code == 303
    row = held(ground.firm)
    assert row is not None
    assert (row.area_low, row.area_high, row.uses) == (400, 600, ("research", "pilot"))
    assert (row.rent_most, row.height_mm, row.power_kw) == (450, 5400, 0)
    assert (row.exhaust, row.assessment, row.opened_on) == ("process", None, TODAY)
    changed = SAID | {"rev": str(row.rev), "area_high": "800", "load_kg": ""}
    assert client.send(path, changed).status_code == 303
    page = client.get(path).text
    assert "400—600 ㎡ → 400—800 ㎡" in page
    assert "1,000 kg/㎡ → —" in page
    assert "面积（至多） 600 → 800" in client.get(f"/firms/{ground.firm.pid}/history").text
    assert len(session.execute(select(Demand.__history__)).all()) == 1
    panel = client.get(f"/firms/{ground.firm.pid}").text
    assert "400—800 ㎡" in panel
    assert "企业未同意展示，园区看不到" in panel


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"area_low": ""}, "请填写“面积（至少）”"),
        ({"area_low": "很多"}, "请填整数"),
        ({"area_high": "300"}, "面积上限不能小于下限。"),
        ({"uses": []}, "请选择“用途”。"),
        ({"uses": ["castle"]}, "没有这一选项"),
        ({"needed_by": ""}, "请填写“最迟入驻日”"),
        ({"needed_by": "2026-11-01"}, "最迟入驻日 2026-11-01 已过"),
        ({"opened_on": "2027-01-01"}, "提出日期不能晚于今天"),
        ({"rent_most": "4.555"}, "最多 2 位小数"),
        ({"rent_most": "4000"}, "不能大于 1000。"),
        ({"height_mm": "-2"}, "不能小于 0。"),
        ({"load_kg": "-1"}, "楼面承重"),
        ({"finance": "-3"}, "金额不能为负"),
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_cannot_be_is_refused_at_its_field(
    client: Client, ground: Ground, change: dict[str, Any], words: str
) -> None:
    answer = client.send(f"/firms/{ground.firm.pid}/demand", SAID | change)
    assert (answer.status_code, held(ground.firm)) == (422, None)
    assert words in answer.text


def test_a_new_form_opens_with_what_is_known(client: Client, ground: Ground) -> None:
    with write("test:known", actor=ACTOR):
        tie = session.scalars(select(Residency)).one()
        tie.area_m2, tie.lease_ends = 130, dt.date(2027, 2, 28)
    page = client.get(f"/firms/{ground.firm.pid}/demand").text
    for shown in (
        'name="area_low" type="number" value="130"', 'value="2027-02-28"',
        'value="zhangjiang" checked', "按现有场地填入", "按现载体所在片区填入",
    ):  # fmt: skip
        assert shown in page, shown
    need(ground.firm, load_kg=900, uses=("gmp",))
    act(service.close_demand, demand=open_of(ground.firm.id), reason=DemandEnd.MONEY)
    page = client.get(f"/firms/{ground.firm.pid}/demand").text
    assert 'value="gmp" checked' in page
    assert 'value="900"' in page
    assert "按上一份需求填入" in page
    lead = page[page.index("按上一份需求填入") : page.index("来源不同")]
    for name in ("用途", "楼面承重"):
        assert name in lead, "which boxes come from the former search"
    assert re.search("按现有场地填入：面积", page)
    assert re.search(r"<details open>\s*<summary>承重", page), "what was filled in is in sight"


def test_a_faster_editor_is_shown_and_not_overwritten(client: Client, ground: Ground) -> None:
    row = need(ground.firm)
    path = f"/firms/{ground.firm.pid}/demand"
    stale = SAID | {"rev": str(row.rev)}
    act(service.record_demand, firm=ground.firm, area_high=900, rent_most=400)
    answer = client.send(path, stale)
    assert answer.status_code == 409
    for both in ("900 ㎡", "600 ㎡", "4 元/㎡·天", "4.5 元/㎡·天"):
        assert both in answer.text, both
    now = held(ground.firm)
    assert now is not None
    assert now.area_high == 900
    with pytest.raises(Conflict):
        act(service.record_demand, firm=ground.firm, rev=stale["rev"], **PLAIN)


def test_it_ends_and_can_be_reopened(client: Client, ground: Ground) -> None:
    row = need(ground.firm, opened_on=TODAY - dt.timedelta(days=20))
    path = f"/firms/{ground.firm.pid}/demand"
    end = {"on": TODAY.isoformat(), "rev": str(row.rev)}
    refused = client.send(f"{path}/{row.pid}/close", end | {"reason": "other"}, page=path)
    assert "请写明结束的原因。" in refused.text
    early = end | {"reason": "money", "on": "2026-01-01"}
    assert client.send(f"{path}/{row.pid}/close", early, page=path).status_code == 422
    assert client.send(f"{path}/{row.pid}/close", end | {"reason": "money"}, page=path)
    session.expire_all()
    assert (row.state, row.closed_on) == (DemandState.GIVEN_UP, TODAY)
    page = client.get(path).text
    assert "已放弃：资金不到位" in page
    with pytest.raises(DomainError, match="demand_closed"):
        act(service.close_demand, demand=row, reason=DemandEnd.MONEY)
    again = client.send(f"{path}/{row.pid}/reopen", {"rev": str(row.rev)}, page=path)
    assert (again.status_code, held(ground.firm) is not None) == (303, True)
    with pytest.raises(DomainError, match="demand_open_still"):
        act(service.reopen_demand, demand=row)
    voided = client.send(
        f"{path}/{row.pid}/void", {"rev": str(row.rev), "reason": "录错"}, page=path
    )
    assert (voided.status_code, held(ground.firm)) == (303, None)
    assert session.execute(select(Demand.__history__.c.pid)).first() is not None


def test_one_at_a_time_even_for_raw_sql(ground: Ground) -> None:
    need(ground.firm)
    with pytest.raises(DomainError, match="demand_held"), write("test:two", actor=ACTOR):
        more = PLAIN | {"opened_on": TODAY, "checked_on": TODAY}
        session.add(Demand(firm_id=ground.firm.id, state=DemandState.OPEN, **more))
        session.flush()


def test_an_arrival_meets_it_and_taking_it_back_reopens_it(ground: Ground) -> None:
    park = make_carrier(tier=PARK)
    row = need(ground.firm, opened_on=TODAY - dt.timedelta(days=60))
    tie = act(chain.land, firm=ground.firm, carrier=park, arrived_on=TODAY)
    session.expire_all()
    assert (row.state, row.end_reason, row.closed_on) == (DemandState.MET, DemandEnd.LANDED, TODAY)
    assert row.met_at_id == park.id
    act(chain.void_tie, tie=tie, reason="录错")
    session.expire_all()
    assert (row.state, row.met_at_id, row.closed_on) == (DemandState.OPEN, None, None)


def test_an_arrival_before_it_was_said_does_not_meet_it(ground: Ground) -> None:
    need(ground.firm)
    act(
        chain.land,
        firm=ground.firm,
        carrier=make_carrier(tier=PARK),
        arrived_on=dt.date(2026, 9, 1),
    )
    assert held(ground.firm) is not None, "whoever hosts it now goes on with it"


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        (Destination.BUILDING, DemandEnd.ELSEWHERE),
        (Destination.OUTSIDE, DemandEnd.LEFT_DISTRICT),
        (Destination.DISSOLVED, DemandEnd.CLOSED),
        (Destination.UNKNOWN, None),
    ],
)
def test_a_departure_ends_what_it_settles(
    ground: Ground, to: Destination, reason: DemandEnd | None
) -> None:
    row = need(ground.firm)
    act(
        chain.leave, firm=ground.firm, carrier=ground.home, on=TODAY, destination=to,
        reason=LeaveReason.NOT_GRADUATED,
    )  # fmt: skip
    session.expire_all()
    assert row.end_reason == reason


def test_who_may_write_and_read(client: Client, ground: Ground) -> None:
    need(ground.firm)
    path = f"/firms/{ground.firm.pid}/demand"
    for who, read, wrote in (
        (ground.mine, 200, 303), (ground.district, 200, 303), (ground.theirs, 404, 404),
    ):  # fmt: skip
        sign_in(client, who)
        row = held(ground.firm)
        assert row is not None
        answer = client.get(path)
        assert answer.status_code == read
        posted = client.send(path, SAID | {"rev": str(row.rev)}, page="/me")
        assert posted.status_code == wrote
    other = make_carrier("别家孵化器")
    viewer = viewer_at(other)
    with pytest.raises(Forbidden):
        act(service.record_demand, actor=viewer, firm=ground.firm, **PLAIN)


def test_a_former_host_writes_while_nobody_else_hosts(client: Client, ground: Ground) -> None:
    need(ground.firm)
    path = f"/firms/{ground.firm.pid}/demand"
    act(
        chain.leave, firm=ground.firm, carrier=ground.home, on=TODAY,
        destination=Destination.UNKNOWN, reason=LeaveReason.NOT_GRADUATED,
    )  # fmt: skip
    sign_in(client, ground.mine)
    assert client.get(path).status_code == 200
    host(ground.firm, make_carrier("后来的孵化器"), since=TODAY.isoformat())
    assert client.get(path).status_code == 404, "it travels with the firm"


def test_a_long_search_asks_to_be_confirmed(client: Client, ground: Ground) -> None:
    row = need(ground.firm, opened_on=TODAY - dt.timedelta(days=120))
    sign_in(client, ground.mine)
    assert "已 120 天没有解决" in client.get(f"/firms/{ground.firm.pid}/demand").text
    assert "确认空间需求" not in client.get("/todo").text
    with write("test:old", actor=ACTOR):
        session.get_one(Demand, row.id).checked_on = TODAY - dt.timedelta(days=95)
    assert "确认空间需求" in client.get("/todo").text
    now = held(ground.firm)
    assert now is not None
    client.send(f"/firms/{ground.firm.pid}/demand", SAID | {"rev": str(now.rev)})
    assert "确认空间需求" not in client.get("/todo").text
    assert unconfirmed(ACTOR, TODAY) == []


def test_it_passes_to_the_firm_that_stays(ground: Ground) -> None:
    double, rest = make_firm(), make_firm()
    one = need(double)
    act(service.merge_firms, firm=double, into=rest, reason="重复")
    session.expire_all()
    assert one.firm_id == rest.id
    third = make_firm()
    need(third)
    act(service.merge_firms, firm=third, into=rest, reason="重复")
    assert held(rest) is not None
    mine = make_firm()
    need(mine)
    act(service.void_firm, firm=mine, reason="测试")
    assert session.scalars(select(Demand).where(Demand.firm_id == mine.id)).all() == []
