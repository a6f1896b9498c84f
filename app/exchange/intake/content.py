"""What is kept of an upload: per sheet its columns and the texts of its rows, and the edits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from flask_babel import force_locale

from app.core.days import Period
from app.core.errors import register_messages
from app.core.text import LOCALES, N_, _
from app.exchange.heap import uncollected
from app.exchange.models import Intake
from app.exchange.reading import MAX_ROWS, Refused, Upload
from app.exchange.reading.files import Raw
from app.exchange.sheets.base import NONE, Given, Sheet, Trouble, sheets
from app.exchange.sheets.fields import PERIOD, Field, Read, parse, shown
from app.exchange.sheets.heads import (
    NOTES_SHEET,
    SPARE,
    WORDS_SHEET,
    Matched,
    is_aside,
    likeliest,
    match,
    plain,
)

register_messages(
    {
        "no_sheet": N_(
            "没有找到可以导入的工作表：表头里要有“统一社会信用代码”或“企业名称”，"
            "以及模板中的其他列。可先下载模板对照。"
        ),
        "no_sheet_like": N_(
            "没有找到可以导入的工作表：表头里要有“统一社会信用代码”或“企业名称”，"
            "以及模板中的其他列。%(seen)s。请把表头改成模板中的名称。"
        ),
        "no_rows": N_("工作表里没有数据行。"),
    }
)  # fmt: skip

#: Key of an edit that holds why the record's own service refused the row.
REFUSED = "refused:"
#: Begins the key of an edit that takes a side in a conflict.
TAKE = "take:"
#: Key of an edit that leaves a row out ("1"), or takes it in again.
LEAVE = "leave:"
#: Ends the key of an edit that says, for a kind of sheet, which field a head means.
HEAD = "head"
#: Cells of an unknown column that are shown, and the characters of each.
SAMPLES, SAMPLE = 3, 24


@dataclass(frozen=True)
class Spare:
    """A column of the file that nobody knows: its head, some of its cells, the field that it may
    mean."""

    key: str
    head: str
    near: str = ""
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """One sheet of an upload as it is kept."""

    key: str
    name: str
    heads: dict[str, str]
    units: dict[str, str]
    unknown: list[Spare]
    #: (row number in the file, a text for each of the heads, version given by an export)
    rows: list[tuple[int, list[str], int | None]]
    #: rows of sums and examples that were left out
    left_out: list[int] = field(default_factory=list)
    #: a period that the title names, for sheets without such a column
    period: str = ""
    #: what whoever uploaded said of every row (e.g. which title a list is of)
    defaults: dict[str, str] = field(default_factory=dict)
    #: what to tell of sheets and files of the same upload that were not read
    unread: list[str] = field(default_factory=list)
    #: the name of the file
    file: str = ""

    @property
    def free(self) -> list[Field]:
        """The columns of the sheet that the file does not have."""
        return [one for one in self.sheet.fields if one.key not in self.heads]

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
    found, strange, own = list[Kept](), list[Raw](), forms_own()
    for raw in upload.sheets:
        if plain(raw.name) in own:
            continue
        matched = match(raw, choices)
        if matched is not None:
            found.append(_kept(raw, matched, upload.name, defaults or {}))
        elif sum(map(bool, raw.rows)) > 1:
            strange.append(raw)
    if not found:
        seen = next((words for words in map(likeliest, strange) if words), "")
        raise Refused("no_sheet_like", seen=seen) if seen else Refused("no_sheet")
    found[0].unread.extend(
        _("“%(name)s”没有导入：没有认出表头。", name=f"{upload.name} {one.name}".strip())
        for one in strange
    )
    return [
        replace(one, name=f"{upload.name} {one.name}".strip(), file=upload.name) for one in found
    ]


def forms_own() -> set[str]:
    """Names of the sheets that our own files have beside those with rows, in both languages."""
    found = set[str]()
    for language in LOCALES:
        with force_locale(language):
            found.update(plain(_(text)) for text in (NOTES_SHEET, WORDS_SHEET))
    return found


def together(files: Iterable[list[Kept]], unread: Iterable[str] = ()) -> list[Kept]:
    """The sheets of one or several files in the order of writing. Refused: none, too many rows.

    `unread`: files that could not be read at all, each with the reason.
    """
    every = [one for file in files for one in file]
    found = [one for one in every if one.rows]
    lines = sum(len(one.rows) for one in found)
    if not lines:
        raise Refused("no_rows")
    if lines > MAX_ROWS:
        raise Refused("file_rows", n=f"{lines:,}", limit=f"{MAX_ROWS:,}")
    order = list(sheets())
    found.sort(key=lambda one: order.index(one.key))
    left = [*unread, *(words for one in every for words in one.unread)]
    return [replace(one, unread=[] if n else left) for n, one in enumerate(found)]


def _kept(raw: Raw, matched: Matched, file_name: str, defaults: dict[str, str]) -> Kept:
    rows: list[tuple[int, list[str], int | None]] = []
    left_out = []
    whole = sorted([*matched.columns, *matched.unknown], key=lambda one: one.place)
    columns = {column.key: column for column in whole}
    places = [column.place for column in whole]
    widest = max(places) + 1
    in_order = places == list(range(widest))
    known = [n for n, column in enumerate(whole) if not column.key.startswith(SPARE)]
    partly = len(known) < len(whole)
    for place, cells in enumerate(raw.rows[matched.first :], start=matched.first):
        if not cells:
            continue
        if (short := widest - len(cells)) > 0:
            cells = cells + [""] * short
        texts = cells[:widest] if in_order else [cells[at] for at in places]
        if not any(map(str.strip, [texts[n] for n in known] if partly else texts)):
            continue
        if is_aside(cells):
            left_out.append(place + 1)
            continue
        rows.append((place + 1, texts, _version(cells, matched.rev)))
    period = "" if "period" in columns or "period" not in matched.sheet.by_key else (
        _period(matched.title) or _period(file_name)
    )  # fmt: skip
    spare = [
        Spare(column.key, column.head, matched.near.get(column.key, ""), _samples(rows, n))
        for n, column in enumerate(whole)
        if column.key.startswith(SPARE)
    ]
    return Kept(
        matched.sheet.key, raw.name, {key: c.head for key, c in columns.items()},
        {key: c.unit for key, c in columns.items() if c.unit}, spare, rows, left_out,
        period, defaults,
    )  # fmt: skip


def _samples(rows: list[tuple[int, list[str], int | None]], n: int) -> tuple[str, ...]:
    """What stands first in a column."""
    found = (text for _number, texts, _rev in rows[:100] if (text := texts[n].strip()))
    return tuple(text[:SAMPLE] for text in islice(found, SAMPLES))


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
    told = [
        {"key": k.key, "name": k.name, "heads": k.heads, "units": k.units,
         "unknown": [(one.key, one.head, one.near, one.samples) for one in k.unknown],
         "rows": k.rows, "left_out": k.left_out, "period": k.period,
         "defaults": k.defaults, "unread": k.unread, "file": k.file}
        for k in kept
    ]  # fmt: skip
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def unpack(intake: Intake) -> list[Kept]:
    """The sheets of an upload, with the columns that are known or were told in the preview."""
    found, edits = [], edits_of(intake)
    for one in json.loads(intake.content or "[]"):
        unknown = [Spare(*spare) for spare in one.pop("unknown")]
        kept = Kept(**one, unknown=unknown)
        found.append(_told(kept, edits.get(f"{kept.key}:{HEAD}", NONE)) if unknown else kept)
    return found


def _told(kept: Kept, meant: Mapping[str, str]) -> Kept:
    """A sheet whose unknown columns have the meaning that its reader gave them, or are left."""
    free = {one.key for one in kept.free}
    keys = list[str]()
    for key in kept.heads:
        said = meant.get(kept.heads[key], "") if key.startswith(SPARE) else key
        keys.append(said if said not in keys and (said in free or said == key) else "")
    at = [n for n, key in enumerate(keys) if key]
    names = {old: key for old, key in zip(kept.heads, keys, strict=True) if key}
    return replace(
        kept,
        heads={key: kept.heads[old] for old, key in names.items()},
        units={key: kept.units[old] for old, key in names.items() if old in kept.units},
        unknown=[one for one in kept.unknown if one.key not in names],
        rows=[(number, [cells[n] for n in at], rev) for number, cells, rev in kept.rows],
        period="" if "period" in names.values() else kept.period,
    )


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
