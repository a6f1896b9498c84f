"""The one missing input, answered on top of the conditions."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from app.carriers.models import Source
from app.core.access import System
from app.core.db import last_revision, session, write
from app.firms.models import (
    Attestation,
    Figures,
    Firm,
    InvestorKind,
    LegalForm,
    Milestone,
    MilestoneKind,
    MoneyState,
    Residency,
    StatedFigure,
)
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.factories.firms import log
from tests.firms.conftest import Ground

WAN = 1_000_000


@pytest.fixture
def agreed(rules: None, ground: Ground) -> None:
    """The shipped standards, and an incubation agreement."""
    with write("test:agreement", actor=System("test")):
        held = select(Residency).where(Residency.firm_id == ground.firm.id)
        tie = session.scalars(held).one()
        tie.agreement_on = tie.starts
        session.get_one(Firm, ground.firm.id).legal_form = LegalForm.COMPANY


def open_money(ground: Ground) -> Milestone:
    """700 万元 agreed, not said to have arrived."""
    return log(
        ground.firm, MilestoneKind.FINANCING, name="A轮", day=dt.date(2026, 10, 1),
        investor=InvestorKind.VENTURE, money_state=MoneyState.AGREED, amount=700 * WAN,
    )  # fmt: skip


def test_the_day_received_turns_the_clause(client: Client, ground: Ground, agreed: None) -> None:
    entry, pid = open_money(ground), ground.firm.pid
    path = f"/firms/{pid}/answer"
    page = client.get(f"/firms/{pid}").get_data(as_text=True)
    assert f'action="{path}"' in page
    assert f'name="entry" value="{entry.pid}"' in page
    form = {"asked": "milestone", "field": "received_on", "entry": entry.pid,
            "rev": entry.rev, "value": "2026-11-20"}  # fmt: skip
    answer = client.send(path, form)
    assert (answer.status_code, answer.location) == (303, f"/firms/{pid}#check")
    session.expire_all()
    assert (entry.money_state, entry.received_on) == (MoneyState.RECEIVED, dt.date(2026, 11, 20))
    page = client.get(f"/firms/{pid}").get_data(as_text=True)
    assert "变为符合" in page


def test_an_answer_that_cannot_be_is_kept_as_typed(client: Client, ground: Ground) -> None:
    entry = open_money(ground)
    form = {"asked": "milestone", "field": "received_on", "entry": entry.pid,
            "rev": entry.rev, "value": "2027-11-20"}  # fmt: skip
    answer = client.send(f"/firms/{ground.firm.pid}/answer", form)
    assert answer.status_code == 422
    assert 'value="2027-11-20"' in answer.get_data(as_text=True)
    session.expire_all()
    assert entry.money_state is MoneyState.AGREED


def test_the_box_speaks_the_readers_language(client: Client, ground: Ground, agreed: None) -> None:
    with write("test:promise", actor=System("test")):
        session.add(Attestation(firm_id=ground.firm.id, ends=TODAY))
    page = client.get(f"/firms/{ground.firm.pid}").text
    assert "<span>审计</span>" in page
    client.set_cookie("lang", "en")
    page = client.get(f"/firms/{ground.firm.pid}").text
    assert "<span>Audit</span>" in page
    assert "<span>审计</span>" not in page


def test_a_figure_of_a_year_is_saved_under_its_source(client: Client, ground: Ground) -> None:
    path = f"/firms/{ground.firm.pid}/answer"
    form = {"asked": "figures", "field": "revenue", "year": "2025", "source": "audit",
            "value": "512.46"}  # fmt: skip
    assert client.send(path, form).status_code == 303
    row = session.scalars(select(Figures)).one()
    assert (row.year, row.quarter, row.source, row.revenue) == (2025, 0, Source.AUDIT, 512_460_000)
    late = client.send(path, {**form, "value": "600"})
    assert late.status_code == 409
    session.expire_all()
    assert row.revenue == 512_460_000


def test_a_promise_is_made_in_one_press(client: Client, ground: Ground) -> None:
    form = {"asked": "attestation", "field": "deal"}
    assert client.send(f"/firms/{ground.firm.pid}/answer", form).status_code == 303
    made = session.scalars(select(Attestation)).one()
    assert (made.kind, made.starts, made.ends) == (MilestoneKind.DEAL, None, TODAY)


def test_only_what_a_box_asks_can_be_answered(client: Client, ground: Ground) -> None:
    entry, path = open_money(ground), f"/firms/{ground.firm.pid}/answer"
    for form in (
        {"asked": "milestone", "field": "verification", "entry": entry.pid, "value": "district"},
        {"asked": "figures", "field": "firm_id", "year": "2025", "value": "2"},
        {"asked": "attestation", "field": "anything"},
        {},
    ):
        assert client.send(path, form).status_code == 404
    sign_in(client, ground.theirs)
    form = {"asked": "attestation", "field": ""}
    assert client.send(path, form).status_code == 404
    assert session.scalars(select(Attestation)).all() == []


@pytest.mark.parametrize(
    ("key", "typed", "held"),
    [("segment_years", "3", (3, 3)), ("market_share", "1.5-2", (150, 200)),
     ("hnte_advance", "7-8", (7, 8)), ("own_brand", "yes", (1, 1))],
)  # fmt: skip
def test_what_is_stated_is_saved(
    client: Client, ground: Ground, key: str, typed: str, held: tuple[int, int]
) -> None:
    form = {"asked": "stated", "field": key, "value": typed}
    assert client.send(f"/firms/{ground.firm.pid}/answer", form).status_code == 303
    row = session.scalars(select(StatedFigure)).one()
    assert (row.key, row.day, row.low, row.high) == (key, TODAY, *held)


@pytest.mark.parametrize("value", ["many", "3-2", "-3"])
@pytest.mark.parametrize("key", ["segment_years", "market_share", "hnte_advance", "own_brand"])
def test_what_a_stated_box_cannot_read_is_said_at_it(
    client: Client, ground: Ground, key: str, value: str
) -> None:
    path = f"/firms/{ground.firm.pid}/answer"
    form = {"asked": "stated", "field": key, "value": value}
    answer = client.send(path, form)
    assert answer.status_code == 422
    assert 'id="value-error"' in answer.text
    assert session.scalars(select(StatedFigure)).all() == []


@pytest.mark.parametrize("year", ["99999999999999999999", "9999", "1", "²", "9" * 5000, "2027"])
def test_no_box_asks_for_a_figure_of_such_a_year(
    client: Client, ground: Ground, year: str
) -> None:  # fmt: skip
    form = {"asked": "figures", "field": "revenue", "year": year, "source": "audit", "value": "5"}
    answer = client.send(f"/firms/{ground.firm.pid}/answer", form)
    assert answer.status_code in (404, 422)
    assert session.scalars(select(Figures)).all() == []


def test_the_form_says_before_what_it_would_do(
    client: Client, ground: Ground, agreed: None
) -> None:
    path = f"/firms/{ground.firm.pid}/log/preview"
    form = {"kind": "financing", "investor": "venture", "amount": "600", "day": "2026-11-20",
            "money_state": "received"}  # fmt: skip
    before = last_revision()
    answer = client.send(path, form)
    assert answer.status_code == 200
    assert "600.00" in answer.text
    assert "变为符合" in answer.text
    session.expire_all()
    assert session.scalars(select(Milestone)).all() == []
    assert last_revision() == before
    assert "变为" not in client.send(path, {**form, "amount": "many"}).text
    other = client.send(path, {"kind": "other", "name": "开业", "day": "2026-11-20"}).text
    assert "毕业条件的核对结果没有变化。" in other
    log(
        ground.firm, MilestoneKind.FINANCING, day=dt.date(2026, 11, 20),
        investor=InvestorKind.VENTURE, money_state=MoneyState.RECEIVED, amount=600 * WAN,
    )  # fmt: skip
    assert "与已登记的一条相同" in client.send(path, form).text
    sign_in(client, ground.theirs)
    assert client.send(path, form).status_code == 404
