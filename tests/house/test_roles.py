"""Each role at each address: what its words allow, nothing more, and no answer of 5xx.

The addresses come from the application itself, so a new route is tested from the day it lands.
"""

from __future__ import annotations

import pytest
from flask import Flask

from app.accounts.models import Role
from app.accounts.posts import PERMISSIONS
from tests.clients import Client, bear, sign_in
from tests.factories.accounts import person_with_post
from tests.house.routes import addresses, table

HOSTILE = (
    "?page=-1&per=0&sort=%27%3B--&q=%25_%5C&day=0000-00-00&as_of=9999-12-31",
    "?page=99999999999999999999&sort=name&q=%00%E2%80%AE%F0%A0%AE%B7&year=abc&quarter=9&day=2026-02-30",
    "?q=" + "%E7%A7%91" * 300 + "&page=1e9&carrier=%3Cscript%3E&stage=nonsense&sector=&cut=-5",
)
SHOWN = {200, 302, 303, 304}
REFUSED = {403, 404}
TROUBLE = {400, 404, 422}

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("role", list(Role))]


#: Rights do not depend on the engine; that no page stumbles over its SQL is tested on both.
one_engine = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def words(app: Flask) -> dict[str, set[str]]:
    """rule → permission words of its GET."""
    split = (line.split("  ") for line in table(app))
    return {rule: set(asked.split(" | ")) for rule, method, asked in split if method == "GET"}


@pytest.fixture
def signed(shipped: None, client: Client, role: Role) -> Client:
    """Somebody who holds just this role, with a token for programs besides."""
    post = person_with_post(role)
    sign_in(client, post)
    bear(client, post)
    return client


@one_engine
def test_a_role_reaches_what_its_words_allow_and_nothing_else(
    app: Flask, signed: Client, role: Role
) -> None:
    held = {str(word) for word in PERMISSIONS[role]}
    asked = words(app)
    wrong = []
    for rule, address in addresses(app, "GET"):
        status = signed.get(address).status_code
        if "public" in asked[rule]:
            continue
        if not asked[rule] & held and status != 403:
            wrong.append(f"{address} answers {status} without {asked[rule]}")
        if asked[rule] & held and status not in SHOWN | {404, 403}:
            wrong.append(f"{address} answers {status}")
    assert not wrong, "\n".join(wrong)


def tails(asked: set[str], role: Role) -> list[str]:
    """The hostile endings that a role puts to an address.

    The roles whose words open it share the endings out: each ending is put by one of them at
    least, each of them puts one. The others are refused before anything is read.
    """
    able = [one for one in Role if asked & {"public", *map(str, PERMISSIONS[one])}]
    if role not in able:
        return []
    mine = able.index(role)
    return [
        tail
        for place, tail in enumerate(HOSTILE)
        if place % len(able) == mine or mine % len(HOSTILE) == place
    ]


def test_no_address_stumbles_over_what_is_asked(app: Flask, signed: Client, role: Role) -> None:
    asked = words(app)
    wrong = []
    for rule, address in addresses(app, "GET"):
        for tail in tails(asked[rule], role):
            answer = signed.get(address + tail)
            if answer.status_code not in SHOWN | REFUSED | TROUBLE:
                wrong.append(f"{address}{tail[:60]} answers {answer.status_code}")
            if b"Traceback" in answer.data or b"sqlalchemy" in answer.data.lower():
                wrong.append(f"{address}{tail[:60]} shows the program's inside")
    assert not wrong, "\n".join(wrong)


@one_engine
def test_no_form_is_taken_without_its_words(app: Flask, signed: Client, role: Role) -> None:
    """A token alone opens nothing: without the permission a post is refused before it is read."""
    held = {str(word) for word in PERMISSIONS[role]}
    token = signed.token("/")
    asked = {
        rule: set(need.split(" | "))
        for rule, method, need in (line.split("  ") for line in table(app))
        if method == "POST"
    }
    wrong = []
    for rule, address in addresses(app, "POST"):
        if "public" in asked[rule] or asked[rule] & held:
            continue
        status = signed.post(address, data={"csrf_token": token}).status_code
        if status != 403:
            wrong.append(f"{address} answers {status} without {asked[rule]}")
    assert not wrong, "\n".join(wrong)
