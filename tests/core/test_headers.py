"""Headers stand on pages, on refusals and on crashes."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.access import public
from tests.clients import Client

EXPECTED = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@pytest.mark.parametrize(
    ("path", "status"), [("/styleguide", 200), ("/nowhere", 404), ("/preferences", 405)]
)
def test_pages_and_refusals_carry_the_headers(visitor: Client, path: str, status: int) -> None:
    answer = visitor.get(path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in EXPECTED} == EXPECTED
    assert "Strict-Transport-Security" not in answer.headers


def test_tls_is_remembered_by_browsers(visitor: Client) -> None:
    answer = visitor.get("/nowhere", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_a_crash_carries_the_headers_and_no_trace(
    frame: Flask, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    @public
    def crash(**_: object) -> str:
        raise RuntimeError("canary")

    monkeypatch.setitem(frame.view_functions, "styleguide.page", crash)
    answer = visitor.get("/styleguide")
    assert answer.status_code == 500
    assert {name: answer.headers.get(name) for name in EXPECTED} == EXPECTED
    assert b"canary" not in answer.data
    assert b"Traceback" not in answer.data


def test_a_foreign_host_is_refused_plainly(frame: Flask, visitor: Client) -> None:
    frame.config["TRUSTED_HOSTS"] = ["jieli.example"]
    assert visitor.get("/styleguide", base_url="http://jieli.example").status_code == 200
    for path in ("/styleguide", "/nowhere"):
        answer = visitor.get(path, base_url="http://other.example")
        assert (answer.status_code, answer.text) == (400, "400 Bad Request\n")
        assert {name: answer.headers.get(name) for name in EXPECTED} == EXPECTED
