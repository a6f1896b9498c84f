"""数据出处: a figure is cited in one press, and opens by its number as it was."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import OrganisationKind, Role
from app.carriers.models import Carrier
from app.core.db import last_revision, session, write
from app.statistics.citations.frozen import Cited
from app.statistics.models import Citation
from tests.clients import Client
from tests.factories.accounts import make_organisation
from tests.statistics import world as w
from tests.statistics.district import TOTAL, enter
from tests.statistics.test_reports import disturb

FORM = re.compile(r'<form[^>]*action="/statistics/citations">(.*?)</form>', re.S)
HIDDEN = re.compile(r'name="([a-z_]+)" value="([^"]*)"')
BIG = re.compile(r'<dd class="v">(?:<a[^>]*>)?([^<]+)<')
GRADUATED = "/statistics/list?indicator=G-01&year=2026"


def cite(client: Client, page: str) -> str:
    """Press 引用此数 on a list; the address of the figure."""
    form = FORM.search(client.get(page).get_data(as_text=True))
    assert form is not None, page
    given = {name: unescape(value) for name, value in HIDDEN.findall(form[1])}
    answer = client.send("/statistics/citations", given, page=page)
    assert answer.status_code == 303
    return answer.location


def read(client: Client, address: str) -> str:
    """A page that is there."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def assert_opens(client: Client, page: str) -> None:
    """The number on a page opens a list of as many rows."""
    found = re.search(r'<dd class="v"><a[^>]* href="(/statistics/list[^"]+)">([^<]+)<', page)
    assert found is not None
    said = TOTAL.search(read(client, unescape(found[1])))
    assert said is not None
    assert said[1] == found[2]


def test_one_press_gives_a_number_that_stays(district: dict[str, Any], client: Client) -> None:
    address = cite(client, GRADUATED)
    assert re.fullmatch(r"/statistics/citations/SJ-\d{4}-0001", address)
    before = read(client, address)
    number = BIG.search(before)
    assert number is not None
    assert int(number[1]) > 0
    assert "与引用时相同" in before
    disturb(district)
    after = read(client, address)
    later = BIG.search(after)
    assert later is not None
    assert later[1] == number[1]
    assert "一致" in after
    assert "不一致" not in after
    assert "更正、补录或核定后有变动" in after
    split = re.search(
        r'href="(/statistics/changes[^"]+)"', after.split("更正、补录或核定后有变动")[1]
    )
    assert split is not None
    assert "从起点到终点" in read(client, unescape(split[1]))


def test_the_same_question_keeps_its_number_and_another_gets_one(
    district: dict[str, Any], client: Client
) -> None:
    pinned = f"{GRADUATED}&cut={last_revision()}"
    first = cite(client, pinned)
    assert cite(client, pinned) == first
    assert cite(client, f"{pinned}&count=reported") != first
    assert len(session.scalars(select(Citation)).all()) == 2


def test_a_share_is_cited_with_both_its_numbers(district: dict[str, Any], client: Client) -> None:
    page = read(client, cite(client, "/statistics/list?indicator=R-01&operating=yes"))
    assert "分子" in page
    assert "分母" in page
    shown = BIG.search(page)
    assert shown is not None
    assert shown[1].endswith("%")


def test_what_is_no_part_of_a_share_is_not_cited(district: dict[str, Any], client: Client) -> None:
    page = "/statistics/list?indicator=R-01&operating=no"
    assert FORM.search(read(client, page)) is None
    given = {"indicator": "R-01", "operating": "no"}
    assert client.send("/statistics/citations", given, page=GRADUATED).status_code == 404


def test_a_list_opened_from_it_has_as_many_rows(district: dict[str, Any], client: Client) -> None:
    page = read(client, cite(client, GRADUATED))
    shown, link = BIG.search(page), re.search(r'href="(/statistics/list[^"]+)"', page)
    assert shown is not None
    assert link is not None
    disturb(district)
    said = re.search(
        r'id="rows">[^<]*<span class="jl-count">([\d,]+)<', read(client, unescape(link[1]))
    )
    assert said is not None
    assert said[1] == shown[1]


def test_it_is_found_by_its_number_wherever_it_is_typed(
    district: dict[str, Any], client: Client
) -> None:
    address = cite(client, GRADUATED)
    number = address.rsplit("/", 1)[1]
    year = number.split("-")[1]
    for typed in (number, number.lower(), f"sj {year} 1", f"{year}-1"):
        answer = client.get("/statistics/citations", query_string={"number": typed})
        assert (answer.status_code, answer.location) == (303, address), typed
    answer = client.get("/statistics/reports", query_string={"number": number})
    assert answer.location == f"/statistics/citations?number={number}"
    for typed in (number, number.lower(), f"{year}-1"):
        assert client.get(f"/f/{typed}").location == address
    assert client.get("/f/SJ-2026-0099").status_code == 404
    assert "没有编号为" in read(client, "/statistics/citations?number=SJ-2026-0099")
    assert number in read(client, "/statistics/citations")


