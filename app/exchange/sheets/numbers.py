"""Certificates whose number a row brings for one firm and that are on record for another."""

from __future__ import annotations

from app.core.errors import DomainError
from app.exchange.sheets.base import Given, Ground, Trouble
from app.firms.queries.certificates import holder, numbered, stranger

HELD = "certificates"


def prepare_numbers(ground: Ground, rows: list[Given]) -> None:
    """Look up the numbers of all rows at once."""
    found = {str(row.values["number"]) for row in rows if row.values.get("number")}
    ground.held[HELD] = numbered(found) | ground.held.get(HELD, {})


def number_trouble(
    ground: Ground, row: Given, firm_id: int, number: str | None
) -> Trouble | None:  # fmt: skip
    """What is unusual about the number of a recognition: accepted once the row says why."""
    held = ground.held.get(HELD, {}).get((number or "").strip().upper(), [])
    other = stranger(firm_id, held)
    if other is None:
        return None
    said = DomainError("number_elsewhere", number=number, holder=holder(ground.viewer, other))
    return Trouble("number", row.texts.get("number", ""), said.message, doubt=True)
