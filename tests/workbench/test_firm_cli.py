"""`flask firm show`: what scripts read about a firm, and what it says to bad codes."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from app.core.access import System
from app.core.db import session, write
from app.firms.models import Figures, Firm

CODE = "91310000710924515X"


@pytest.fixture
def firm(app: Flask) -> str:
    with write("test:make", actor=System("test")):
        made = Firm(
            kind="firm",
            code=CODE,
            name="上海石上泉传感技术有限公司",
            short_name="石上泉传感技术",
            sort_key="shishangquan",
        )
        session.add(made)
        session.flush()
        session.add(
            Figures(
                firm_id=made.id,
                year=2025,
                source="audit",
                verification="carrier",
                revenue=512_460_000,
            )
        )
    return CODE


def test_json_holds_the_whole_file(app: Flask, firm: str) -> None:
    done = app.test_cli_runner().invoke(args=["firm", "show", firm, "--json"])
    assert done.exit_code == 0, done.output
    content = json.loads(done.output)
    assert content["firm"]["code"] == firm
    assert content["figures"] == [
        {
            "year": 2025,
            "quarter": 0,
            "source": "audit",
            "verification": "carrier",
            "revenue": 512_460_000,
            "staff_approximate": False,
        }
    ]
    assert content["cut"] == 1


def test_a_code_is_read_as_people_type_it(app: Flask, firm: str) -> None:
    done = app.test_cli_runner().invoke(args=["firm", "show", " 9131 0000-7109 2451 5x "])
    assert done.exit_code == 0
    assert "石上泉" in done.output


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("91310000", "18"),
        ("9131000071092451IO", "I"),
        ("9.13101E+17", "科学计数"),
        ("91330100799655058B", "no firm with code"),
    ],
)
def test_a_bad_code_is_refused_with_a_reason(app: Flask, firm: str, code: str, says: str) -> None:
    done = app.test_cli_runner().invoke(args=["firm", "show", code])
    assert done.exit_code == 1
    assert says in done.output
