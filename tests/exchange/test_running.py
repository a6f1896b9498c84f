"""A long import goes on behind its page; its rows are forgotten once none of them waits."""

from __future__ import annotations

import re
import threading
import time
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import func, select

from app.core.db import engine, last_revision, session, write
from app.core.errors import Busy
from app.exchange.intake import running
from app.exchange.models import Intake
from app.firms.models import Figures
from tests.clients import Client, sign_in
from tests.core.test_hard_times import on_each_connection
from tests.exchange.test_imports import CODE, commit, preview, workbook
from tests.factories.chain import SEEDER, Chain

HEADS = [CODE, "报告期", "营业收入（万元）"]
QUARTERS = [f"{year}年第{n}季度" for year in range(1991, 2020) for n in (1, 2, 3, 4)]


def rows_of(made: Chain, many: int) -> bytes:
    """A sheet of figures of so many quarters of two firms."""
    codes = [made.firms[n].code for n in ("石上泉传感", "竹外桃电路")]
    said = [[code, period, 100] for code in codes for period in QUARTERS]
    return workbook(("年度、季度数据", [HEADS, *said[:many]]))


def settled(client: Client, where: str) -> str:
    """The page once it no longer tells of a write that goes on."""
    for _turn in range(600):
        answer = client.get(where)
        if "Refresh" not in answer.headers:
            return str(answer.get_data(as_text=True))
        assert re.search("正在写入|正在撤销", answer.get_data(as_text=True))
        time.sleep(0.1)
    raise AssertionError("the write does not end")


def count() -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Figures)) or 0


def content_of(where: str) -> str:
    session.rollback()
    return session.scalars(select(Intake.content).where(Intake.pid == where[-12:])).one()


def test_a_long_write_is_left_and_come_back_to(client: Client, made: Chain) -> None:
    sign_in(client, made.people["incubator"])
    many, before = running.LONG + 3, count()
    where, page = preview(client, rows_of(made, many))
    assert commit(client, where, page).status_code == 303
    page = settled(client, where)
    assert f"已写入 {many} 行" in page
    assert count() == before + many
    assert content_of(where) == "[]"
    assert running.look(where[-12:]) is None
    assert client.send(f"{where}/undo", {}, page=where).location == where
    page = settled(client, where)
    assert f"撤回新增 {many} 条" in page
    assert client.get(where).get_data(as_text=True) == page, "what was undone can be read again"
    assert count() == before
    assert client.send(f"{where}/undo", {}, page="/imports").status_code == 409


def test_a_long_undo_that_breaks_off_says_so(app: Flask, client: Client, made: Chain) -> None:
    sign_in(client, made.people["incubator"])
    where, page = preview(client, rows_of(made, 2))
    commit(client, where, page)
    before, told, go = count(), threading.Event(), threading.Event()

    def work(tick: Any) -> tuple[int, int]:
        tick(1, 2)
        told.set()
        go.wait(30)
        raise ZeroDivisionError

    assert running.start(app, where[-12:], 2, work, undo=True)
    assert told.wait(30)
    assert "正在撤销 2 行" in client.get(where).get_data(as_text=True)
    assert "正在撤销，50%" in client.get("/imports").get_data(as_text=True)
    go.set()
    assert "撤销中断，没有撤销任何内容" in settled(client, where)
    assert count() == before


def test_a_long_write_that_is_refused_says_why(client: Client, made: Chain) -> None:
    sign_in(client, made.people["incubator"])
    where, _page = preview(client, rows_of(made, running.LONG))
    before = count()
    assert client.send(where, {"digest": "0" * 64, "then": "write"}).status_code == 303
    assert "预览之后数据有变动，没有写入" in settled(client, where)
    assert count() == before
    assert "预览之后数据有变动" not in client.get(where).get_data(as_text=True)


