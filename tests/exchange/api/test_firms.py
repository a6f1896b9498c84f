"""Firms by the interface: the viewer's own scope and field sets, page by page."""

from __future__ import annotations

from typing import Any

from app.core.db import session, write
from app.firms.models import Firm
from tests.clients import Client
from tests.exchange.api.conftest import Program
from tests.factories.chain import SEEDER, Chain

FIRMS = "/api/v1/firms"


def everything(client: Client, path: str, limit: int = 3) -> list[Any]:
    """All items of a list, by the Link of each page."""
    found: list[Any] = []
    href = f"{path}{'&' if '?' in path else '?'}limit={limit}"
    while href:
        answer = client.get(href)
        assert answer.status_code == 200, answer.text
        found += answer.json["items"]
        link = answer.headers.get("Link", "")
        assert bool(link) == (answer.json["next"] is not None)
        href = link.partition(">")[0].removeprefix("<")
    return found


def names(client: Client, path: str = FIRMS) -> set[str]:
    return {one["short_name"] for one in everything(client, path)}


def test_each_sees_the_firms_of_their_pages(program: Program, made: Chain) -> None:
    assert names(program("district")) == set(made.firms)
    assert names(program("incubator")) == set(made.firms)
    assert names(program("park")) == {"松间月机器人", "砚池云数据", "半亩塘医药", "鹿鸣溪器械"}


def test_a_firm_as_its_host_and_as_a_park_see_it(program: Program, made: Chain) -> None:
    path = f"{FIRMS}/{made.firms['砚池云数据'].pid}"
    host, park = program("incubator").get(path).json, program("park").get(path).json
    assert host["profile"]["mainland"] is True
    assert {"figures", "milestones", "history"} <= set(host["open"])
    assert (park["open"], park["profile"]) == (["name", "outcomes", "path"], None)
    assert park["stage"] == host["stage"] == "incubating"
    assert park["carrier"]["name"] == "金科路青禾孵化器"


def test_words_conditions_and_what_does_not_fit(program: Program) -> None:
    client = program("district")
    assert names(client, f"{FIRMS}?stage=graduated") == {"松间月机器人", "鹿鸣溪器械"}
    assert names(client, f"{FIRMS}?q=nothing-of-the-kind") == set()
    for wrong, field, code in (
        ("limit=0", "limit", "number_range"),
        ("limit=201", "limit", "number_range"),
        ("limit=x", "limit", "not_whole"),
        ("cursor=%2B%2B", "cursor", "cursor_wrong"),
        ("cursor=AAAA", "cursor", "cursor_wrong"),
        ("stage=nonsense", "stage", "not_among"),
        ("nosuch=1", "nosuch", "unknown_field"),
        ("q=%00", "q", "invisible"),
    ):
        refused = client.get(f"{FIRMS}?{wrong}")
        assert refused.status_code == 422, wrong
        (error,) = refused.json["errors"]
        assert (error["field"], error["code"]) == (field, code)
        assert error["detail"] != code
    assert client.get(f"{FIRMS}/%00").status_code == 404


def test_a_firm_added_while_somebody_pages_moves_no_other(program: Program, made: Chain) -> None:
    client = program("district")
    before = {one["id"] for one in everything(client, FIRMS)}
    first = client.get(f"{FIRMS}?limit=3").json
    with write("test:more", actor=SEEDER):
        for number in range(20):
            made.firm(f"后来{number}")
    seen = [one["id"] for one in first["items"]]
    seen += [one["id"] for one in everything(client, f"{FIRMS}?cursor={first['next']}")]
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def test_what_has_not_changed_is_not_sent_again(program: Program, made: Chain) -> None:
    client, firm = program("district"), made.firms["砚池云数据"].id
    path = f"{FIRMS}/{made.firms['砚池云数据'].pid}"
    first = client.get(path)
    mark = first.headers["ETag"]
    again = client.get(path, headers={"If-None-Match": mark})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", mark)
    with write("test:rename", actor=SEEDER):
        session.get_one(Firm, firm).short_name = "砚池新名"
    changed = client.get(path, headers={"If-None-Match": mark})
    assert (changed.status_code, changed.json["short_name"]) == (200, "砚池新名")


def test_a_firm_for_counting_only_is_named_to_nobody_else(program: Program, made: Chain) -> None:
    reader = made.area_reader("砚池云数据", "竹外桃电路")
    from tests.clients import bear  # the fixture knows the people of the chain only

    client = program("park")
    assert "砚池云数据" not in names(client)
    bear(client, reader)
    assert names(client) == {"竹外桃电路"}
    assert client.get(f"{FIRMS}/{made.firms['砚池云数据'].pid}").status_code == 404
