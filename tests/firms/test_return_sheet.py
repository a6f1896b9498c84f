"""The quarter's sheet: unusual values, somebody faster, digits, reminders, paper."""

from __future__ import annotations

from sqlalchemy import select

from app.carriers.models import Return, ReturnReminder, Source, Verification
from app.core.db import session, write
from app.firms import sheet
from app.firms.figure_columns import BY_NAME
from app.firms.models import Figures
from tests.clients import Client, sign_in
from tests.factories.carriers import ACTOR
from tests.firms.conftest import Ground
from tests.firms.test_return_pages import opened


def second_quarter(ground: Ground, **values: int) -> None:
    """What the firm stated for the quarter before, money in fen."""
    with write("test:figures", actor=ACTOR):
        session.add(
            Figures(
                firm_id=ground.firm.id,
                year=2026,
                quarter=2,
                source=Source.EXPRESS,
                verification=Verification.CARRIER,
                **values,
            )
        )


def held() -> Figures | None:
    session.expire_all()
    return session.scalars(select(Figures).where(Figures.quarter == 3)).one_or_none()


def test_a_falling_cumulative_figure_asks_for_one_tick(client: Client, ground: Ground) -> None:
    page, pid = opened(client, ground), ground.firm.pid
    second_quarter(ground, revenue=500_000_000)
    answer = client.send(page, {f"{pid}-revenue": "400"})
    assert answer.status_code == 422
    assert "营业收入本季累计小于上季累计" in answer.get_data(as_text=True)
    assert held() is None
    assert client.send(page, {f"{pid}-revenue": "400", f"{pid}-sure": "on"}).status_code == 303
    row = held()
    assert row is not None
    assert (row.revenue, row.remark) == (400_000_000, sheet.SURE)
    changed = {f"{pid}-revenue": "300", f"{pid}-remark": sheet.SURE, f"{pid}-rev": row.rev}
    assert client.send(page, changed).status_code == 422


def test_yuan_in_a_column_of_ten_thousands_are_named(client: Client, ground: Ground) -> None:
    page, pid = opened(client, ground), ground.firm.pid
    second_quarter(ground, revenue=500_000_000)
    answer = client.send(page, {f"{pid}-revenue": "6000000"}).get_data(as_text=True)
    assert "营业收入为上期的 12,000 倍，请核对是否以元填报" in answer
    for typed, fen in (("612.5万", 612_500_000), ("6,200,000元", 620_000_000)):
        row = held()
        rev = row.rev if row else ""
        form = {f"{pid}-revenue": typed, f"{pid}-rev": rev}
        assert client.send(page, form).status_code == 303
        row = held()
        assert row is not None
        assert row.revenue == fen


def test_what_another_saved_meanwhile_is_shown_and_kept(client: Client, ground: Ground) -> None:
    page, pid = opened(client, ground), ground.firm.pid
    assert client.send(page, {f"{pid}-revenue": "100", f"{pid}-rev": ""}).status_code == 303
    slow = {f"{pid}-revenue": "200", f"{pid}-rev": ""}
    answer = client.send(page, slow)
    assert answer.status_code == 422
    assert "营业收入 100.00" in answer.get_data(as_text=True)
    row = held()
    assert row is not None
    assert row.revenue == 100_000_000
    assert client.send(page, {**slow, f"{pid}-rev": row.rev}).status_code == 303
    row = held()
    assert row is not None
    assert row.revenue == 200_000_000


def test_digits_are_rounded_but_never_hidden(client: Client, ground: Ground) -> None:
    page, pid = opened(client, ground), ground.firm.pid
    form = {f"{pid}-net_profit": "-19.995", f"{pid}-revenue": "2980"}
    assert client.send(page, form).status_code == 303
    shown = client.get(page).get_data(as_text=True)
    assert 'value="−19.995"' in shown
    assert 'value="2,980.00"' in shown
    paper = client.get(f"{page}/print").get_data(as_text=True)
    assert ">−20.00<" in paper
    assert "净利润 −19.995。" in paper
    for line in ("单位负责人", "统计负责人", "填表人", "报出日期", "2026 年第 3 季度"):
        assert line in paper


def test_submitting_saves_what_is_on_the_sheet(client: Client, ground: Ground) -> None:
    page, pid = opened(client, ground), ground.firm.pid
    form = {f"{pid}-revenue": "12.5万", "promised": "on"}
    wrong = {**form, f"{pid}-tax_paid": "x"}
    assert client.send(f"{page}/submit", wrong, page=page).status_code == 422
    assert client.send(f"{page}/submit", form, page=page).status_code == 303
    row = held()
    assert row is not None
    assert row.revenue == 12_500_000
    assert session.scalars(select(Return.state)).all().count("submitted") == 1


def test_reminding_is_noted_once_a_day(client: Client, ground: Ground) -> None:
    opened(client, ground)
    sign_in(client, ground.district)
    listed = client.get("/returns").get_data(as_text=True)
    assert "金科路青禾孵化器：1 家企业未填" in listed
    for _again in range(2):
        client.send("/returns/remind?period=2026Q3", {}, page="/returns")
    session.expire_all()
    assert len(session.scalars(select(ReturnReminder)).all()) == 2
    for state, number in (("open", 2), ("verified", 0)):
        page = client.get(f"/returns?state={state}&period=2026Q3").get_data(as_text=True)
        assert page.count('<th scope="row">') == number
    sign_in(client, ground.mine)
    assert client.send("/returns/remind?period=2026Q3", {}, page="/returns").status_code == 403


def test_heads_kept_finer_than_shown_survive_an_unchanged_box() -> None:
    column = BY_NAME["staff_end"]
    cell = sheet.Cell(column, "x", sheet.as_text(column, 25), None, 25)
    sheet._read(cell, 25)
    assert (cell.text, cell.value) == ("1.04", 25)
