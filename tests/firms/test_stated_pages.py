"""自述数据 on its page: what was typed becomes a range with its days, and is judged at once."""

from __future__ import annotations

import datetime as dt
import io

from sqlalchemy import select

from app.carriers.models import Return, ReturnState, Verification
from app.core.access import System
from app.core.db import session, write
from app.firms.models import Attestation, Evidence, StatedFigure
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.firms.conftest import Ground


def row() -> StatedFigure:
    session.expire_all()
    return session.scalars(select(StatedFigure)).one()


Kept = list[tuple[str, int | None, int | None, dt.date]]


def kept(ground: Ground) -> Kept:
    session.expire_all()
    held = select(StatedFigure).where(StatedFigure.firm_id == ground.firm.id)
    return [(s.key, s.low, s.high, s.until) for s in session.scalars(held.order_by("id"))]


def test_statements_are_typed_listed_and_replaced(client: Client, ground: Ground) -> None:
    path = f"/firms/{ground.firm.pid}/stated"
    assert "还没有自述数据" in client.get(path).get_data(as_text=True)
    day = {"day": TODAY.isoformat()}
    for key, value in (("hnte_advance", "7－8"), ("market_share", "12.5％"), ("own_brand", "是")):
        answer = client.send(path, {"key": key, "value": value} | day)
        assert (answer.status_code, answer.location) == (303, path)
    client.send(path, {"key": "own_brand", "value": "否", "until": "2030-01-01"} | day)
    year = TODAY.replace(year=TODAY.year + 1)
    assert kept(ground) == [
        ("hnte_advance", 7, 8, year),
        ("market_share", 1250, 1250, year),
        ("own_brand", 0, 0, dt.date(2030, 1, 1)),
    ]
    page = client.get(path).get_data(as_text=True)
    shown = ("7-8 分", "12.5 %", ">专家评分：技术的先进程度</a></td>")
    assert [page.count(one) for one in shown] == [1, 1, 1]


def test_what_cannot_be_is_refused_in_words(client: Client, ground: Ground) -> None:
    path = f"/firms/{ground.firm.pid}/stated"
    for key, value, said in (
        ("hnte_advance", "9", "应在 0 到 8 之间。"),
        ("hnte_advance", "8-7", "上限不能小于下限。"),
        ("hnte_advance", "7.5", "请填写整数"),
        ("hnte_advance", "7-8-9", "请填写一个数"),
        ("own_brand", "也许", "请填写“是”或“否”。"),
        ("market_share", "100.01", "应在 0 到 100 之间。"),
        ("market_share", "nan", "请填写数字"),
        ("nonsense", "1", "自述数据"),
        ("hnte_advance", "", "自述数据"),
    ):
        answer = client.send(path, {"key": key, "value": value, "day": TODAY.isoformat()})
        assert (answer.status_code, value) == (422, value)
        assert said in answer.get_data(as_text=True)
    asked = {"asked": "stated", "field": "market_share", "value": "很多"}
    answer = client.send(f"/firms/{ground.firm.pid}/answer", asked, page=path)
    assert (answer.status_code, "%</span>" in answer.text) == (422, True)
    assert kept(ground) == []


def promised(ground: Ground, quarter: int = 3) -> None:
    """A submitted return whose promise covers the day."""
    with write("test:return", actor=System("test")):
        sheet = Return(
            carrier_id=ground.home.id, year=2026, quarter=quarter, state=ReturnState.SUBMITTED,
            due_on=TODAY,
        )  # fmt: skip
        session.add(sheet)
        session.flush()
        session.add(Attestation(firm_id=ground.firm.id, ends=TODAY, return_id=sheet.id))


PDF = b"%PDF-1.7\n%%EOF\n"


