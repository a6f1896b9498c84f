"""新标准补数据: an approved version that asks for more makes tasks that end as the data comes."""

from __future__ import annotations

import datetime as dt
import json
import re
from html import unescape

import pytest

from app.accounts.models import Person, Role
from app.core.days import today
from app.core.db import session, write
from app.criteria import editions, service
from app.criteria.queries import forget_book
from app.firms.models import Figures
from app.workbench.whatif import filling, keeping
from tests.clients import Client, sign_in
from tests.exchange.conftest import press, read_xlsx
from tests.factories.accounts import make_person
from tests.workbench.market import ACTOR, WAN, Market, market

RULE = "incubator.graduation"
LIST = f"/standards/{RULE}/versions/3/data"
LAST = today().year - 1
NORTH = {"阿里山传感"}


@pytest.fixture
def made(shipped: None) -> Market:
    return market()


@pytest.fixture
def head(made: Market) -> Person:
    return make_person(Role.DISTRICT_HEAD, made.people["district"].organisation)


def approve(head: Person, starts: dt.date, more: bool = True) -> None:
    """A version that asks for the insured staff of last year as well, or for nothing new."""
    origin = service.draft_of(RULE, 2)
    content = json.loads(origin.content) | {
        "in_force": [{"kind": "new", "from": starts.isoformat()}]
    }  # fmt: skip
    if more:
        staff = {
            "clause": "9-5", "cite": "第九条（五）", "fact": "yearly_heads",
            "text": {"zh": "上年度平均社保人数不少于 5 人", "en": "At least 5 insured staff"},
            "with": {"column": "staff_insured"}, "ge": "5 人",
        }  # fmt: skip
        content["condition"] = {"all": [content["condition"], staff]}
    else:
        content["condition"]["any"][2]["gt"] = "1050 万元"
    with write("standard:draft", actor=ACTOR):
        number = editions.create(actor=ACTOR, origin=origin, content=content).version
    kept = service.prepared(RULE, number, today())
    with write("standard:approve", actor=ACTOR):
        row = service.draft_of(RULE, number)
        row.author_id = None
        session.flush()
        service.approve(actor=ACTOR, today=today(), standard=row)
        for keep in kept:
            keep(row)
    forget_book()


def task(client: Client) -> tuple[int, str] | None:
    """How many firms the task on the list of to-dos names, and what it opens."""
    text = client.get("/todo").get_data(as_text=True)
    rows = [row for row in text.split("<tr>") if "新标准补数据" in row]
    if not rows:
        return None
    (row,) = rows
    number = re.search(r"：(\d+) 家待补", row)
    (url,) = re.findall(rf'href="({LIST}[^"]*)"', row)
    assert number
    return int(number[1]), unescape(url)


def listed(client: Client, made: Market, url: str) -> set[str]:
    text = client.get(url).get_data(as_text=True)
    return {name for name, firm in made.firms.items() if f"/firms/{firm.pid}" in text}


def test_a_new_input_makes_a_task_of_each_carrier_until_it_comes(
    client: Client, made: Market, head: Person
) -> None:
    due = today() + dt.timedelta(30)
    sign_in(client, made.people["north"])
    assert task(client) is None
    approve(head, due)
    found = task(client)
    assert found is not None
    number, url = found
    assert listed(client, made, url) == NORTH
    assert number == len(NORTH)
    text = client.get(url).get_data(as_text=True)
    assert due.isoformat() in text
    assert f"{LAST} 年平均社保人数" in text
    assert f"/figures?period={LAST}" in text
    rows = list(read_xlsx(press(client, url).data).values())[1][1:]
    assert [row[0][:5] for row in rows] == ["阿里山传感"]
    sign_in(client, made.people["south"])
    assert task(client) is None, "its firms are decided all the same"
    assert listed(client, made, LIST) == set()
    assert listed(client, made, f"{LIST}?carrier={made.carriers['north'].pid}") == set()
    sign_in(client, made.people["north"])
    made.enter("阿里山传感", Figures, year=LAST, quarter=0, source="settlement",
               verification="carrier", staff_insured=9 * 24, revenue=500 * WAN)  # fmt: skip
    assert task(client) is None, "it ends by itself"
    assert "没有待补的企业" in client.get(url).get_data(as_text=True)


def test_the_task_stays_after_the_first_day_and_ends_with_the_version(
    client: Client, made: Market, head: Person
) -> None:
    approve(head, today())
    keeping.close_due(today())
    sign_in(client, made.people["north"])
    found = task(client)
    assert found is not None
    assert found[0] == 1
    (case,) = filling.cases(today())
    assert (case.due, case.version.number, case.before.number) == (today(), 3, 2)
    assert client.get(LIST.replace("/3/", "/2/")).status_code == 404
    assert client.get(LIST.replace("/3/", "/9/")).status_code == 404


def test_other_numbers_alone_make_no_task(client: Client, made: Market, head: Person) -> None:
    approve(head, today() + dt.timedelta(30), more=False)
    sign_in(client, made.people["north"])
    assert filling.inputs(filling.cases(today())[0]) == []
    assert task(client) is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_is_in_order(client: Client, made: Market, head: Person, lang: str) -> None:
    approve(head, today() + dt.timedelta(30))
    client.set_cookie("lang", lang)
    for who, status in (("north", 200), ("south", 200), ("park", 200), ("district", 403)):
        sign_in(client, made.people[who])
        assert client.get(LIST).status_code == status, who
