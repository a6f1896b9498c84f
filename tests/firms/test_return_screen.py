"""The quarter's sheet under a hand: blocks from Excel, presses, what a reload brings back."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from sqlalchemy import select

from app.accounts.models import OrganisationKind, Role
from app.carriers import service
from app.carriers.models import Return, ReturnState
from app.core.days import Period
from app.core.db import session, write
from app.firms.models import Figures, Firm
from tests.browser import Screen
from tests.factories.accounts import PASSWORD, make_person
from tests.factories.carriers import ACTOR, make_carrier, organisation
from tests.factories.firms import make_firm

TODAY = dt.date(2026, 11, 24)
ROWS = [[f"{n}00.5", "(3.00)", "2", "4.25", str(6 + n)] for n in (1, 2, 3)]
PASTE = """
([name, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const box = document.querySelector(`input[name="${name}"]`);
  box.focus();
  const more = {clipboardData: data, bubbles: true, cancelable: true};
  box.dispatchEvent(new ClipboardEvent("paste", more));
}
"""
PARSE = """
async (texts) => {
  const place = document.querySelector("script[type=module][src*='app']").src;
  const { block } = await import(new URL("grid.js", place).href);
  return texts.map(block);
}
"""


@pytest.fixture
def engine_name() -> str:
    """What a hand does is the same on either engine."""
    return "sqlite"


@pytest.fixture
def sheet(screen: Screen) -> list[Firm]:
    """Three firms on the open sheet of their incubator, whose head has it before them."""
    home = make_carrier("金科路青禾孵化器")
    for name in ("甲传感", "乙芯片", "丙生物"):
        make_firm(f"上海{name}有限公司", at=home)
    organisation(OrganisationKind.DISTRICT)
    with write("test:open", actor=ACTOR):
        service.open_returns(
            actor=ACTOR, today=TODAY, period=Period(2026, 3), due_on=dt.date(2026, 11, 20)
        )
    person = make_person(Role.CARRIER_HEAD, home.organisation)
    screen.sign_in(person.login, PASSWORD)
    screen.presses = 0
    screen.open("/returns/" + session.scalars(select(Return.pid)).one())
    return list(session.scalars(select(Firm).order_by(Firm.sort_key, Firm.id)))


def copied(rows: list[list[str]]) -> str:
    """Rows as a spreadsheet puts them on the clipboard."""

    def cell(text: str) -> str:
        odd = any(c in text for c in '\t\n\r"')
        return '"' + text.replace('"', '""') + '"' if odd else text

    return "".join("\t".join(cell(c) for c in row) + "\r\n" for row in rows)


def figures(firms: list[Firm]) -> list[tuple[int | None, int | None, int | None]]:
    session.rollback()
    held = {row.firm_id: row for row in session.scalars(select(Figures))}
    found = [held[firm.id] for firm in firms]
    return [(row.revenue, row.net_profit, row.staff_end) for row in found]


@pytest.mark.parametrize("named", [False, True])
def test_a_block_is_pasted_and_filed_in_few_presses(
    screen: Screen, sheet: list[Firm], named: bool
) -> None:
    """Open, click a box, paste, promise, file: four presses with the page's, six allowed."""
    page, first = screen.page, f"{sheet[0].pid}-revenue"
    block = [[firm.name, *row] for firm, row in zip(sheet, ROWS, strict=True)][::-1]
    page.click(f'input[name="{first}"]')
    page.evaluate(PASTE, [first, copied(block if named else ROWS)])
    assert "15" in page.locator("[data-pasted]").inner_text()
    screen.axe()
    screen.fits()
    page.click("input[name=promised]")
    page.click("button[formaction]")
    page.wait_for_selector(".jl-note.ok")
    assert screen.presses == 3
    wanted = [(n * 100_000_000 + 500_000, -3_000_000, 24 * (6 + n)) for n in (1, 2, 3)]
    assert figures(sheet) == wanted
    assert session.scalars(select(Return.state)).one() is ReturnState.SUBMITTED


def test_what_does_not_fit_is_counted_and_a_reload_loses_nothing(
    screen: Screen, sheet: list[Firm]
) -> None:
    page, last = screen.page, f"{sheet[2].pid}-staff_end"
    page.evaluate(PASTE, [last, copied([["7", "8"], ["9", "x"]])])
    said = page.locator("[data-pasted]").inner_text()
    assert "1" in said
    assert "3" in said
    page.reload()
    assert page.input_value(f'input[name="{last}"]') == "7"
    page.evaluate(PASTE, [last, copied([["没有这家", "8"]])])
    assert page.input_value(f'input[name="{last}"]') == "没有这家"


def test_any_block_a_spreadsheet_copies_is_read_as_it_was(
    screen: Screen, sheet: list[Firm]
) -> None:
    dice = random.Random(20261124)
    letters = ["1", "2.5", "−3", "万", " ", '"', "\t", "\n", ",", "甲"]
    blocks = []
    for _one in range(300):
        width = dice.randint(1, 4)
        blocks.append(
            [
                ["".join(dice.choices(letters, k=dice.randint(1, 5))) for _cell in range(width)]
                for _row in range(dice.randint(1, 4))
            ]
        )
    assert screen.page.evaluate(PARSE, [copied(rows) for rows in blocks]) == blocks
