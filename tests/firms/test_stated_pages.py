"""自述数据 on its page: what was typed becomes a range with its days, and is judged at once."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app.core.db import session
from app.firms.models import StatedFigure
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.firms.conftest import Ground

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
    assert [
        page.count(shown) for shown in ("7-8 分", "12.5 %", "专家评分：技术的先进程度</td>")
    ] == [
        1,
        1,
        1,
    ]


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
    assert kept(ground) == []


def test_days_hold_and_others_do_not_write(client: Client, ground: Ground) -> None:
    path = f"/firms/{ground.firm.pid}/stated"
    mark = {"key": "hnte_advance", "value": "7"}
    ahead = (TODAY + dt.timedelta(1)).isoformat()
    assert client.send(path, mark | {"day": ahead}).status_code == 422
    ended = {"day": TODAY.isoformat(), "until": TODAY.isoformat()}
    assert client.send(path, mark | ended).status_code == 422
    sign_in(client, ground.theirs)
    assert client.get(path).status_code == 404
    sign_in(client, ground.district)
    assert client.get(path).status_code == 200
    assert kept(ground) == []
