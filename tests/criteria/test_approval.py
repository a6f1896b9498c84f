"""A draft of a standard: what it changes, who may approve it, from which day it holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from app.accounts.models import OrganisationKind, Person, Role
from app.core.db import session, write
from app.criteria import queries, service
from app.criteria.models import Standard, StandardForce, StandardState
from tests.clients import Client, sign_in
from tests.criteria.conftest import ACTOR, TODAY
from tests.factories.accounts import make_person
from tests.factories.carriers import organisation

RULE = "incubator.graduation"


@pytest.fixture
def head(rules: None) -> Person:
    office = organisation(OrganisationKind.DISTRICT, "浦东新区科技和经济委员会")
    return make_person(Role.DISTRICT_HEAD, office)


@pytest.fixture
def draft(rules: None, tmp_path: Path) -> int:
    """The graduation conditions with 6 million yuan, from tomorrow on."""
    text = (service.STANDARDS / "graduation-300.yaml").read_text("utf-8")
    changed = text.replace("500 万元", "600 万元").replace("from: 2019-01-01", "from: 2026-11-25")
    file = tmp_path / "graduation-600.yaml"
    file.write_text(changed, encoding="utf-8")
    with write("standard:load", actor=ACTOR):
        made = service.load_draft(actor=ACTOR, today=TODAY, path=file)
        assert made is not None
        return made.version


def state(number: int) -> StandardState:
    found = select(Standard.state).where(Standard.rule == RULE, Standard.version == number)
    return session.scalars(found).one()


def test_a_draft_is_shown_beside_the_version_in_force(
    client: Client, head: Person, draft: int
) -> None:
    sign_in(client, head)
    page = client.get(f"/standards/{RULE}").get_data(as_text=True)
    assert "&gt; 500.00 万元" in page
    assert "&gt; 600.00 万元" in page
    assert page.count("第九条（三）") == 1  # what does not change stands only in the clauses


def test_the_head_approves_and_the_former_version_ends(
    client: Client, head: Person, draft: int
) -> None:
    sign_in(client, head)
    page = f"/standards/{RULE}"
    answer = client.send(f"{page}/drafts/{draft}/approve", {}, page=page)
    assert answer.status_code == 303
    assert state(draft) is StandardState.APPROVED
    ends = select(StandardForce.ends).join(Standard).where(
        Standard.rule == RULE, Standard.version == 2
    )  # fmt: skip
    assert str(session.scalars(ends).one()) == "2026-11-25"
    queries.forget_book()
    assert queries.version_of(RULE, TODAY).number == 2


def test_its_author_cannot_approve_a_draft(client: Client, head: Person, draft: int) -> None:
    with write("test:author", actor=ACTOR):
        row = session.scalars(
            select(Standard).where(Standard.rule == RULE, Standard.version == draft)
        ).one()
        row.author_id = head.id
    sign_in(client, head)
    page = f"/standards/{RULE}"
    assert "/approve" not in client.get(page).get_data(as_text=True)
    client.send(f"{page}/drafts/{draft}/approve", {}, page=page)
    assert state(draft) is StandardState.DRAFT
