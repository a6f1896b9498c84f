"""A version with an end: the days without a version are told, and ticked, before approval."""

from __future__ import annotations

import html
import re

import pytest

from app.accounts.models import OrganisationKind, Person, Role
from app.criteria import queries, service
from app.criteria.models import StandardState
from tests.clients import Client, sign_in
from tests.criteria.test_editions import filled
from tests.factories.accounts import make_person
from tests.factories.carriers import organisation

DAYS = {"d0__starts": "2026-11-28", "d0__ends": "2026-12-31"}
WITHOUT = "2026-12-31 起没有施行的版本"


@pytest.fixture
def people(rules: None) -> tuple[Person, Person]:
    """One who writes standards and one who approves them."""
    office = organisation(OrganisationKind.DISTRICT)
    return make_person(Role.DISTRICT_CLERK, office), make_person(Role.DISTRICT_HEAD, office)


def text(client: Client, path: str) -> str:
    return html.unescape(re.sub("<[^>]+>", "", client.get(path).get_data(as_text=True)))


def submitted(client: Client, people: tuple[Person, Person], rule: str, **days: str) -> int:
    """A copy of a standard with other days, handed to the second person, who is signed in."""
    page, number = f"/standards/{rule}", queries.book()[rule][-1].number + 1
    sign_in(client, people[0])
    assert client.send(f"{page}/copy", filled(client, f"{page}/copy", **days)).status_code == 303
    client.send(f"{page}/drafts/{number}/submit", page=page)
    sign_in(client, people[1])
    return number


def ticked(client: Client, rule: str) -> str | None:
    """What the box of the approval form would send."""
    page = client.get(f"/standards/{rule}").get_data(as_text=True)
    found = re.search(r'name="gaps" value="([^"]*)"', page)
    return html.unescape(found[1]) if found else None


def test_the_days_after_an_end_are_told_and_ticked(
    client: Client, people: tuple[Person, Person]
) -> None:
    rule = "tech_sme"
    number = submitted(client, people, rule, **DAYS)
    page = f"/standards/{rule}"
    leaning = str(queries.book()["incubator.incubatee"][-1].tree.title)
    for path in (page, f"{page}/drafts/{number}/impact"):
        told = text(client, path)
        assert f"新申请：{WITHOUT}；以下标准引用它：" in told
        assert leaning in told[told.index(WITHOUT) :][:300]
    seen = {"seen": service.draft_of(rule, number).content_hash}
    client.send(f"{page}/drafts/{number}/approve", seen, page=page)
    assert WITHOUT in text(client, page)
    assert service.draft_of(rule, number).state is StandardState.SUBMITTED
    box = ticked(client, rule)
    assert box
    client.send(f"{page}/drafts/{number}/approve", seen | {"gaps": box}, page=page)
    assert service.draft_of(rule, number).state is StandardState.APPROVED


def test_a_review_without_a_version_is_told_too(
    client: Client, people: tuple[Person, Person]
) -> None:
    """New cases go on by the first version, which standards that refer to it then read."""
    submitted(client, people, "hnte", d1__starts="2026-11-28", d1__ends="2026-12-31")
    assert f"复核：{WITHOUT}。" in text(client, "/standards/hnte")
    client.set_cookie("lang", "en")
    assert "no version in force from 2026-12-31" in text(client, "/standards/hnte")


def test_a_version_without_an_end_asks_for_no_tick(
    client: Client, people: tuple[Person, Person]
) -> None:
    submitted(client, people, "hnte", d0__starts="2026-11-28")
    assert "没有施行的版本" not in text(client, "/standards/hnte")
    assert ticked(client, "hnte") is None
