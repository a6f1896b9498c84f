"""Parts of the firm's page: life line, figures, deadlines, changes."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from app.carriers.models import Source, Verification
from app.core.db import session, write
from app.firms.models import Figures, Firm, Milestone, MilestoneKind, MoneyState
from app.workbench import history, panel_figures, panel_life
from tests.clients import Client
from tests.conftest import TODAY
from tests.factories.chain import SEEDER, Chain, enter

WAN = 1_000_000


@pytest.fixture
def firm(app: Flask, made: Chain) -> Firm:
    """A firm with a corrected financing, a voided award and three years of figures."""
    one = made.firms["石上泉传感"]
    key = one.id
    with write("test:log", actor=SEEDER):
        money = Milestone(
            firm_id=key, kind=MilestoneKind.FINANCING, day=dt.date(2025, 3, 20), name="B-1",
            amount=30 * WAN, money_state=MoneyState.AGREED, verification=Verification.SELF,
        )  # fmt: skip
        other = Milestone(
            firm_id=key, kind=MilestoneKind.OTHER, day=dt.date(2025, 4, 1), name="误填",
            verification=Verification.SELF,
        )  # fmt: skip
        session.add_all([money, other])
        for year, quarter, source, revenue, staff in (
            (2023, 0, Source.AUDIT, 82, 9), (2024, 0, Source.EXPRESS, 380, 16),
            (2024, 0, Source.AUDIT, 386, 16), (2025, 0, Source.EXPRESS, 512, 22),
            (2025, 3, Source.EXPRESS, 369, 21), (2026, 3, Source.EXPRESS, 438, None),
        ):  # fmt: skip
            session.add(
                Figures(
                    firm_id=key,
                    year=year,
                    quarter=quarter,
                    source=source,
                    verification=Verification.SELF,
                    revenue=revenue * WAN,
                    staff_end=staff * 24 if staff else None,
                )
            )
        session.flush()
        ids = money.id, other.id
    with write("test:correct", actor=SEEDER):
        held = session.get_one(Milestone, ids[0])
        held.amount, held.money_state = 300 * WAN, MoneyState.RECEIVED
        held.received_on = dt.date(2025, 3, 20)
    with write("test:void", actor=SEEDER):
        session.delete(session.get_one(Milestone, ids[1]))
    return session.get_one(Firm, key)


def test_changes_tell_old_and_new_and_what_was_voided(firm: Firm) -> None:
    found = history.entries(firm)
    assert [e.kind for e in found[:2]] == ["voided", "changed"]
    assert found[0].text == "其他 误填"
    assert found[1].text == (
        "融资 B-1：金额 30.00 万元 → 300.00 万元；资金 已签约，未到账 → 已到账；"
        "到账日期 — → 2025-03-20"
    )
    assert found[1].rev < found[0].rev
    assert {e.kind for e in found[2:]} == {"new"}
    assert len(history.told(found)) == len(found)


def test_figures_take_the_most_trusted_source_and_the_latest_quarter(
    app: Flask, made: Chain, firm: Firm
) -> None:
    with app.test_request_context("/"):
        (panel,) = panel_figures.panels(made.viewer("incubator"), firm, TODAY)
    assert [panel_figures.period(c) for c in panel.data["columns"]] == [
        "2023 年", "2024 年", "2025 年", "2026 年 1–9 月",
    ]  # fmt: skip
    revenue, *_rest, staff = panel.data["rows"]
    assert revenue.values == ["82.00", "386.00", "512.00", "438.00"]
    assert revenue.change == "+18.7%"
    assert staff.values == ["9", "16", "22", "—"]
    assert staff.change == "—"


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (438, 369, "+18.7%"), (369, 438, "−15.8%"), (5, 5, "0.0%"), (5, 0, "—"), (None, 5, "—"),
        (5, None, "—"), (5, -5, "由负转正"), (-5, 5, "由正转负"), (-5, -9, "—"),
        (0, -9, "由负转正"),
    ],
)  # fmt: skip
def test_change_on_a_year_before(
    app: Flask, now: int | None, before: int | None, said: str
) -> None:
    with app.test_request_context("/"):
        assert panel_figures.change(now, before) == said


def test_the_life_line_has_a_lane_a_kind_and_a_table_line_an_event(
    app: Flask, made: Chain, firm: Firm
) -> None:
    with app.test_request_context("/"):
        life, ends = panel_life.panels(made.viewer("incubator"), firm, TODAY)
    drawing = life.data["drawing"]
    assert [name.text for name in drawing.names] == ["入驻", "融资", "资质", "时限"]
    assert [mark.kind for mark in drawing.marks][:1] == ["dot mk"]
    assert [line.kind for line in life.data["lines"]].count("融资") == 1
    assert [row[1] for row in ends.data["rows"]] == ["报表截止", "场地租期", "在孵期限"]


def test_a_stranger_sees_no_panel(app: Flask, made: Chain, firm: Firm) -> None:
    park = made.viewer("park")
    with app.test_request_context("/"):
        for part in (panel_life, panel_figures, history):
            assert list(part.panels(park, firm, TODAY)) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.usefixtures("made")
def test_the_pages_are_in_order(app: Flask, client: Client, firm: Firm, lang: str) -> None:
    pid = firm.pid
    client = enter(client, "incubator")
    client.set_cookie("lang", lang)
    page = client.get(f"/firms/{pid}")
    assert page.status_code == 200
    assert 'id="firm-life-title"' in page.text
    assert "30.00" in client.get(f"/firms/{pid}/history").text
    other = app.test_client()
    assert isinstance(other, Client)
    assert enter(other, "park").get(f"/firms/{pid}/history").status_code == 404
