"""新标准补数据: an approved version that asks for more makes tasks that end as the data comes."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest

from app.accounts.models import Person
from app.core.days import today
from app.core.db import session, write
from app.criteria import editions, service
from app.criteria.queries import forget_book
from app.firms.models import Figures
from app.workbench.whatif import filling, keeping
from tests.clients import Client, sign_in
from tests.exchange.conftest import press, read_xlsx
from tests.workbench.market import ACTOR, WAN, Market
from tests.workbench.whatif.casts import Cast, say
from tests.workbench.whatif.conftest import Played

LAST = today().year - 1


@dataclass(frozen=True)
class Asked:
    """A clause that asks for what nobody has entered: of whom, whose task it is, who has none."""

    clause: dict[str, Any]
    #: other numbers alone
    calm: tuple[str, str]
    subject: str
    who: str
    others: str
    carrier: str
    #: what the task and the page say, and the page where it is entered
    task: str
    what: str
    where: str
    enter: Callable[[], None]


@pytest.fixture
def asked(played: Played) -> Asked:
    made, cast = played
    return of_firms(made) if cast.rule == "incubator.graduation" else of_carriers(made)


def of_firms(made: Market) -> Asked:
    """The insured staff of last year."""
    return Asked(
        {
            "clause": "9-5", "cite": "第九条（五）", "fact": "yearly_heads",
            "text": {"zh": "上年度平均社保人数不少于 5 人", "en": "At least 5 insured staff"},
            "with": {"column": "staff_insured"}, "ge": "5 人",
        },
        ("p__condition__any__2__gt", "1050 万元"), "阿里山传感", "north", "south",
        made.carriers["north"].pid, "：1 家待补", f"{LAST} 年平均社保人数",
        f"/figures?period={LAST}",
        lambda: made.enter("阿里山传感", Figures, year=LAST, quarter=0, source="settlement",
                           verification="carrier", staff_insured=9 * 24, revenue=500 * WAN),
    )  # fmt: skip


def of_carriers(made: Market) -> Asked:
    """The paid-in capital of the operator."""
    star = made.carriers["北极星加速器"]

    def enter() -> None:
        with write("test:stated", actor=ACTOR):
            say(star, "paid_in", 90 * WAN)

    return Asked(
        {
            "clause": "2-9", "cite": "第二条", "fact": "carrier_money",
            "text": {"zh": "实缴资本不少于 50 万元", "en": "At least 500,000 yuan paid in"},
            "with": {"key": "paid_in"}, "ge": "50 万元",
        },
        ("p__condition__all__4__ge", "10001 平方米"), "北极星加速器", "star", "north", star.pid,
        "第 2 版：待补“运营主体实缴资本”", "运营主体实缴资本",
        f"/carriers/{star.pid}/stated?key=paid_in", enter,
    )  # fmt: skip


def approve(
    cast: Cast, starts: dt.date, asked: Asked, more: bool = True, transition: str | None = None
) -> None:
    """A version that asks for one thing more, or for nothing new."""
    origin = service.draft_of(cast.rule, cast.number)
    content = json.loads(origin.content) | {
        "in_force": [{"kind": "new", "from": starts.isoformat()}]
    }  # fmt: skip
    if transition:
        content["in_force"][0]["transition"] = transition
    if more:
        content["condition"] = {"all": [content["condition"], asked.clause]}
    else:
        group, place, sign = asked.calm[0].removeprefix("p__condition__").split("__")
        content["condition"][group][int(place)][sign] = asked.calm[1]
    with write("standard:draft", actor=ACTOR):
        number = editions.create(actor=ACTOR, origin=origin, content=content).version
    kept = service.prepared(cast.rule, number, today())
    with write("standard:approve", actor=ACTOR):
        row = service.draft_of(cast.rule, number)
        row.author_id = None
        session.flush()
        service.approve(actor=ACTOR, today=today(), standard=row)
        for keep in kept:
            keep(row)
    forget_book()


def list_of(cast: Cast) -> str:
    return f"/standards/{cast.rule}/versions/{cast.next}/data"


def task(client: Client, cast: Cast) -> tuple[str, str] | None:
    """What the task on the list of to-dos says, and what it opens."""
    text = client.get("/todo").get_data(as_text=True)
    rows = [row for row in text.split("<tr>") if "新标准补数据" in row]
    if not rows:
        return None
    (row,) = rows
    (url,) = re.findall(rf'href="({list_of(cast)}[^"]*)"', row)
    return row, unescape(url)


def listed(client: Client, cast: Cast, url: str) -> set[str]:
    text = client.get(url).get_data(as_text=True)
    return {
        name for pid, name in cast.subjects.items()
        if f'href="/firms/{pid}"' in text or f'<a href="/carriers/{pid}"' in text
        or re.search(rf'<th scope="row">[^<]*(<[^>]+>)*?<a[^>]*href="/carriers/{pid}"', text)
    }  # fmt: skip


def test_a_new_input_makes_a_task_until_it_comes(
    client: Client, cast: Cast, asked: Asked
) -> None:  # fmt: skip
    due, whole = today() + dt.timedelta(30), list_of(cast)
    sign_in(client, cast.people[asked.who])
    assert task(client, cast) is None
    approve(cast, due, asked)
    found = task(client, cast)
    assert found is not None
    row, url = found
    assert asked.task in unescape(row)
    assert listed(client, cast, url) == {asked.subject}
    text = unescape(client.get(url).get_data(as_text=True))
    for part in (due.isoformat(), asked.what, asked.where):
        assert part in text
    rows = list(read_xlsx(press(client, url).data).values())[1][1:]
    assert [row[0][:5] for row in rows] == [asked.subject[:5]]
    sign_in(client, cast.people[asked.others])
    assert task(client, cast) is None, "its own are decided all the same"
    assert listed(client, cast, whole) == set()
    assert listed(client, cast, f"{whole}?carrier={asked.carrier}") == set()
    sign_in(client, cast.people[asked.who])
    asked.enter()
    assert task(client, cast) is None, "it ends by itself"
    assert "没有待补的" in client.get(url).get_data(as_text=True)


def test_the_task_stays_after_the_first_day_and_ends_with_the_version(
    client: Client, cast: Cast, asked: Asked
) -> None:
    approve(cast, today(), asked)
    keeping.close_due(today())
    sign_in(client, cast.people[asked.who])
    assert task(client, cast) is not None
    (case,) = filling.cases(today())
    numbers = (case.due, case.version.number, case.before.number)
    assert numbers == (today(), cast.next, cast.number)
    for other in (cast.number, 9):
        path = list_of(cast).replace(f"/{cast.next}/", f"/{other}/")
        assert client.get(path).status_code == 404


def test_in_a_transition_the_data_is_wanted_by_its_end(
    client: Client, cast: Cast, asked: Asked
) -> None:  # fmt: skip
    """The version before may still be relied on, so that the outcome is not open; yet the new one
    alone will decide."""
    end = today() + dt.timedelta(50)
    approve(cast, today(), asked, transition=end.isoformat())
    sign_in(client, cast.people[asked.who])
    found = task(client, cast)
    assert found is not None
    assert listed(client, cast, found[1]) == {asked.subject}
    told = f"版的过渡期 {end.isoformat()} 结束"
    assert told in client.get(found[1]).get_data(as_text=True)
    asked.enter()
    assert task(client, cast) is None


def test_other_numbers_alone_make_no_task(client: Client, cast: Cast, asked: Asked) -> None:
    approve(cast, today() + dt.timedelta(30), asked, more=False)
    sign_in(client, cast.people[asked.who])
    assert filling.inputs(filling.cases(today())[0]) == []
    assert task(client, cast) is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_is_in_order(
    client: Client, cast: Cast, asked: Asked, head: Person, lang: str
) -> None:
    approve(cast, today() + dt.timedelta(30), asked)
    client.set_cookie("lang", lang)
    for who, status in ((asked.who, 200), ("south", 200), ("park", 200), ("district", 403)):
        sign_in(client, cast.people[who])
        assert client.get(list_of(cast)).status_code == status, who
