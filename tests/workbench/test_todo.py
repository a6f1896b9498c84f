"""待办, 已办 and 昨日变动: what waits for whom, and what was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, g
from sqlalchemy import select

from app.carriers.models import CarrierStatus, Return, ReturnState, StatusAct, Verification
from app.core.access import Viewer
from app.core.db import session, write
from app.core.kept import KEPT
from app.core.panels import Todo
from app.firms.models import InvestorKind, Milestone, MilestoneKind, MoneyState, Residency
from app.firms.service import log_milestone
from app.workbench import done, doors, home
from app.workbench.doors import count
from tests.clients import Client
from tests.conftest import TODAY
from tests.factories.chain import Chain, enter

DAY = dt.timedelta(days=1)


@contextmanager
def request(app: Flask) -> Iterator[None]:
    """A request of its own, which remembers nothing of the one before."""
    with app.test_request_context("/"):
        for name in ("todos", "scope_ids", "own_tiers"):
            g.pop(name, None)
        yield


def waiting(app: Flask, viewer: Viewer) -> dict[str, Todo]:
    with request(app):
        return {f"{one.title} {one.subject}": one for one in home.todos(viewer, TODAY)}


def test_a_carrier_is_told_of_limits_choices_and_returns(app: Flask, made: Chain) -> None:
    found = waiting(app, made.viewer("incubator"))
    over = found["延长孵化或清退 苇间雪软件"]
    assert (over.due, over.detail) == (dt.date(2026, 9, 17), "在孵第 51 个月，已过期限")
    back = next(one for key, one in found.items() if key.startswith("报送"))
    assert (back.due, back.primary) == (dt.date(2026, 11, 20), True)
    assert [one for one in found if one.endswith("石上泉传感")] == []


def test_money_without_receipt_waits_until_it_is_entered(app: Flask, made: Chain) -> None:
    viewer, firm = made.viewer("incubator"), made.firms["石上泉传感"]
    with write("milestone:log", actor=viewer):
        log_milestone(
            actor=viewer, today=TODAY, firm=firm, kind=MilestoneKind.FINANCING,
            investor=InvestorKind.VENTURE, money_state=MoneyState.AGREED, amount=300 * 10**6,
            name="A轮", day=TODAY - DAY,
        )  # fmt: skip
    one = waiting(app, viewer)["补录到账日期 石上泉传感"]
    assert (one.due, one.detail) == (dt.date(2026, 12, 31), "A轮 300.00 万元，已签约，未到账")
    assert "补录到账日期 石上泉传感" not in waiting(app, made.viewer("park"))
    with write("milestone:correct", actor=viewer):
        entry = session.scalars(select(Milestone).where(Milestone.kind == "financing")).one()
        entry.money_state, entry.received_on = MoneyState.RECEIVED, TODAY
        entry.verification = Verification.CARRIER
    assert "补录到账日期 石上泉传感" not in waiting(app, viewer)


def test_the_district_is_told_who_is_late_and_what_to_go_through(app: Flask, made: Chain) -> None:
    found = waiting(app, made.viewer("district"))
    late = found["催报2026 年第 3 季度报表 未报载体"]
    assert (late.due, late.detail) == (dt.date(2026, 11, 20), "1 家未报：金科路青禾孵化器")
    assert found["超期清理 在孵企业"].detail == "1 家超过孵化期限"
    with write("test:file", actor=made.viewer("district")):
        session.scalars(select(Return)).one().state = ReturnState.SUBMITTED
    found = waiting(app, made.viewer("district"))
    assert "催报2026 年第 3 季度报表 未报载体" not in found
    assert found["初核报表 2026 年第 3 季度"].detail == "1 份"


def test_the_district_is_told_of_firms_at_a_closed_carrier(app: Flask, made: Chain) -> None:
    """待安置: whoever is concerned is told who is counted where no incubator is left."""
    title, carrier = "安置在园企业 金科路青禾孵化器", made.carriers["incubator"]
    assert title not in waiting(app, made.viewer("district"))
    with write("test:close", actor=made.viewer("district")):
        session.add(
            CarrierStatus(carrier_id=carrier.id, act=StatusAct.CLOSED, day=dt.date(2026, 11, 2))
        )
    one = waiting(app, made.viewer("district"))[title]
    assert (one.due, one.detail) == (dt.date(2026, 12, 31), "载体已注销，4 家待安置")
    assert one.url == f"/settling?carrier={carrier.pid}"
    assert title in waiting(app, made.viewer("incubator"))
    assert title not in waiting(app, made.viewer("park"))
    with write("test:move", actor=made.viewer("district")):
        for tie in session.scalars(select(Residency).where(Residency.ends.is_(None))):
            tie.ends = TODAY
    assert title not in waiting(app, made.viewer("district"))


@pytest.mark.parametrize("kind", ["incubator", "park"])
def test_a_scope_read_once_finds_the_same_firms(
    app: Flask, made: Chain, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer: Any = made.viewer(kind)
    asked = ({}, {"here": "1"}, {"stage": "incubating"}, {"stage": "settled"}, {"limit": "over"})
    counts = []
    for most in (0, doors.MOST):
        monkeypatch.setattr(doors, "MOST", most)
        app.extensions.pop(KEPT, None)
        with request(app):
            counts.append([count(doors.firms_where(viewer, TODAY, one)) for one in asked])
    assert counts[0] == counts[1]
    assert sum(counts[0]) > 3


def test_what_was_done_is_listed_with_its_firm(app: Flask, made: Chain) -> None:
    viewer = made.viewer("incubator")
    with write("milestone:log", actor=viewer):
        log_milestone(
            actor=viewer, today=TODAY, firm=made.firms["石上泉传感"], kind=MilestoneKind.OTHER,
            name="乔迁", day=TODAY,
        )  # fmt: skip
    with app.test_request_context("/"):
        told = done.told(viewer, session.scalars(done.mine(viewer)).all())
    assert [(one.text, one.subject) for one in told] == [("记一笔", "石上泉传感")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_of_what_was_done(made: Chain, client: Client, lang: str) -> None:
    enter(client, "incubator").set_cookie("lang", lang)
    assert client.get("/done").status_code == 200
