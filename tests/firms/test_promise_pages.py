"""填报承诺 on its page: listed, made, taken back; one made with a return stays with it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app.core.db import session
from app.firms.models import Attestation, MilestoneKind
from tests.clients import Client
from tests.conftest import TODAY
from tests.firms.conftest import Ground
from tests.firms.test_return_pages import opened


def promises(ground: Ground) -> list[tuple[MilestoneKind | None, dt.date | None, dt.date]]:
    held = select(Attestation).where(Attestation.firm_id == ground.firm.id)
    return [(one.kind, one.starts, one.ends) for one in session.scalars(held.order_by("id"))]


def test_a_promise_is_made_listed_and_taken_back(client: Client, ground: Ground) -> None:
    path = f"/firms/{ground.firm.pid}/promises"
    assert "还没有填报承诺" in client.get(path).get_data(as_text=True)
    answer = client.send(path, {"kind": "ip", "starts": "2026-01-01", "ends": TODAY.isoformat()})
    assert (answer.status_code, answer.location) == (303, path)
    assert promises(ground) == [(MilestoneKind.IP, dt.date(2026, 1, 1), TODAY)]
    page = client.get(path).get_data(as_text=True)
    assert "单独登记" in page
    history = client.get(f"/firms/{ground.firm.pid}/history").get_data(as_text=True)
    assert f"填报承诺 知识产权，至 {TODAY.isoformat()}" in history
    number = session.scalars(select(Attestation.id)).one()
    assert client.send(f"{path}/{number}/withdraw", {}).location == path
    assert promises(ground) == []
    assert client.send(f"{path}/{number}/withdraw", {}).status_code == 404


def test_a_promise_about_the_future_is_refused(client: Client, ground: Ground) -> None:
    path = f"/firms/{ground.firm.pid}/promises"
    ahead = (TODAY + dt.timedelta(days=1)).isoformat()
    assert client.send(path, {"kind": "all", "ends": ahead}).status_code == 422
    turned = {"kind": "all", "starts": "2026-02-01", "ends": "2026-01-01"}
    assert client.send(path, turned).status_code == 422
    assert client.send(path, {"kind": "nonsense", "ends": "2026-01-01"}).status_code == 422
    assert promises(ground) == []


def test_a_promise_made_with_a_return_stays_with_it(client: Client, ground: Ground) -> None:
    page, path = opened(client, ground), f"/firms/{ground.firm.pid}/promises"
    client.send(f"{page}/submit", {"promised": "on"}, page=page)
    number = session.scalars(select(Attestation.id)).one()
    listed = client.get(path).get_data(as_text=True)
    assert "2026 年第 3 季度报表" in listed
    assert f"{path}/{number}/withdraw" not in listed
    assert client.send(f"{path}/{number}/withdraw", {}, page=path).status_code == 422
    assert promises(ground) == [(None, dt.date(2026, 1, 1), dt.date(2026, 9, 30))]
