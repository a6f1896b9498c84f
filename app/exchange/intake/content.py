"""What is kept of an upload: per sheet its columns and the texts of its rows, and the edits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from app.core.days import Period
from app.core.errors import register_messages
from app.core.text import N_, _
from app.exchange.heap import uncollected
from app.exchange.models import Intake
from app.exchange.reading import MAX_ROWS, Refused, Upload
from app.exchange.reading.files import Raw
from app.exchange.sheets.base import Given, Sheet, Trouble, sheets
from app.exchange.sheets.fields import PERIOD, Field, Read, parse, shown
from app.exchange.sheets.heads import Matched, is_example, is_sum, match

register_messages(
    {
        "no_sheet": N_(
            "没有找到可以导入的工作表：表头里要有“统一社会信用代码”或“企业名称”，"
            "以及模板中的其他列。可先下载模板对照。"
        ),
        "no_rows": N_("工作表里没有数据行。"),
    }
)  # fmt: skip

#: Key of an edit that holds why the record's own service refused the row.
REFUSED = "refused:"
NONE: Mapping[str, str] = MappingProxyType({})
#: Begins the key of an edit that takes a side in a conflict.
TAKE = "take:"


@dataclass(frozen=True)
class Kept:
    """One sheet of an upload as it is kept."""

    key: str
    name: str
    heads: dict[str, str]
    units: dict[str, str]
    unknown: list[tuple[str, str]]
    #: (row number in the file, texts by field, version given by an export)
    rows: list[tuple[int, dict[str, str], int | None]]
    #: rows of sums and examples that were left out
    left_out: list[int] = field(default_factory=list)
    #: a period that the title names, for sheets without such a column
    period: str = ""
    #: what whoever uploaded said of every row (e.g. which title a list is of)
    defaults: dict[str, str] = field(default_factory=dict)

    @property
    def sheet(self) -> Sheet:
        """The sheet that it is."""
        return sheets()[self.key]


@uncollected()
def keep(
    upload: Upload, offered: Iterable[Sheet], defaults: dict[str, str] | None = None
) -> list[Kept]:
    """The sheets of a file that are known, with their rows; Refused without any.

    `defaults`: what holds of every row that says nothing else.
    """
    choices = list(offered)
    found = []
    for raw in upload.sheets:
        matched = match(raw, choices)
        if matched is not None:
            found.append(_kept(raw, matched, upload.name, defaults or {}))
    if not found:
        raise Refused("no_sheet")
    return [replace(one, name=f"{upload.name} {one.name}".strip()) for one in found]


def together(files: Iterable[list[Kept]]) -> list[Kept]:
    """The sheets of one or several files in the order of writing. Refused: none, too many rows."""
    found = [one for file in files for one in file if one.rows]
    lines = sum(len(one.rows) for one in found)
    if not lines:
        raise Refused("no_rows")
    if lines > MAX_ROWS:
        raise Refused("file_rows", n=f"{lines:,}", limit=f"{MAX_ROWS:,}")
    order = list(sheets())
    return sorted(found, key=lambda one: order.index(one.key))


def _kept(raw: Raw, matched: Matched, file_name: str, defaults: dict[str, str]) -> Kept:
    rows: list[tuple[int, dict[str, str], int | None]] = []
    left_out = []
    places = [(column.key, column.place) for column in matched.columns]
    for place, cells in enumerate(raw.rows[matched.first :], start=matched.first):
        if not cells:
            continue
        width = len(cells)
        texts = {key: text for key, at in places if at < width and (text := cells[at].strip())}
        if not texts:
            continue
        if is_sum(cells) or is_example(cells):
            left_out.append(place + 1)
            continue
        rows.append((place + 1, texts, _version(cells, matched.rev)))
    keys = {column.key for column in matched.columns}
    period = "" if "period" in keys or "period" not in matched.sheet.by_key else (
        _period(matched.title) or _period(file_name)
    )  # fmt: skip
    return Kept(
        matched.sheet.key, raw.name, {c.key: c.head for c in matched.columns},
        {c.key: c.unit for c in matched.columns if c.unit}, matched.unknown, rows, left_out, period,
        defaults,
    )  # fmt: skip


def _version(cells: list[str], place: int | None) -> int | None:
    text = cells[place] if place is not None and place < len(cells) else ""
    return int(text) if text.isdigit() and len(text) < 18 else None


def _period(title: str) -> str:
    """The first period named in a title; "" when there is none."""
    for found in PERIOD.finditer(title):
        text = found.group(0).strip()
        if len(text) > 4 and 1990 <= int(found[1]) <= 2100:
            return text
    return ""


def pack(kept: list[Kept]) -> str:
    """The sheets as text."""
    plain = [
        {"key": k.key, "name": k.name, "heads": k.heads, "units": k.units, "unknown": k.unknown,
         "rows": k.rows, "left_out": k.left_out, "period": k.period,
         "defaults": k.defaults}
        for k in kept
    ]  # fmt: skip
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def unpack(intake: Intake) -> list[Kept]:
    """The sheets of an upload."""
    found = []
    for one in json.loads(intake.content or "[]"):
        unknown = [(head, near) for head, near in one.pop("unknown")]
        found.append(Kept(**one, unknown=unknown))
    return found


def edits_of(intake: Intake) -> dict[str, dict[str, str]]:
    """`sheet:row` → field → what was typed in the preview."""
    found: dict[str, dict[str, str]] = json.loads(intake.edits)
    return found


def given(kept: Kept, place: int, edits: Mapping[str, Mapping[str, str]]) -> list[Given]:
    """The rows of a sheet with their cells read; what cannot be read is a trouble of its row."""
    fields, made = kept.sheet.by_key, []
    seen: dict[str, dict[str, Read | str]] = {key: {} for key in fields}
    clean: dict[str, dict[str, Any]] = {key: {} for key in fields}
    said = {k: text for k, text in kept.defaults.items() if k in fields}
    if kept.period and "period" in fields:
        said["period"] = kept.period
    edited = {key for key in edits if key.startswith(f"{place}:")}
    for number, texts, rev in kept.rows:
        mine, typed = texts, NONE
        if edited and (key := f"{place}:{number}") in edited:
            typed = edits[key]
            mine = {**texts, **{k: v for k, v in typed.items() if k in fields}}
        if said:
            mine = {**mine, **{k: text for k, text in said.items() if not mine.get(k)}}
        values: dict[str, Any] = {}
        row = Given(kept.key, number, mine, values, rev=rev)
        if typed:
            row.takes = {k.removeprefix(TAKE): v for k, v in typed.items() if k.startswith(TAKE)}
        for key, text in mine.items():
            if key not in typed and (value := clean[key].get(text)) is not None:
                values[key] = value
            elif text:
                own = key in typed and typed[key] != texts.get(key)  # else the head's unit holds
                unit = "" if own else kept.units.get(key, "")
                read = _cell(row, fields[key], text, unit, seen[key])
                if not own and read is not None and not read.mend:
                    clean[key][text] = read.value
        made.append(row)
    return made


def _cell(row: Given, one: Field, text: str, unit: str, seen: dict[str, Read | str]) -> Read | None:
    """Read a cell; the same text in the same column and unit is read once a sheet."""
    key = f"{unit}|{text}"
    read = seen.get(key)
    if read is None:
        try:
            read = parse(one, text, unit)
        except ValueError as error:
            read = str(error)
        seen[key] = read
    if isinstance(read, str):
        row.troubles.append(Trouble(one.key, text, read))
        return None
    if read.value is not None:
        row.values[one.key] = read.value
        if read.mend:
            row.mends[one.key] = read.mend
    return read


def said_words(kept: Kept) -> str:
    """What holds of every row, in words: the period of the title, or what a list is of."""
    fields = kept.sheet.by_key
    if kept.period:
        value: Period = parse(fields["period"], kept.period).value
        return _("报告期取自标题：%(period)s", period=shown(fields["period"], value))
    told = {fields[key]: parse(fields[key], text).value for key, text in kept.defaults.items()}
    return _("；").join(f"{one.label} {shown(one, value)}" for one, value in told.items())
