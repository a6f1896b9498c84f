"""到期提醒 and its calendar."""

from __future__ import annotations

import datetime as dt
import re

from flask import Flask
from sqlalchemy import select

from app.core.db import session, write
from app.firms.models import FirmName, Milestone
from app.workbench import deadlines, panel_life
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.factories.chain import SEEDER, Chain

DAY = dt.timedelta(days=1)


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
    courted = deadlines.rows(made.viewer("park"), TODAY)
    assert [(r.name, r.nearest) for r in courted] == [
        ("松间月机器人", (TODAY + 5 * DAY, "follow")),
    ]


def renamed(made: Chain, name: str, day: dt.date) -> None:
    with write("test:rename", actor=SEEDER):
        firm = made.firms[name]
        session.add(FirmName(firm_id=firm.id, name="旧名", starts=day - 20 * DAY, ends=day))


def ring(made: Chain, name: str, day: dt.date = TODAY) -> dict[str, dt.date]:
    rows = deadlines.rows(made.viewer("incubator"), day)
    return next((dict(row.ends) for row in rows if row.name == name), {})


def test_a_new_name_asks_for_the_certificate_within_three_months(made: Chain) -> None:
    renamed(made, "竹外桃电路", dt.date(2026, 11, 20))
    assert ring(made, "竹外桃电路")["rename"] == dt.date(2027, 2, 20)
    late = dt.date(2027, 3, 1)  # the clock goes on, until the certificate ends
    assert "rename" not in ring(made, "竹外桃电路", late)
    with write("test:title", actor=SEEDER):
        held = session.scalars(
            select(Milestone).where(Milestone.firm_id == made.firms["竹外桃电路"].id)
        ).one()
        held.expires_on = dt.date(2028, 1, 1)
    row = next(r for r in deadlines.rows(made.viewer("incubator"), late) if r.ends.get("rename"))
    assert row.nearest == (dt.date(2027, 2, 20), "rename")


def test_a_deadline_behind_a_nearer_one_is_shown_too(
    app: Flask, made: Chain, client: Client
) -> None:
    day = dt.date(2026, 9, 25)
    renamed(made, "竹外桃电路", day)
    due = dt.date(2026, 12, 25)
    rows = deadlines.rows(made.viewer("incubator"), TODAY)
    row = next(r for r in rows if r.name == "竹外桃电路")
    assert row.soon(TODAY) == [(dt.date(2026, 12, 16), "hnte"), (due, "rename")]
    far = next(r for r in rows if r.name == "石上泉传感")
    assert far.soon(TODAY) == [(dt.date(2027, 3, 31), "lease")]
    sign_in(client, made.people["incubator"])
    line = re.search(r"竹外桃电路.*?</tr>", client.get("/deadlines").text, re.S)
    assert line is not None
    left = (due - TODAY).days
    assert "高企" in line[0]
    assert f"换证 {left} 天" in line[0]


def test_the_page_of_the_firm_shows_that_clock_too(app: Flask, made: Chain) -> None:
    firm = made.firms["竹外桃电路"]

    def shown(who: str) -> list[tuple[dt.date, str]]:
        with app.test_request_context("/"):
            found = panel_life.panels(made.viewer(who), firm, TODAY)
            return [row[:2] for panel in found if panel.key == "ends" for row in panel.data["rows"]]

    assert "更名换证" not in [word for _day, word in shown("incubator")]
    renamed(made, "竹外桃电路", dt.date(2026, 11, 20))
    assert (dt.date(2027, 2, 20), "更名换证") in shown("incubator")
    assert shown("park") == []
    assert shown("incubator")[0] == (dt.date(2026, 11, 20), "报表截止")


def test_no_clock_for_a_certificate_in_the_new_name(made: Chain) -> None:
    renamed(made, "竹外桃电路", dt.date(2026, 6, 1))
    with write("test:title", actor=SEEDER):
        held = session.scalars(
            select(Milestone).where(Milestone.firm_id == made.firms["竹外桃电路"].id)
        ).one()
        held.reissued_on = dt.date(2026, 8, 1)
    assert "rename" not in ring(made, "竹外桃电路")
    renamed(made, "竹外桃电路", dt.date(2026, 9, 1))  # another one since
    assert ring(made, "竹外桃电路")["rename"] == dt.date(2026, 12, 1)


def test_no_clock_for_what_was_revoked_or_issued_since(made: Chain) -> None:
    renamed(made, "石上泉传感", TODAY - 20 * DAY)  # its certificate is revoked
    renamed(made, "竹外桃电路", TODAY - 2000 * DAY)
    assert "rename" not in ring(made, "石上泉传感") | ring(made, "竹外桃电路")
