"""Files of evidence: taken for what they hold, handed out by their row, kept by their hash."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.db import session
from app.firms.models import Evidence, Milestone, MilestoneKind
from tests.clients import Client, sign_in
from tests.factories.firms import log
from tests.firms.conftest import Ground

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def entry(ground: Ground) -> Milestone:
    """Something that files can prove."""
    return log(ground.firm, MilestoneKind.OTHER, name="开业", day=ground.firm.founded_on)


def upload(client: Client, ground: Ground, entry: Milestone, content: bytes, name: str) -> Any:
    """Drop one file on the entry."""
    return client.send(
        f"/firms/{ground.firm.pid}/milestones/{entry.pid}/evidence",
        {"files": [(io.BytesIO(content), name)]},
        content_type="multipart/form-data",
    )


def papers() -> list[Evidence]:
    """All rows of evidence."""
    session.expire_all()
    return list(session.scalars(select(Evidence).order_by(Evidence.id)))


def test_the_same_file_stands_once(client: Client, ground: Ground, entry: Milestone) -> None:
    upload(client, ground, entry, PDF, "回单.pdf")
    upload(client, ground, entry, PDF, "又一份.pdf")
    assert [(p.name, p.sha256) for p in papers()] == [("回单.pdf", hashlib.sha256(PDF).hexdigest())]


def test_the_same_file_proves_two_things(client: Client, ground: Ground, entry: Milestone) -> None:
    other = log(ground.firm, MilestoneKind.OTHER, name="搬迁", day=ground.firm.founded_on)
    upload(client, ground, entry, PDF, "回单.pdf")
    upload(client, ground, other, PDF, "回单.pdf")
    assert [p.milestone_id for p in papers()] == [entry.id, other.id]
    assert len({p.sha256 for p in papers()}) == 1


def test_an_address_opens_nothing_by_itself(
    client: Client, ground: Ground, entry: Milestone
) -> None:  # fmt: skip
    upload(client, ground, entry, PDF, "回单.pdf")
    (paper,) = papers()
    assert client.get(f"/evidence/{paper.pid}").data == PDF
    sign_in(client, ground.theirs)
    assert client.get(f"/evidence/{paper.pid}").status_code == 404
    assert client.get(f"/evidence/{paper.sha256}").status_code == 404
    assert client.send(f"/evidence/{paper.pid}/void", {"reason": "x"}).status_code == 404
    sign_in(client, ground.district)
    assert client.get(f"/evidence/{paper.pid}").data == PDF


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"MZ\x90\0" * 40, "发票.pdf", "只收 PDF"),
        (b"<svg onload=alert(1)>", "图.png", "只收 PDF"),
        (b"", "空.pdf", "文件是空的"),
    ],
)
def test_a_file_is_taken_for_what_it_holds(
    client: Client, ground: Ground, entry: Milestone, content: bytes, name: str, says: str
) -> None:
    upload(client, ground, entry, content, name)
    page = client.get(f"/firms/{ground.firm.pid}/milestones/{entry.pid}").get_data(as_text=True)
    assert says in page
    assert papers() == []


def test_a_file_above_the_limit_is_named(
    app: Flask, client: Client, ground: Ground, entry: Milestone
) -> None:
    big = b"0" * (int(app.config["MAX_CONTENT_LENGTH"]) + 1)
    path = f"/firms/{ground.firm.pid}/milestones/{entry.pid}/evidence"
    answer = client.post(path, data=big, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert "10 MB" in answer.get_data(as_text=True)
    assert papers() == []


def test_a_name_cannot_lead_anywhere(client: Client, ground: Ground, entry: Milestone) -> None:
    upload(client, ground, entry, PDF, '../../etc/回"单.exe')
    (paper,) = papers()
    assert paper.name.endswith(".pdf")
    assert not set('/\\":') & set(paper.name)
    got = client.get(f"/evidence/{paper.pid}")
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_is_voided_with_a_reason(client: Client, ground: Ground, entry: Milestone) -> None:
    upload(client, ground, entry, PDF, "回单.pdf")
    (pid,) = [paper.pid for paper in papers()]
    assert client.send(f"/evidence/{pid}/void", {"reason": ""}).status_code == 422
    assert len(papers()) == 1
    assert client.send(f"/evidence/{pid}/void", {"reason": "传错"}).status_code == 303
    assert papers() == []
    assert client.get(f"/evidence/{pid}").status_code == 404
