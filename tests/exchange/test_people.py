"""人员: an organisation's people by a sheet, with the rights of whoever looks after accounts."""

from __future__ import annotations

import datetime as dt
from html import unescape
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import Credential, Organisation, OrganisationKind, Person, Post, Role
from app.core.db import session
from tests.clients import Client, sign_in
from tests.exchange.conftest import read_xlsx
from tests.exchange.test_imports import commit, counts, preview, send, workbook
from tests.factories.accounts import make_organisation, make_person
from tests.factories.chain import Chain

HEADS = ["登录名", "姓名", "单位", "岗位", "任职起", "任职止"]
START, END = dt.date(2026, 11, 1), dt.date(2026, 12, 31)


def home_of(made: Chain) -> Organisation:
    """The organisation of the incubator."""
    return session.get_one(Organisation, made.carriers["incubator"].organisation_id)


def posts_of(login: str) -> list[tuple[str, dt.date, dt.date | None]]:
    """(role, first day, end) of somebody's posts."""
    session.rollback()
    held = select(Post).join(Person, Person.id == Post.person_id).where(Person.login == login)
    return [(p.role.value, p.starts, p.ends) for p in session.scalars(held.order_by(Post.id))]


def sheet(*rows: list[Any]) -> bytes:
    """A workbook of people."""
    return workbook(("人员", [HEADS, *rows]))


def test_newcomers_ends_and_undo(client: Client, made: Chain) -> None:
    home = home_of(made)
    name = home.name
    manager = make_person(Role.CARRIER_ACCOUNTS, home, "keeper", name="陈默")
    make_person(Role.CARRIER_CLERK, home, "old.hand", name="林旧", starts=START)
    sign_in(client, manager)
    content = sheet(
        ["new.one", "吴新", name, "填报员", START, None],
        ["New.Two", "郑新", None, "负责人", None, None],
        ["old.hand", "林旧", name, "填报员", None, END],
        ["keeper", "陈默", name, "账号管理员", None, None],
    )
    secrets = session.scalar(select(func.count()).select_from(Credential))
    where, page = preview(client, content)
    assert counts(page) == {"错误": 0, "冲突": 0, "更新": 1, "新增": 2, "不变": 1}
    assert commit(client, where, page).status_code == 303
    assert posts_of("new.one") == [("carrier_clerk", START, None)]
    assert posts_of("new.two") == [("carrier_head", made.today, None)]
    assert posts_of("old.hand") == [("carrier_clerk", START, END)]
    assert session.scalar(select(func.count()).select_from(Credential)) == secrets
    assert "new.one" in client.get("/people").get_data(as_text=True)
    assert counts(preview(client, content)[1])["不变"] == 4
    assert client.send(f"{where}/undo", {}, page=where).status_code == 303
    assert posts_of("new.one") == posts_of("new.two") == []
    assert posts_of("old.hand") == [("carrier_clerk", START, None)]


def test_what_is_not_in_ones_charge_is_not_there(client: Client, made: Chain) -> None:
    """Another's organisation, an office's post, somebody's login: each row says what to do."""
    home = home_of(made)
    other = make_organisation("别家")
    make_person(Role.DISTRICT_CLERK, other, "somebody", name="韩他")
    sign_in(client, make_person(Role.CARRIER_ACCOUNTS, home, "keeper", name="陈默"))
    _where, page = preview(client, sheet(
        ["a.one", "甲一", other.name, "填报员", None, None],
        ["a.two", "甲二", home.name, "系统管理员", None, None],
        ["somebody", "韩某", home.name, "填报员", None, None],
        ["坏 登录", "甲四", home.name, "填报员", None, None],
        ["a.five", None, home.name, "填报员", None, None],
        ["a.six", "甲六", home.name, "填报员", END, START],
        ["a.seven", "甲七", home.name, "招商", None, None],
        ["a.eight", "甲八", home.name, "填报员", None, None],
        ["a.eight", "甲八", home.name, "填报员", None, None],
    ))  # fmt: skip
    text = unescape(page)
    assert counts(page) == {"错误": 8, "冲突": 0, "更新": 0, "新增": 1, "不变": 0}
    for words in ("不在您的管理范围内", "没有“系统管理员”这一项", "姓名要与登记的完全一致",
                  "3 至 64 个小写字母", "请填写姓名", "结束日期要晚于开始日期",
                  "这类单位没有这个岗位", "同一人、同一岗位"):  # fmt: skip
        assert words in text, words
    assert "韩他" not in text


def test_whoever_looks_after_accounts_sees_people_only(client: Client, made: Chain) -> None:
    sign_in(client, make_person(Role.CARRIER_ACCOUNTS, home_of(made), "keeper", name="陈默"))
    page = client.get("/imports").get_data(as_text=True)
    assert "人员" in page
    assert "采集表" not in page
    assert "名单比对" not in page
    assert client.get("/imports/templates/firms.xlsx").status_code == 404
    assert client.send("/imports/collect", {}, page="/imports").status_code == 403
    book = read_xlsx(client.get("/imports/templates/people.xlsx").data)
    assert book["人员"][0] == HEADS
    answer = client.send("/imports/data/people", {}, page="/imports")
    assert [row[0] for row in read_xlsx(answer.data)["人员"][1:]] == sorted(
        session.scalars(
            select(Person.login).join(Post).where(Post.organisation_id == home_of(made).id)
        )
    )
    _where, page = preview(client, answer.data)
    assert counts(page)["更新"] == counts(page)["错误"] == 0
    sign_in(client, made.people["incubator"])
    assert "/imports/templates/people.xlsx" not in client.get("/imports").get_data(as_text=True)
    assert send(client, sheet(["x.one", "某", home_of(made).name, "填报员"])).status_code == 422


def test_the_administrator_places_people_anywhere(client: Client, made: Chain) -> None:
    office = make_organisation("区科经委")
    platform = make_organisation("平台", OrganisationKind.PLATFORM)
    sign_in(client, make_person(Role.ADMINISTRATOR, platform, "root.one", name="管理"))
    where, page = preview(client, sheet(
        ["d.one", "区一", office.name, "经办", None, None],
        ["d.one", "区一", home_of(made).name, "填报员", None, None],
    ))  # fmt: skip
    assert counts(page)["新增"] == 2
    assert commit(client, where, page).status_code == 303
    assert [role for role, _starts, _ends in posts_of("d.one")] == [
        "district_clerk", "carrier_clerk",
    ]  # fmt: skip
