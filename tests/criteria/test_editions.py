"""A new version written on the page: copy, edit, submit, a second person approves."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Organisation, OrganisationKind, Person, Role
from app.core.db import session
from app.criteria import queries, reading, service
from app.criteria.editing import changed, sections
from app.criteria.models import Standard, StandardForce, StandardState
from app.criteria.parse import parse
from app.criteria.plan import tree_of
from app.criteria.rulefile import read
from tests.clients import Client, sign_in
from tests.criteria.conftest import TODAY
from tests.criteria.filled import filled
from tests.factories.accounts import make_person
from tests.factories.carriers import organisation

RULE = "incubator.graduation"
PAGE = f"/standards/{RULE}"
MONEY = "p__condition__of__1__gt"


@pytest.fixture
def office(rules: None) -> Organisation:
    return organisation(OrganisationKind.DISTRICT, "浦东新区科技和经济委员会")


@pytest.fixture
def clerk(office: Organisation) -> Person:
    return make_person(Role.DISTRICT_CLERK, office)


@pytest.fixture
def head(office: Organisation) -> Person:
    return make_person(Role.DISTRICT_HEAD, office)


def money() -> str:
    """The field of 第九条（二）, whatever its place."""
    content = json.loads(service.draft_of(RULE, 2).content)
    (name,) = [
        p.name for s in sections(content) if s.title == "第九条（二）" for p in s.places
        if p.kind == "amount" and p.unit == "万元"
    ]  # fmt: skip
    return name


def row(number: int = 3) -> Standard:
    return service.draft_of(RULE, number)


def write_draft(client: Client, **more: str) -> None:
    data = filled(client, f"{PAGE}/copy", **{"d0__starts": "2027-01-01", money(): "600", **more})
    assert client.send(f"{PAGE}/copy", data).status_code == 303


def approve(client: Client, number: int = 3) -> None:
    seen = row(number).content_hash
    client.send(f"{PAGE}/drafts/{number}/approve", {"seen": seen}, page=PAGE)


def test_copy_edit_submit_approve(client: Client, clerk: Person, head: Person) -> None:
    sign_in(client, clerk)
    assert f'href="{PAGE}/copy"' in client.get(PAGE).get_data(as_text=True)
    write_draft(client)
    made = row()
    assert (made.state, made.author_id) == (StandardState.DRAFT, clerk.id)
    assert '"gt":"600 万元"' in made.content
    assert queries.version_of(RULE, TODAY).number == 2
    page = client.get(PAGE).get_data(as_text=True)
    assert "&gt; 600.00 万元" in page
    assert f"{PAGE}/drafts/3/approve" not in page
    sign_in(client, head)
    approve(client)  # before it was submitted
    assert row().state is StandardState.DRAFT
    assert f"{PAGE}/drafts/3/edit" not in client.get(PAGE).get_data(as_text=True)
    assert client.get(f"{PAGE}/drafts/3/edit").status_code == 403
    sign_in(client, clerk)
    client.send(f"{PAGE}/drafts/3/submit", page=PAGE)
    assert row().state is StandardState.SUBMITTED
    approve(client)  # a clerk may not
    assert row().state is StandardState.SUBMITTED
    sign_in(client, head)
    assert f"{PAGE}/drafts/3/approve" in client.get(PAGE).get_data(as_text=True)
    approve(client)
    assert (row().state, row().approver_id) == (StandardState.APPROVED, head.id)
    queries.forget_book()
    assert queries.version_of(RULE, TODAY).number == 2
    assert queries.version_of(RULE, TODAY.replace(year=2027, month=1, day=1)).number == 3


def test_a_version_of_a_later_day_is_marked_until_it_is_in_force(
    client: Client, clerk: Person, head: Person
) -> None:
    sign_in(client, clerk)
    assert "将施行" not in client.get("/standards").text + client.get(PAGE).text
    write_draft(client)
    client.send(f"{PAGE}/drafts/3/submit", page=PAGE)
    sign_in(client, head)
    approve(client)
    (line,) = [one for one in reading.rules(TODAY) if one.name == RULE]
    assert line.coming == (3, TODAY.replace(year=2027, month=1, day=1))
    (line,) = [one for one in reading.rules(line.coming[1]) if one.name == RULE]
    assert (line.version, line.coming) == (3, None)
    listed = client.get("/standards").text
    assert listed.count("将施行") == 1
    assert f"{PAGE}?version=3" in listed
    page = client.get(PAGE).text
    assert "第 3 版已批准，自 2027-01-01 起施行。" in page
    assert page.count("将施行") == 2  # the note and the list of versions
    assert f"{PAGE}/compare?old=2&amp;new=3" in page
    beside = client.get(f"{PAGE}/compare?old=2&new=3").text
    assert beside.count("（将施行）") == 2  # a choice on either side
    assert '<span class="jl-tag">将施行</span>' in beside


def test_nobody_approves_an_own_draft(client: Client, head: Person) -> None:
    sign_in(client, head)
    write_draft(client)
    client.send(f"{PAGE}/drafts/3/submit", page=PAGE)
    approve(client)
    assert row().state is StandardState.SUBMITTED


def test_an_edit_asks_for_a_new_submission_and_a_new_look(
    client: Client, clerk: Person, head: Person
) -> None:
    sign_in(client, clerk)
    write_draft(client)
    client.send(f"{PAGE}/drafts/3/submit", page=PAGE)
    before = row().content_hash
    edit = f"{PAGE}/drafts/3/edit"
    data = filled(client, edit, **{money(): "550.5"})
    assert data["d0__starts"] == "2027-01-01"
    assert client.send(edit, data).status_code == 303
    assert row().state is StandardState.DRAFT
    assert '"gt":"550.5 万元"' in row().content
    starts = select(StandardForce.starts).where(StandardForce.standard_id == row().id)
    assert [str(one) for one in session.scalars(starts)] == ["2027-01-01"]
    stale = client.send(edit, data)
    assert stale.status_code == 409
    client.send(f"{PAGE}/drafts/3/submit", page=PAGE)
    sign_in(client, head)
    client.send(f"{PAGE}/drafts/3/approve", {"seen": before}, page=PAGE)
    assert row().state is StandardState.SUBMITTED
    approve(client)
    assert row().state is StandardState.APPROVED
    sign_in(client, clerk)
    assert client.get(edit).status_code == 303  # a published version is never edited
    held = row().content
    client.send(f"{PAGE}/drafts/3/withdraw", page="/")
    assert (row().state, row().content) == (StandardState.APPROVED, held)


def test_a_withdrawn_draft_is_gone_and_its_number_stays(client: Client, clerk: Person) -> None:
    sign_in(client, clerk)
    write_draft(client)
    client.send(f"{PAGE}/drafts/3/withdraw", page=PAGE)
    assert row().state is StandardState.WITHDRAWN
    assert "600.00" not in client.get(PAGE).get_data(as_text=True)
    write_draft(client)
    assert row(4).state is StandardState.DRAFT


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("money", "五百", "填不带单位的数"),
        ("money", "600万元", "填不带单位的数"),
        ("money", "0.0000001", "填不带单位的数"),
        ("money", "-5", "填不带单位的数"),
        ("money", "٣", "填不带单位的数"),
        ("money", "100000000.01", "最多填 100,000,000 万元"),
        ("money", "", "填写"),
        ("d0__starts", "", "至少填一行起日"),
        ("d0__starts", "2027-02-30", "没有这一天"),
        ("d0__ends", "2026-12-31", "止日要晚于起日"),
        ("d1__ends", "2028-01-01", "填了止日就要填起日"),
        ("d0__starts", "2018-06-01", "与这里的日期重叠"),
        ("p__title__en", "", "填写"),
        ("p__document", "x" * 61, "60"),
    ],
)
def test_each_error_is_at_its_field_and_nothing_is_kept(
    client: Client, clerk: Person, field: str, typed: str, said: str
) -> None:
    sign_in(client, clerk)
    name = money() if field == "money" else field
    data = filled(client, f"{PAGE}/copy", **{"d0__starts": "2027-01-01", name: typed})
    if field != "money":
        data[money()] = "600"
    answer = client.send(f"{PAGE}/copy", data)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in text
    at = re.search(r'id="([^"]+)-error"', text)
    expected = "d1__starts" if field == "d1__ends" else name
    assert at is not None
    assert at[1] == ("d0__ends" if typed == "2018-06-01" else expected)
    count = select(func.count(Standard.id)).where(Standard.rule == RULE)
    assert session.scalar(count) == 2


def test_an_error_of_the_days_is_at_the_row_that_was_filled(client: Client, clerk: Person) -> None:
    """The row of 复核 alone is filled: nothing of that kind came before, so no transition."""
    sign_in(client, clerk)
    days = {"d1__starts": "2027-01-01", "d1__transition": "2027-07-01"}
    data = filled(client, f"{PAGE}/copy", **{money(): "600", **days})
    text = client.send(f"{PAGE}/copy", data).get_data(as_text=True)
    assert re.findall(r'id="([^"]+)-error"', text) == ["d1__transition"]
    assert "没有同类的施行版本" in text
    data = filled(client, f"{PAGE}/copy", **{money(): "600", "d1__starts": "2027-01-01"})
    assert client.send(f"{PAGE}/copy", data).status_code == 303
    edit = f"{PAGE}/drafts/3/edit"  # the row of 复核 is the first here
    text = client.send(edit, filled(client, edit, d0__transition="2027-07-01")).text
    assert re.findall(r'id="([^"]+)-error"', text) == ["d0__transition"]


def test_a_number_that_nobody_has_seen_is_said_in_either_language(
    client: Client, clerk: Person
) -> None:
    sign_in(client, clerk)
    rule = "/standards/carrier.pudong_accelerator"
    assert "文号未核" in client.get(rule).text
    client.set_cookie("lang", "en")
    for path in ("/standards", rule):
        text = client.get(path).text
        assert "document number not checked" in text
        assert "文号未核" not in text
        assert "国科发" in client.get("/standards").text, "a number is the same in both"


def test_a_copy_without_a_change_is_refused(client: Client, clerk: Person) -> None:
    sign_in(client, clerk)
    answer = client.send(f"{PAGE}/copy", filled(client, f"{PAGE}/copy", d0__starts="2019-01-01"))
    assert answer.status_code == 422
    assert "没有任何不同" in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", sorted(service.STANDARDS.glob("*.yaml")), ids=lambda p: p.stem)
def test_every_standard_can_be_edited_without_losing_anything(app: object, path: Path) -> None:
    """Typing what stands there changes nothing; each amount alone may be typed anew."""
    content = json.loads(read(path).content)
    places = [place for section in sections(content) for place in section.places]
    same = {place.name: place.value for place in places}
    assert len(same) == len(places)
    assert changed(content, places, same) == content
    assert parse(changed(content, places, same)) == tree_of(read(path).content)
    amounts = [place for place in places if place.kind == "amount"]
    for place in amounts:
        assert changed(content, places, same | {place.name: place.value + ".0"}) != content


def test_every_number_that_can_be_edited_is_named(rules: None, app: Flask) -> None:
    named: dict[str, set[str]] = {}
    with app.test_request_context("/"):
        for row in session.scalars(select(Standard).order_by(Standard.id)):
            for section in sections(json.loads(row.content)):
                for place in section.places:
                    assert place.word != "数值", (row.rule, place.path)
                    named.setdefault(place.word, set()).add(row.rule)
    assert "incubator.graduation" in named["未登记到期日的，有效"]
    assert "incubator.graduation" in named["计算期间"]
    assert "hnte" in named["委托研发计入"]


def test_languages_and_the_numbers_of_a_band_stand_in_one_row(rules: None) -> None:
    held = session.scalars(select(Standard).where(Standard.rule == "hnte.score")).one()
    rows = [row for section in sections(json.loads(held.content)) for row in section.rows]
    texts = [row for row in rows if row[0].path[-1] == "zh"]
    assert len(texts) > 20
    assert all([place.path[-1] for place in row] == ["zh", "en"] for row in texts)
    assert any([place.path[-1] for place in row] == ["ge", "least", "points"] for row in rows)