def test_while_it_runs_nothing_else_is_done(app: Flask, client: Client, made: Chain) -> None:
    sign_in(client, made.people["incubator"])
    where, _page = preview(client, rows_of(made, 2))
    pid, told, go = where[-12:], threading.Event(), threading.Event()

    def work(tick: Any) -> tuple[int, int]:
        tick(1, 2)
        told.set()
        go.wait(30)
        raise ZeroDivisionError

    assert running.start(app, pid, 2, work)
    assert not running.start(app, pid, 2, work)
    assert told.wait(30)
    answer = client.get(where)
    assert answer.headers["Refresh"] == "3"
    assert "1 / 2 行" in answer.get_data(as_text=True)
    assert "正在写入，50%" in client.get("/imports").get_data(as_text=True)
    for address in (where, f"{where}/drop", f"{where}/undo"):
        assert client.send(address, {"then": "write"}, page="/imports").location == where
    assert content_of(where) != "[]"
    go.set()
    assert "写入中断，没有写入任何内容" in settled(client, where)
    assert "2 行可以写入" in client.get(where).get_data(as_text=True)


def test_rows_that_wait_are_kept_until_given_up(client: Client, made: Chain) -> None:
    sign_in(client, made.people["incubator"])
    firm = made.firms["石上泉传感"]
    rows = [HEADS, [firm.code, "2019年", 100], [firm.code, "2018年", "约五百"]]
    where, page = preview(client, workbook(("年度、季度数据", rows)))
    assert commit(client, where, page).status_code == 303
    assert "约五百" in content_of(where)
    before = count()
    assert client.send(f"{where}/drop", {}, page=where).status_code == 303
    assert content_of(where) == "[]"
    assert "撤销整个导入" in client.get(where).get_data(as_text=True)
    assert client.send(f"{where}/undo", {}, page=where).status_code == 303
    assert count() == before - 1


def under_way(app: Flask, pid: str) -> threading.Event:
    """A write of so many rows that stands at half until the event is set."""
    told, go = threading.Event(), threading.Event()

    def work(tick: Any) -> tuple[int, int]:
        tick(1, 2)
        with write("import:commit", actor=SEEDER):
            told.set()
            go.wait(60)
        return 1, 0

    assert running.start(app, pid, 2, work)
    assert told.wait(30)
    return go


def test_others_are_told_of_a_long_import_and_keep_what_they_typed(
    app: Flask, client: Client, made: Chain
) -> None:
    sign_in(client, made.people["incubator"])
    where, _page = preview(client, rows_of(made, 2))
    home = f"/firms/{made.firms['石上泉传感'].pid}"
    hurry = "PRAGMA busy_timeout=50" if engine().dialect.name == "sqlite" else "SET lock_timeout=50"
    before = last_revision()
    with on_each_connection(engine(), hurry):
        go = under_way(app, where[-12:])
        try:
            assert client.get(home).status_code == 200, "reading goes on"
            answer = client.send(f"{home}/edit", {"profile-business": "量子传感的新业务"})
            page = unescape(answer.get_data(as_text=True))
            assert answer.status_code == 503
            assert "正在写入一批导入（已完成 50%），您的这一次没有写入。请过一分钟再提交。" in page
            assert "量子传感的新业务" in page
            with force_locale("en"):
                assert Busy().message.startswith("An import is being written (50% done)")
        finally:
            go.set()
            for one in threading.enumerate():
                if one.name == "import":
                    one.join(30)
        settled(client, where)
    session.rollback()
    assert last_revision() == before + 1, "the import's own"
    assert Busy().message.startswith("系统正忙")


@pytest.mark.parametrize("left", ['{"of": 10, "unknown": 1}', "half of a file", "[]"])
def test_what_cannot_be_read_of_a_write_hides_no_answer(app: Flask, left: str) -> None:
    place = running._place("another-one")
    place.write_text(left)
    try:
        with app.app_context():
            assert Busy().message.startswith("系统正忙")
    finally:
        place.unlink()
