"""What is kept of an upload: per sheet its columns and the texts of its rows, and the edits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.core.days import Period
from app.core.errors import register_messages
from app.core.text import N_, _
from app.exchange.heap import uncollected
from app.exchange.models import Intake
from app.exchange.reading import MAX_ROWS, Refused, Upload
from app.exchange.reading.files import Raw
from app.exchange.sheets.base import NONE, Given, Sheet, Trouble, sheets
from app.exchange.sheets.fields import PERIOD, Field, Read, parse, shown
from app.exchange.sheets.heads import Matched, is_aside, match

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
    #: (row number in the file, a text for each of the heads, version given by an export)
    rows: list[tuple[int, list[str], int | None]]
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
    rows: list[tuple[int, list[str], int | None]] = []
    left_out = []
    columns = {column.key: column for column in matched.columns}
    places = [column.place for column in columns.values()]
    widest = max(places) + 1
    in_order = places == list(range(widest))
    for place, cells in enumerate(raw.rows[matched.first :], start=matched.first):
        if not cells:
            continue
        if (short := widest - len(cells)) > 0:
            cells = cells + [""] * short
        texts = cells[:widest] if in_order else [cells[at] for at in places]
        if not any(map(str.strip, texts)):
            continue
        if is_aside(cells):
            left_out.append(place + 1)
            continue
        rows.append((place + 1, texts, _version(cells, matched.rev)))
    period = "" if "period" in columns or "period" not in matched.sheet.by_key else (
        _period(matched.title) or _period(file_name)
    )  # fmt: skip
    return Kept(
        matched.sheet.key, raw.name, {key: c.head for key, c in columns.items()},
        {key: c.unit for key, c in columns.items() if c.unit}, matched.unknown, rows, left_out,
        period, defaults,
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


class Cells(dict[str, Any]):
    """What the texts of one column are read as: each text once, however often it stands there.

    `odd` holds what was mended or could not be read, by text.
    """

    def __init__(self, of: Field, unit: str) -> None:
        super().__init__()
        self.of, self.unit, self.odd = of, unit, dict[str, Read | str]()

    def __missing__(self, text: str) -> Any:
        value, plain = None, text.strip()
        if plain:
            try:
                read = parse(self.of, plain, self.unit)
            except ValueError as error:
                self.odd[text] = str(error)
            else:
                value = read.value
                if read.mend and value is not None:
                    self.odd[text] = read
        self[text] = value
        return value

    def note(self, row: Given, text: str) -> None:
        """Tell a row what became of its cell."""
        odd = self.odd.get(text)
        if isinstance(odd, str):
            row.troubles.append(Trouble(self.of.key, text.strip(), odd))
        elif odd is not None:
            row.mends = {**row.mends, self.of.key: odd.mend}


def given(kept: Kept, place: int, edits: Mapping[str, Mapping[str, str]]) -> list[Given]:
    """The rows of a sheet with their cells read; what cannot be read is a trouble of its row.

    Read column by column: what a column says of thousands of rows it says in few words.
    """
    if not kept.rows:
        return []
    fields, said = kept.sheet.by_key, _said(kept)
    keys = [*kept.heads, *(key for key in said if key not in kept.heads)]
    rows: Iterable[Sequence[str]] = [cells for _number, cells, _rev in kept.rows]
    columns: list[Sequence[str]] = list(zip(*rows, strict=True))
    if said:
        columns += [[""] * len(kept.rows)] * (len(keys) - len(columns))
        for n, key in enumerate(keys):
            if key in said:
                columns[n] = [text.strip() or said[key] for text in columns[n]]
        rows = zip(*columns, strict=True)
    readers = [Cells(fields[key], kept.units.get(key, "")) for key in keys]
    values = [list(map(reader.__getitem__, c)) for reader, c in zip(readers, columns, strict=True)]
    full = not any(None in column for column in values)
    made = [
        Given(
            number, keys, cells,
            dict(zip(keys, found)) if full  # noqa: B905 as many as there are keys
            else {key: value for key, value in zip(keys, found) if value is not None},  # noqa: B905
            rev,
        )
        for (number, _cells, rev), cells, found in zip(
            kept.rows, rows, zip(*values, strict=True), strict=True
        )
    ]  # fmt: skip
    for reader, texts in zip(readers, columns, strict=True):
        if reader.odd:
            for n, text in enumerate(texts):
                if text in reader.odd:
                    reader.note(made[n], text)
    if any(key.startswith(f"{place}:") for key in edits):
        made = [_edited(kept, row, edits.get(f"{place}:{row.number}", NONE)) for row in made]
    return made


def _said(kept: Kept) -> dict[str, str]:
    """What holds of every row that says nothing else."""
    fields = kept.sheet.by_key
    said = {key: text for key, text in kept.defaults.items() if key in fields}
    if kept.period and "period" in fields:
        said["period"] = kept.period
    return said


def _edited(kept: Kept, row: Given, typed: Mapping[str, str]) -> Given:
    """A row with what was typed over it in the preview; a unit in the head is not meant there."""
    if not typed:
        return row
    fields = kept.sheet.by_key
    texts = {**row.texts, **{key: text for key, text in typed.items() if key in fields}}
    made = Given(row.number, list(texts), list(texts.values()), {}, row.rev)
    made.takes = {k.removeprefix(TAKE): v for k, v in typed.items() if k.startswith(TAKE)}
    for key, text in texts.items():
        own = key in typed and typed[key] != row.texts.get(key)
        cell = Cells(fields[key], "" if own else kept.units.get(key, ""))
        if (value := cell[text]) is not None:
            made.values[key] = value
        cell.note(made, text)
    return made


def said_words(kept: Kept) -> str:
    """What holds of every row, in words: the period of the title, or what a list is of."""
    fields = kept.sheet.by_key
    if kept.period:
        value: Period = parse(fields["period"], kept.period).value
        return _("报告期取自标题：%(period)s", period=shown(fields["period"], value))
    told = {fields[key]: parse(fields[key], text).value for key, text in kept.defaults.items()}
    return _("；").join(f"{one.label} {shown(one, value)}" for one, value in told.items())
