"""An official list in a round: what it has put on record is linked in one act, and an undo of
the list leaves what the round rests on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from app.core.days import today
from app.core.db import session, write
from app.core.errors import DomainError
from app.firms.models import Milestone, Title
from app.firms.service import correct_milestone
from app.pipeline import service
from app.pipeline.models import Application
from app.pipeline.words import ApplicationAct as A
from tests.clients import Client, sign_in
from tests.exchange.test_imports import commit
from tests.exchange.test_lists import compare
from tests.workbench.market import ACTOR, Market, standing
from tests.workbench.test_rounds import LIST, open_round, page, plan, states


@pytest.fixture
def made(traded: None) -> Market:
    return standing()


def take(pid: str, act: A, day: dt.date) -> None:
    with write(f"application:{act}", actor=ACTOR):
        row = session.scalars(select(Application).where(Application.pid == pid)).one()
        service.advance(actor=ACTOR, today=today(), application=row, act=act, day=day)


def read_in(client: Client, made: Market, *names: str, on: dt.date) -> str:
    """Reads a list of recognised firms in; where the import stands."""
    rows: list[list[Any]] = [["企业名称"], *([made.firms[name].name] for name in names)]
    given = {"title": "hnte", "stage": "issued_on", "day": on.isoformat()}
    where: str = compare(client, rows, **given).location
    assert commit(client, where, page(client, where)).status_code == 303
    return where


def recognise(client: Client, pid: str, some: list[str]) -> int:
    data = {"application": some}
    return client.send(f"{LIST}/{pid}/listed", data, page=f"{LIST}/{pid}/listed").status_code


def test_a_list_moves_those_on_it_and_its_undo_leaves_them(client: Client, made: Market) -> None:
    pid = open_round()
    ids = plan(pid, made, "阿里山传感", "白帝城医药", "峨眉雪电路")
    filed, announced = today() - dt.timedelta(days=30), today() - dt.timedelta(days=5)
    for one in ids:
        take(one, A.FILE, filed)
    take(ids[0], A.RECOMMEND, announced)
    take(ids[0], A.ANNOUNCE, announced)

    sign_in(client, made.people["district"])
    assert "按名单记认定" not in page(client, f"{LIST}/{pid}")
    assert recognise(client, pid, ids[1:2]) == 422, "nothing on record: nothing moves"
    issued = today() - dt.timedelta(days=9)
    where = read_in(client, made, "阿里山传感", "白帝城医药", on=issued)
    text = page(client, f"{LIST}/{pid}")
    assert "2 家的资质已登记" in text
    todo = page(client, "/todo")
    assert "按名单记认定" in todo
    assert f"{LIST}/{pid}/listed" in todo
    assert "峨眉雪电路" not in page(client, f"{LIST}/{pid}/listed")
    assert recognise(client, pid, []) == 422
    assert recognise(client, pid, ids) == 422, "one of them is on no list: none moves"
    assert set(states().values()) == {"announced", "filed"}
    assert recognise(client, pid, ids[:2]) == 303
    assert states() == {
        "阿里山传感": "recognised", "白帝城医药": "recognised", "峨眉雪电路": "filed",
    }  # fmt: skip
    rows = session.scalars(select(Application).order_by(Application.id)).all()
    assert [row.recognised_on for row in rows[:2]] == [announced, issued], "never before a step"
    assert [row.made for row in rows[:2]] == [False, False]
    assert len(session.scalars(select(Milestone)).all()) == 2
    assert "按名单记认定" not in page(client, "/todo")

    client.send(f"{where}/undo", page="/imports")
    text = page(client, where)
    assert "批 高新技术企业" in text
    assert len(session.scalars(select(Milestone)).all()) == 2, "what the round rests on stays"
    take_back(ids[1])
    assert states()["白帝城医药"] == "filed"


def take_back(pid: str) -> None:
    with write("application:back", actor=ACTOR):
        row = session.scalars(select(Application).where(Application.pid == pid)).one()
        service.advance(
            actor=ACTOR, today=today(), application=row, act=A.BACK, reason="名单有误"
        )  # fmt: skip


def test_a_linked_recognition_stays_the_title_it_is(client: Client, made: Market) -> None:
    pid = open_round()
    (one,) = plan(pid, made, "阿里山传感")
    take(one, A.FILE, today() - dt.timedelta(days=30))
    sign_in(client, made.people["district"])
    read_in(client, made, "阿里山传感", on=today())
    assert recognise(client, pid, [one]) == 303
    entry = session.scalars(select(Milestone)).one()
    with pytest.raises(DomainError) as told, write("milestone:correct", actor=ACTOR):
        correct_milestone(actor=ACTOR, today=today(), entry=entry, title=Title.TECH_SME)
    assert told.value.code == "void:recognised"
    session.rollback()
    with write("milestone:correct", actor=ACTOR):
        correct_milestone(actor=ACTOR, today=today(), entry=entry, number="GR202631000077")
    assert session.scalars(select(Milestone.number)).one() == "GR202631000077"


def test_the_firms_page_tells_its_applications(client: Client, made: Market) -> None:
    pid = open_round()
    (one,) = plan(pid, made, "阿里山传感")
    plan(pid, made, "白帝城医药")
    path = f"/firms/{made.firms['阿里山传感'].pid}"
    sign_in(client, made.people["north"])
    text = page(client, path)
    panel = text.split('id="applications"')[1].split("</section>")[0]
    assert "2026 年第 1 批 高新技术企业" in panel
    assert "还有 20 天" in panel
    take(one, A.FILE, today())
    panel = page(client, path).split('id="applications"')[1].split("</section>")[0]
    assert "已报" in panel
    assert "还有" not in panel
    sign_in(client, made.people["park"])
    pool = page(client, f"/firms/{made.firms['白帝城医药'].pid}")
    assert 'id="applications"' not in pool
    assert "2026 年第 1 批" not in pool
