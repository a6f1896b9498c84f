"""Two editors: the second sees both versions, keeps what was typed, and decides."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Organisation, Person, Role
from app.core.db import session
from tests.clients import Client, sign_in
from tests.factories.accounts import make_organisation, make_person, person_with_post
from tests.lint import Page


def values(html: str) -> dict[str, str]:
    """What a browser would send back: the inputs of the page by name."""
    return {
        e.attrs["name"]: e.attrs.get("value", "")
        for e in Page(html).all("input")
        if e.attrs.get("name") and e.attrs.get("type") not in ("radio", "checkbox", "submit")
    }


def rows(html: str) -> list[list[str]]:
    """Cells of the table of both versions."""
    return [
        [" ".join(cell.text.split()) for cell in row.inside if cell.tag in ("th", "td")]
        for row in Page(html).all("tr")
    ]


@pytest.fixture
def two(app: Flask, client: Client) -> tuple[Client, Client]:
    """Two administrators in their own browsers."""
    other = app.test_client()
    assert isinstance(other, Client)
    sign_in(client, person_with_post(Role.ADMINISTRATOR))
    sign_in(other, person_with_post(Role.ADMINISTRATOR))
    return client, other


def test_the_second_of_two_editors_sees_both_versions_and_decides(
    two: tuple[Client, Client],
) -> None:
    one, other = two
    place = make_organisation()
    path = f"/organisations/{place.pid}"
    first = values(one.get(path).text)
    second = values(other.get(path).text)
    assert one.post(path, data={**first, "name": "先存的名称"}).status_code == 303
    late = other.post(
        path,
        data={**second, "name": "后填的名称", "short_name": "后填"},
        headers={"Referer": f"http://localhost{path}"},
    )
    assert late.status_code == 409
    assert session.scalar(select(Organisation.name).where(Organisation.id == place.id)) == (
        "先存的名称"
    )
    held = rows(late.text)
    assert ["名称", "先存的名称", "后填的名称 不同"] in held
    assert len(held) == 3, "the head and the two fields that differ"
    kept = values(late.text)
    assert (kept["name"], kept["short_name"]) == ("后填的名称", "后填")
    assert f'href="{path}"' in late.text
    assert other.post(path, data=kept).status_code == 303, "the second press decides"
    session.rollback()
    assert session.scalar(select(Organisation.name).where(Organisation.id == place.id)) == (
        "后填的名称"
    )


def test_a_name_corrected_twice(two: tuple[Client, Client]) -> None:
    one, other = two
    who = make_person(Role.DISTRICT_CLERK, make_organisation(), name="王小明")
    path = f"/people/{who.pid}"
    sent = values(one.get(path).text)
    late = values(other.get(path).text)
    assert one.post(f"{path}/name", data={**sent, "name": "王晓明"}).status_code == 303
    answer = other.post(f"{path}/name", data={**late, "name": "王晓鸣"})
    assert answer.status_code == 409
    assert ["姓名", "王晓明", "王晓鸣 不同"] in rows(answer.text)
    assert other.post(f"{path}/name", data=values(answer.text)).status_code == 303
    session.rollback()
    assert session.scalar(select(Person.name).where(Person.id == who.id)) == "王晓鸣"