def test_others_figures_do_not_exist(district: dict[str, Any], client: Client) -> None:
    whole = cite(client, GRADUATED)
    enter(client, Role.CARRIER_CLERK, district["a"])
    own = cite(client, GRADUATED)
    assert client.get(whole).status_code == 404
    listed = read(client, "/statistics/citations")
    assert own.rsplit("/", 1)[1] in listed
    assert whole.rsplit("/", 1)[1] not in listed
    enter(client, Role.CARRIER_CLERK, district["b"])
    assert client.get(own).status_code == 404
    assert own.rsplit("/", 1)[1] not in read(client, "/statistics/citations")
    enter(client, Role.DISTRICT_HEAD, district["district"])
    page = read(client, own)
    assert district["a_name"] in page
    shown, link = BIG.search(page), re.search(r'href="(/statistics/list[^"]+)"', page)
    assert shown is not None
    assert link is not None
    said = re.search(
        r'id="rows">[^<]*<span class="jl-count">([\d,]+)<', read(client, unescape(link[1]))
    )
    assert said is not None
    assert said[1] == shown[1]


def test_words_stay_as_they_were_told(district: dict[str, Any], client: Client) -> None:
    carrier = session.get_one(Carrier, district["a_id"])
    address = cite(client, f"{GRADUATED}&carrier={carrier.pid}")
    with write("test:renamed", actor=w.TESTER):
        session.get_one(Carrier, district["a_id"]).short_name = "改名后的孵化器"
    page = read(client, address)
    assert district["a_name"] in page
    assert "改名后的孵化器" not in page
    client.send("/preferences", {"lang": "en"}, page=address)
    page = read(client, address)
    assert "As of 2026" in page
    assert "Sentence to cite" in page


@pytest.mark.parametrize(
    ("asked", "zh", "en"),
    [
        (GRADUATED, "（数据截至", "(data as known"),
        ("/statistics/list?indicator=S-01", "（核定数；数据截至", "(Verified; data as known"),
    ],
)
def test_a_sentence_says_once_what_is_counted(
    district: dict[str, Any], client: Client, asked: str, zh: str, en: str
) -> None:
    address = cite(client, asked)
    assert zh in read(client, address)
    client.send("/preferences", {"lang": "en"}, page=address)
    assert en in read(client, address)


def test_what_the_register_does_not_have_is_not_cited(
    district: dict[str, Any], client: Client
) -> None:
    for asked in ({"indicator": "X-99"}, {}, {"indicator": "G-01", "tier": "9"}):
        answer = client.send("/statistics/citations", asked, page=GRADUATED)
        assert answer.status_code == 404, asked
    answer = client.send(
        "/statistics/citations", {"indicator": "G-01", "as_of": "去年"}, page=GRADUATED
    )
    assert answer.status_code == 303
    assert answer.location.startswith("/statistics/list?")
    assert not session.scalars(select(Citation)).all()


def test_the_command_counts_cited_figures_again(
    app: Flask, district: dict[str, Any], client: Client
) -> None:
    number = cite(client, GRADUATED).rsplit("/", 1)[1]
    run = app.test_cli_runner().invoke
    disturb(district)
    good = run(args=["report", "verify", number])
    assert (good.exit_code, f"{number} 一致" in good.output) == (0, True), good.output
    assert "共 1 份，一致 1 份" in run(args=["report", "verify"]).output
    with write("test:forge", actor=w.TESTER):
        row = session.scalars(select(Citation)).one()
        row.text = re.sub(r'"value":(\d+)', lambda m: f'"value":{int(m[1]) + 1}', row.text)
        row.digest = Cited(row.text).digest
    bad = run(args=["report", "verify", number])
    assert bad.exit_code == 1
    assert f"{number} 与重算不同" in bad.output


def test_who_may_read_figures_may_cite_them_and_nobody_else(
    district: dict[str, Any], client: Client
) -> None:
    address = cite(client, GRADUATED)
    platform = make_organisation(kind=OrganisationKind.PLATFORM)
    enter(client, Role.AUDITOR, platform.id)
    for page in (address, "/statistics/citations"):
        assert client.get(page).status_code in (403, 404)