def test_one_statement_is_proved_confirmed_corrected_and_voided(
    client: Client, ground: Ground
) -> None:
    path = f"/firms/{ground.firm.pid}/stated"
    day = {"day": TODAY.isoformat()}
    proof = {"files": (io.BytesIO(PDF), "证明.pdf")}
    client.send(path, {"key": "market_share", "value": "12.5", **day, **proof}, page=path)
    one = f"{path}/market_share/{TODAY.isoformat()}"
    assert one in client.get(path).text
    page = client.get(one).text
    assert "证明.pdf" in page
    assert "/confirm" not in page
    assert client.send(f"{one}/confirm", {}, page=one).status_code == 403
    sign_in(client, ground.district)
    assert client.send(f"{one}/confirm", {}, page=one).status_code == 303
    sign_in(client, ground.mine)
    trust = []
    until = {"until": TODAY.replace(year=TODAY.year + 1).isoformat()}
    held = row()
    for change in (
        {"value": "12.5", "files": (io.BytesIO(PDF + b" "), "附页.pdf")},
        {"value": "13"},
    ):
        assert (
            client.send(one, until | change | {"rev": str(row().rev)}, page=one).status_code == 303
        )
        trust.append(row().verification)
    assert trust == [Verification.DISTRICT, Verification.CARRIER]
    late = client.send(one, until | {"value": "14", "rev": str(held.rev - 1)}, page=one)
    assert late.status_code == 409
    assert "13" in late.text
    assert (row().low, row().high) == (1300, 1300)
    assert client.send(one, until | {"value": "101"}, page=one).status_code == 422
    changes = client.get(f"/firms/{ground.firm.pid}").text
    assert "数值 12.5 % → 13 %" in changes
    promised(ground)
    used = until | {"value": "13.5"}
    refused = client.send(one, used, page=one)
    assert refused.status_code == 422
    assert "更正时请写明原因" in refused.text
    assert client.send(one, used | {"reason": "审计调整"}, page=one).status_code == 303
    promised(ground, 2)
    anew = {"key": "market_share", "value": "13.6", **day}
    refused = client.send(path, anew, page=path)
    assert (refused.status_code, "更正时请写明原因" in refused.text) == (422, True)
    assert 'name="reason"' in refused.text
    assert client.send(path, anew | {"reason": "审计调整"}, page=path).status_code == 303
    assert (row().low, row().verification) == (1360, Verification.CARRIER)
    sign_in(client, ground.district)
    later = used | {"value": "14", "reason": "审计调整"}
    assert client.send(one, later, page=one).status_code == 303
    assert (row().low, row().verification) == (1400, Verification.CARRIER)
    sign_in(client, ground.mine)
    assert client.send(f"{one}/void", {"reason": ""}, page=one).status_code == 422
    assert client.send(f"{one}/void", {"reason": "口径不对"}, page=one).status_code == 303
    assert kept(ground) == []
    assert client.get(one).status_code == 404
    papers = session.scalars(select(Evidence).order_by(Evidence.id)).all()
    assert [(p.firm_id, p.stated_id) for p in papers] == [(ground.firm.id, None)] * 2


def test_days_hold_and_others_do_not_write(client: Client, ground: Ground) -> None:
    path = f"/firms/{ground.firm.pid}/stated"
    mark = {"key": "hnte_advance", "value": "7"}
    ahead = (TODAY + dt.timedelta(1)).isoformat()
    assert client.send(path, mark | {"day": ahead}).status_code == 422
    ended = {"day": TODAY.isoformat(), "until": TODAY.isoformat()}
    assert client.send(path, mark | ended).status_code == 422
    client.send(path, mark | {"day": TODAY.isoformat()})
    one = f"{path}/hnte_advance/{TODAY.isoformat()}"
    sign_in(client, ground.theirs)
    for theirs in (path, one):
        assert client.get(theirs).status_code == 404
    assert client.send(one, {"value": "1"}).status_code == 404
    assert client.send(f"{one}/void", {"reason": "无"}).status_code == 404
    sign_in(client, ground.district)
    assert client.get(path).status_code == 200
    assert [(low, high) for _key, low, high, _until in kept(ground)] == [(7, 7)]
