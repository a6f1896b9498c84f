"""采集表: one pre-filled workbook a firm, all in one zip, to be sent round and dropped back."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable
from typing import BinaryIO

from app.core.access import Viewer
from app.core.days import Period
from app.core.text import _
from app.exchange.out import forms
from app.exchange.sheets.base import Sheet
from app.exchange.sheets.fields import shown
from app.exchange.sheets.firms import recordable
from app.firms.models import Firm

#: Sheets that a firm is asked to fill, by key.
ASKED = ("firms", "figures", "milestone-financing", "milestone-ip", "milestone-recognition")
#: Blank lines that name the firm already, for what is new.
BLANK = 3

Rows = dict[str, list[list[str]]]


def collect(
    into: BinaryIO, viewer: Viewer, day: dt.date, wanted: Iterable[Sheet], period: Period
) -> int:
    """Write the zip; how many firms it has a form for. Each form holds its own firm only."""
    sheets = [one for one in wanted if one.key in ASKED]
    held = {one.key: _by_code(one, viewer, day) for one in sheets}
    firms = recordable(viewer, day)
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        for number, firm in enumerate(firms, start=1):
            made = io.BytesIO()
            forms.filled(made, [(one, _lines(one, held[one.key], firm, period)) for one in sheets])
            packed.writestr(f"{number:03d} {_plain(firm.short_name)}.xlsx", made.getvalue())
    return len(firms)


def _by_code(one: Sheet, viewer: Viewer, day: dt.date) -> Rows:
    found: Rows = {}
    for texts in forms.texts_of(one, viewer, day):
        found.setdefault(texts[0], []).append(texts)
    return found


def _lines(one: Sheet, held: Rows, firm: Firm, period: Period) -> list[list[str]]:
    """What is recorded, then the lines to fill: the period asked for, or what is new."""
    known, keys = held.get(firm.code or "", []), [field.key for field in one.fields]
    start = {"code": firm.code or "", "name": firm.name}
    if "period" in keys:
        words = shown(one.by_key["period"], period)
        if any(words in texts for texts in known):
            return known
        return [*known, _line(keys, {**start, "period": words})]
    return known if one.key == "firms" else [*known, *([_line(keys, start)] * BLANK)]


def _line(keys: list[str], given: dict[str, str]) -> list[str]:
    return [*(given.get(key, "") for key in keys), "", ""]


def _plain(name: str) -> str:
    return re.sub(r'[\\/:*?"<>|\s]+', " ", name).strip() or _("企业")
