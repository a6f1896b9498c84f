"""A rule whose first version is a draft, and a stored draft that cannot be read."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import pytest

from app.accounts.models import OrganisationKind, Person, Role
from app.core.db import write
from app.criteria import drafts, queries, service
from app.criteria.models import StandardState
from tests.clients import Client, sign_in
from tests.criteria.conftest import ACTOR, TODAY
from tests.factories.accounts import make_person
from tests.factories.carriers import make_carrier, organisation
from tests.factories.firms import make_firm

RULE = "district.first"
PAGE = f"/standards/{RULE}"


@pytest.fixture
def head(rules: None, tmp_path: Path) -> Person:
    """Who approves, with a new rule loaded from a file and one firm."""
    make_firm(at=make_carrier(), since="2023-04-12")
    text = (service.STANDARDS / "graduation-300.yaml").read_text("utf-8")
    file = tmp_path / "first.yaml"
    file.write_text(text.replace("incubator.graduation", RULE), encoding="utf-8")
    with write("standard:load", actor=ACTOR):
        service.load_draft(actor=ACTOR, today=TODAY, path=file)
    return make_person(Role.DISTRICT_HEAD, organisation(OrganisationKind.DISTRICT))


def test_a_new_rule_is_listed_looked_at_weighed_and_approved(client: Client, head: Person) -> None:
    sign_in(client, head)
    assert f'href="{PAGE}"' in client.get("/").text
    assert f'href="{PAGE}"' in client.get("/standards").text
    page = client.get(PAGE).text
    assert "还没有批准的版本" in page
    assert f"{PAGE}/copy" not in page
    assert client.get(f"{PAGE}/drafts/2/impact").status_code == 200
    seen = {"seen": service.draft_of(RULE, 2).content_hash}
    client.send(f"{PAGE}/drafts/2/approve", seen, page=PAGE)
    assert service.draft_of(RULE, 2).state is StandardState.APPROVED
    queries.forget_book()
    assert "还没有批准的版本" not in client.get(PAGE).text


def test_others_do_not_see_a_rule_of_drafts(client: Client, head: Person) -> None:
    sign_in(client, make_person(Role.AREA_READER, organisation(OrganisationKind.AREA)))
    assert RULE not in client.get("/standards").text
    assert client.get(PAGE).status_code == 404


def test_a_stored_draft_that_cannot_be_read_is_told_and_not_approved(
    client: Client, head: Person
) -> None:
    with write("test:spoil", actor=ACTOR):
        row = service.draft_of(RULE, 2)
        held = json.loads(row.content)
        held["condition"]["any"][0]["cite"] = ["a", "b"]
        row.rule, row.content = "incubator.graduation", json.dumps(held)
        row.version = 9
    page = "/standards/incubator.graduation"
    sign_in(client, head)
    assert client.get("/").status_code == 200
    assert "这份草稿读不懂" in client.get(page).text
    assert client.get(f"{page}/drafts/9/impact").location == page
    seen = {"seen": service.draft_of("incubator.graduation", 9).content_hash}
    client.send(f"{page}/drafts/9/approve", seen, page=page)
    assert service.draft_of("incubator.graduation", 9).state is StandardState.DRAFT


def test_a_rule_of_nothing_but_an_unreadable_draft_says_what_is_wrong(
    client: Client, head: Person
) -> None:
    with write("test:spoil", actor=ACTOR):
        row = service.draft_of(RULE, 2)
        held = json.loads(row.content)
        held["condition"]["any"][0]["cite"] = ["a", "b"]
        row.content = json.dumps(held)
    sign_in(client, head)
    assert "读不懂" in client.get("/standards").text
    text = client.get(PAGE).text
    assert "草稿也读不懂" in text
    assert drafts.fault(service.draft_of(RULE, 2)) in unescape(text)
    assert client.get(f"{PAGE}/drafts/2/impact").location == PAGE
    assert client.get(PAGE).text.count("这份草稿读不懂") == 2  # the message, and at the draft
    assert client.get(f"{PAGE}/drafts/7/impact").status_code == 404
    sign_in(client, make_person(Role.DISTRICT_CLERK, organisation(OrganisationKind.DISTRICT)))
    assert client.get(f"{PAGE}/drafts/2/edit").location == PAGE
    client.send(f"{PAGE}/drafts/2/withdraw", page=PAGE)
    assert service.draft_of(RULE, 2).state is StandardState.WITHDRAWN
    assert client.get(PAGE).status_code == 404
    assert RULE not in client.get("/standards").text
