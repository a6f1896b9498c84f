"""The first administrator."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.clients import Client


def make(
    app: Flask, login: str = "admin.one", password: str = "a sentence nobody guesses"
) -> object:
    args = ["create-admin", "--login", login, "--name", "周文", "--password", password]
    return app.test_cli_runner().invoke(args=args)


def test_the_first_administrator_can_sign_in(app: Flask, client: Client) -> None:
    assert make(app).exit_code == 0  # type: ignore[attr-defined]
    answer = client.send(
        "/sign-in", {"login": "admin.one", "password": "a sentence nobody guesses"}
    )
    assert answer.status_code == 303
    assert client.get("/firms").status_code == 403


@pytest.mark.parametrize(
    ("login", "password"), [("A B", "a sentence nobody guesses"), ("admin.two", "short")]
)
def test_bad_input_is_refused_and_nothing_made(app: Flask, login: str, password: str) -> None:
    done = make(app, login, password)
    assert done.exit_code == 1  # type: ignore[attr-defined]
    assert make(app, "admin.two").exit_code == 0  # type: ignore[attr-defined]
    again = make(app, "admin.two")
    assert "请换一个" in again.output  # type: ignore[attr-defined]


def test_no_demo_accounts_outside_the_demo(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["demo-accounts", "--json"])
    assert done.exit_code == 1
    assert "DEMO" in done.output.upper()
