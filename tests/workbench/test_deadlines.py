"""到期提醒 and its calendar."""

from __future__ import annotations

import datetime as dt
import re

from flask import Flask

from app.workbench import deadlines
from tests.conftest import TODAY
from tests.factories.chain import Chain


def test_nearest_first_with_months_used_and_allowed(made: Chain) -> None:
    rows = deadlines.rows(made.viewer("incubator"), TODAY)
    assert [(r.name, r.nearest) for r in rows] == [
        ("苇间雪软件", (dt.date(2026, 9, 17), "limit")),
        ("竹外桃电路", (dt.date(2026, 12, 16), "hnte")),
        ("石上泉传感", (dt.date(2027, 3, 31), "lease")),
    ]
    assert [(r.used, r.allowed) for r in rows] == [(50, 48), (None, None), (43, 48)]


def test_revoked_titles_and_other_carriers_do_not_show(made: Chain) -> None:
    assert "hnte" not in {
        k for r in deadlines.rows(made.viewer("incubator"), TODAY)[2:] for k in r.ends
    }
    assert deadlines.rows(made.viewer("park"), TODAY) == []


def test_the_calendar_is_well_formed(app: Flask, made: Chain) -> None:
    with app.test_request_context("/"):
        text = deadlines.calendar(deadlines.rows(made.viewer("incubator"), TODAY))
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    whole = text.replace("\r\n ", "")
    assert whole.count("BEGIN:VEVENT") == whole.count("END:VEVENT") == 4
    assert "SUMMARY:石上泉传感：在孵期限" in whole
    assert re.findall(r"DTSTART;VALUE=DATE:(\d+)", whole) == [
        "20260917", "20261216", "20270331", "20270411",
    ]  # fmt: skip
    assert len(set(re.findall(r"UID:(.+)\r", whole))) == 4


def test_long_lines_fold_between_characters() -> None:
    line = "SUMMARY:" + "孵" * 60
    parts = deadlines.folded(line).split("\r\n ")
    assert "".join(parts) == line
    assert max(len(p.encode()) for p in parts) <= 75
