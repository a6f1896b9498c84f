"""Certificates whose number a row brings for one firm and that are another's, on record or by an
earlier row."""

from __future__ import annotations

from app.core.errors import DomainError
from app.core.text import _
from app.exchange.sheets.base import Given, Ground, Trouble
from app.firms.queries.certificates import holder, kin, numbered, stranger

HELD, BROUGHT = "certificates", "certificates of the file"


def prepare_numbers(ground: Ground, rows: list[Given]) -> None:
    """Look up the numbers of all rows at once."""
    found = {str(row.values["number"]) for row in rows if row.values.get("number")}
    ground.held[HELD] = numbered(found) | ground.held.get(HELD, {})


def number_trouble(
    ground: Ground, row: Given, firm_id: int, number: str | None
) -> Trouble | None:  # fmt: skip
    """What is unusual about the number of a recognition, on record or within the file: accepted
    once the row says why. `firm_id` is 0 for a firm that the file itself registers."""
    wanted = (number or "").strip().upper()
    if not wanted:
        return None
    whose = firm_id or row.values.get("code", "")
    first = ground.held.setdefault(BROUGHT, {}).setdefault(wanted, (whose, row.number))
    if first[0] != whose and first[0] not in kin(firm_id):
        words = _("编号与第 %(n)s 行另一家企业的证书相同；确有原因的，在“说明”列写明。", n=first[1])
        return Trouble("number", row.texts.get("number", ""), words, doubt=True)
    other = stranger(firm_id, ground.held.get(HELD, {}).get(wanted, []))
    if other is None:
        return None
    said = DomainError("number_elsewhere", number=number, holder=holder(ground.viewer, other))
    return Trouble("number", row.texts.get("number", ""), said.message, doubt=True)
