"""No door is open by accident: every route is listed with what it asks for, and asks for it."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core import access
from tests.clients import Client
from tests.house.routes import FILE, addresses, table

WRITING = ("POST", "PUT", "PATCH", "DELETE")


def test_every_route_is_listed(app: Flask) -> None:
    listed = FILE.read_text(encoding="utf-8").splitlines()
    held = table(app)
    new = sorted(set(held) - set(listed))
    gone = sorted(set(listed) - set(held))
    assert not new, "not listed: python -m tests.house.routes\n" + "\n".join(new)
    assert not gone, "listed, but gone: python -m tests.house.routes\n" + "\n".join(gone)


def test_no_view_is_without_a_declared_permission(app: Flask) -> None:
    assert not [line for line in table(app) if line.endswith("?")]


def test_an_unguarded_view_stops_the_start(app: Flask) -> None:
    app.view_functions["open_door"] = lambda: ""
    with pytest.raises(RuntimeError, match="open_door"):
        access.refuse_unguarded(app)


def test_no_write_is_reached_by_get(app: Flask) -> None:
    """A rule that writes takes no GET, or takes it to show its form."""
    words = ("delete", "remove", "withdraw", "end", "accept", "sign-out")
    held = [line.split()[0:2] for line in table(app)]
    risky = [rule for rule, method in held if method == "GET" and rule.rsplit("/", 1)[-1] in words]
    assert [rule for rule in risky if [rule, "POST"] not in held] == []


def public(app: Flask, rule: str, method: str) -> bool:
    return f"{rule}  {method}  public" in table(app)


def test_a_stranger_sees_only_what_is_public(app: Flask, client: Client) -> None:
    wrong = []
    for rule, address in addresses(app, "GET"):
        answer = client.get(address)
        shown = answer.status_code == 200
        if shown and not public(app, rule, "GET"):
            wrong.append(f"{address} shows itself to a stranger")
        if answer.status_code >= 500:
            wrong.append(f"{address} fails with {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_no_write_without_a_token(app: Flask, client: Client) -> None:
    wrong = []
    for method in WRITING:
        for _rule, address in addresses(app, method):
            for token in ({}, {"csrf_token": "made-up"}):
                answer = client.open(address, method=method, data=token)
                if answer.status_code not in (400, 401, 403, 404):
                    wrong.append(f"{method} {address} answers {answer.status_code}")
    assert not wrong, "\n".join(wrong)
