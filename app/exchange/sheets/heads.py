"""Which sheet of ours an uploaded one is, where its head stands, and what its columns mean."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from flask import current_app
from flask_babel import force_locale

from app.core.text import LOCALES, N_, _
from app.exchange.reading.files import Raw
from app.exchange.sheets.base import Sheet
from app.exchange.sheets.fields import MONEY, Field

#: Rows in which the head is looked for, and how many of them it may take.
FIRST, DEEPEST = 30, 3
#: Heads are the same in every sheet of a season: what was made of so many texts is kept.
REMEMBERED = 4_096
#: A head has at least so many columns that are known.
FEWEST = 2
#: How alike an unknown head must be to be offered.
LIKE = 0.6
REV_HEAD, ID_HEAD = "系统版本", "系统编号"  # zh: parsed
ROW_HEADS = ("原行号", "错误原因")  # zh: parsed
SUMS = re.compile(r"(合\s*计|总\s*计|小\s*计|平\s*均|total|sum)[:：]?", re.IGNORECASE)  # zh: parsed
#: The line of signatures below a table.
SIGNED = re.compile(
    r"(单位|统计)?(负责人|填表人|填报人|制表人?|审核人?|报出日期|填报单位)"  # zh: parsed
    r"[（(]?[^:：]{0,6}[:：]|(注|备注|说明|填表说明)[:：]"  # zh: parsed
)
#: Columns of running numbers: nobody misses them.
NUMBERED = ("序号", "no", "no.", "#", "行号")  # zh: parsed
#: Sheets of our own files that hold no rows.
NOTES_SHEET, WORDS_SHEET = N_("填写说明"), N_("可填内容")
EXAMPLE = N_("【示例】")
EXAMPLES = ("【示例】", "[Example]")  # zh: parsed
#: What a row that is no data has one of: most rows have none, and are told by that.
ASIDE = (":", "：", "计", "均", "示例", "total", "sum", "example")  # zh: parsed
_BRACKETS = re.compile(r"[(\[（【]([^)\]）】]*)[)\]）】]")  # zh: parsed
_PART = re.compile(r"^其中")  # zh: parsed
_MARKS = re.compile(r"[\s*:：、,，/\-_]")  # zh: parsed
_ROUND = re.compile(r"[()\[\]【】]")  # zh: parsed
#: How the columns begin that name a firm.
FIRMS = ("企业", "公司", "统一社会信用代码", "firm", "company")  # zh: parsed
#: Columns that many sheets have: they tell little about which one it is.
COMMON = {"code", "name", "reason", "remark", "period", "number"}
#: A unit in brackets, once width is made even.
_UNIT = re.compile(
    r"[(\[【]\s*(单位:)?\s*(亿元|万元|千元|元|人|项|个|件"  # zh: parsed
    r"|10k yuan|people|items)\s*[)\]】]"  # zh: parsed
)
_NUMBER = re.compile(r"[\d０-９.,，%％/年月日-]+$")  # zh: parsed
_UNITS = tuple((unit, (f"单位:{unit}", f":{unit}", f",{unit}")) for unit in MONEY)  # zh: parsed


@dataclass(frozen=True)
class Column:
    """A column of the file that is read: its place, its field, the unit its head names."""

    place: int
    key: str
    head: str
    unit: str = ""


#: Begins the key of a column that nobody knows, and how many of them are kept.
SPARE, MOST_SPARE = "?", 40


@dataclass
class Matched:
    """A sheet of the file with what it was taken for."""

    name: str
    sheet: Sheet
    columns: list[Column]
    first: int
    rev: int | None = None
    #: columns whose head nobody knows; their key is SPARE and their place
    unknown: list[Column] = field(default_factory=list)
    #: key of such a column → field that it may mean
    near: dict[str, str] = field(default_factory=dict)
    title: str = ""


@lru_cache(REMEMBERED)
def plain(head: str) -> str:
    """A head without unit, brackets, marks and width."""
    text = unicodedata.normalize("NFKC", head)
    return _PART.sub("", _MARKS.sub("", _BRACKETS.sub("", text)).casefold())


@lru_cache(REMEMBERED)
def _full(head: str) -> str:
    """A head with what stands in brackets, its unit apart: two heads may differ there only."""
    text = _UNIT.sub("", unicodedata.normalize("NFKC", head))
    return _MARKS.sub("", _ROUND.sub("", text)).casefold()


@lru_cache(REMEMBERED)
def unit_of(head: str) -> str:
    """The unit of money that a head names."""
    text = unicodedata.normalize("NFKC", head)
    inside = [part.strip() for part in _BRACKETS.findall(text)]
    for part in [*inside, text]:
        for unit, endings in _UNITS:
            if part == unit or part.endswith(endings):
                return unit
    return ""


def match(raw: Raw, offered: Iterable[Sheet]) -> Matched | None:
    """The best reading of a sheet; None when no row looks like a head of ours.

    Only rows that name whom a sheet is about are read as its head.
    """
    best: tuple[float, Matched] | None = None
    told = [(sheet, _names(sheet), _subjects(sheet)) for sheet in offered]
    seen = [{said for text in row for said in (plain(text), _full(text))}
            for row in raw.rows[: FIRST + DEEPEST]]  # fmt: skip
    for first in range(min(FIRST, len(raw.rows))):
        for depth in range(1, DEEPEST + 1):
            some = set().union(*seen[first : first + depth])
            for sheet, names, subjects in told:
                if some.isdisjoint(subjects):
                    continue
                found = _read(raw, sheet, names, first, depth)
                score = _score(found, depth)
                if score is not None and (best is None or score > best[0]):
                    best = score, found
    if best is None:
        return None
    found = best[1]
    names, taken = _names(found.sheet), {column.key for column in found.columns}
    free = {name: one for name, one in names.items() if one.key not in taken}
    found.unknown = found.unknown[:MOST_SPARE]
    for column in found.unknown:
        near = _near(column.head, free)
        if near and near not in found.near.values():
            found.near[column.key] = near
    return found


def _score(found: Matched, depth: int) -> float | None:
    """How well a reading fits; None when it does not."""
    sheet, keys = found.sheet, {column.key for column in found.columns}
    fewest = 1 if sheet.manual else FEWEST
    if len(keys) < fewest or not keys & set(sheet.subject) or _of_firms(found):
        return None
    named = plain(found.name) in (plain(sheet.text), plain(sheet.label))
    return (
        len(keys) - 0.3 * len(found.unknown) - 0.2 * depth + len(keys - COMMON) + 50 * named
    )  # fmt: skip


def likeliest(raw: Raw) -> str:
    """The row that looks most like a head, in words, for a sheet of which none was known."""
    best, place = list[str](), 0
    for line, row in enumerate(raw.rows[:FIRST], start=1):
        words = [text for cell in row if (text := cell.strip()) and not _NUMBER.match(text)]
        if len(words) > len(best):
            best, place = words, line
    if len(best) < FEWEST:
        return ""
    shown = _("、").join(one[:20] for one in best[:8])
    if raw.name:
        return _("“%(sheet)s”第 %(n)s 行像是表头：%(heads)s", sheet=raw.name, n=place, heads=shown)
    return _("第 %(n)s 行像是表头：%(heads)s", n=place, heads=shown)


def _of_firms(found: Matched) -> bool:
    """Whether a sheet of something else has a column of firms: then it is one of firms."""
    return "name" not in found.sheet.subject and any(
        plain(column.head).startswith(FIRMS) for column in found.unknown
    )


def _names(sheet: Sheet) -> dict[str, Field]:
    """Every head that means a column of a sheet, whatever the language of its reader."""
    made: dict[str, dict[str, Field]] = current_app.extensions.setdefault("sheet_heads", {})
    if sheet.key not in made:
        own = list[tuple[str, Field]]()
        for language in LOCALES:
            with force_locale(language):
                own += [
                    (name, one) for one in sheet.fields for name in (one.text, one.label, one.head)
                ]
        other = [(name, one) for one in sheet.fields for name in one.aliases]
        found = made[sheet.key] = {}
        for bare in (_full, plain):  # our own heads first, each as it is printed
            for name, one in (*own, *other):
                found.setdefault(bare(name), one)
    return made[sheet.key]


def _subjects(sheet: Sheet) -> set[str]:
    """The heads that name whom or what a sheet is about."""
    return {name for name, one in _names(sheet).items() if one.key in sheet.subject}


def _read(raw: Raw, sheet: Sheet, names: dict[str, Field], first: int, depth: int) -> Matched:
    heads = _heads(raw, first, depth)
    found = Matched(raw.name, sheet, [], first + depth)
    taken: set[str] = set()
    for place, parts in enumerate(heads):
        shown = " ".join(dict.fromkeys(part for part in parts if part))
        if not shown:
            continue
        if plain(shown) == REV_HEAD:
            found.rev = place
        if plain(shown) in (REV_HEAD, ID_HEAD) or plain(shown) in ROW_HEADS:
            continue
        if plain(parts[0]) in NUMBERED and place == 0:
            continue
        one = _field(parts, names)
        unit = next((u for u in (unit_of(part) for part in reversed(parts)) if u), "")
        if one is None or one.key in taken:
            found.unknown.append(Column(place, f"{SPARE}{place}", shown, unit))
            continue
        taken.add(one.key)
        found.columns.append(Column(place, one.key, shown, unit))
    above = [cell for row in raw.rows[:first] for cell in row if cell.strip()]
    found.title = " ".join([raw.name, *above[:10]])
    if not any(column.unit for column in found.columns):
        _common_unit(found, above)
    return found


def _common_unit(found: Matched, above: list[str]) -> None:
    """单位：元 above the head holds for every column of money."""
    unit = next((u for u in (unit_of(text) for text in above) if u), "")
    if unit:
        money = {one.key for one in found.sheet.fields if one.kind == "money"}
        found.columns = [
            Column(c.place, c.key, c.head, unit) if c.key in money else c for c in found.columns
        ]
        found.unknown = [Column(c.place, c.key, c.head, unit) for c in found.unknown]


def _heads(raw: Raw, first: int, depth: int) -> list[list[str]]:
    """For each column the texts of its head from top to bottom; merged cells speak for all."""
    rows = raw.rows[first : first + depth]
    width = max((len(row) for row in rows), default=0)
    texts = [[(row[p].strip() if p < len(row) else "") for p in range(width)] for row in rows]
    for top, left, bottom, right in raw.merged:
        if first <= top < first + depth and left < width:
            text = texts[top - first][left]
            for line in range(top, min(bottom, first + depth - 1) + 1):
                for place in range(left, min(right, width - 1) + 1):
                    texts[line - first][place] = text
    return [[texts[line][p] for line in range(len(texts))] for p in range(width)]


def _field(parts: list[str], names: dict[str, Field]) -> Field | None:
    """The field of a head: by its lowest part, by all parts together, by the part above."""
    filled = list(dict.fromkeys(part for part in parts if part))
    tries = [filled[-1], "".join(filled), *reversed(filled[:-1])]
    for text in tries:
        found = names.get(_full(text)) or names.get(plain(text))
        if found is not None:
            return found
    return None


def _near(head: str, names: dict[str, Field]) -> str:
    said = plain(head)
    close = difflib.get_close_matches(said, list(names), 1, LIKE)
    if not close:  # 专利授权公告日 holds 授权公告日; zh: example
        inside = [name for name in names if len(name) > 1 and (name in said or said in name)]
        close = sorted(inside, key=len)[-1:]
    return names[close[0]].key if close and said else ""


def is_aside(cells: list[str]) -> bool:
    """Whether a row is no data: it sums others up, is for signing, or a template's example."""
    whole = "".join(cells).lower()
    return any(map(whole.__contains__, ASIDE)) and (_is_sum(cells) or _is_example(cells))


def _is_sum(cells: list[str]) -> bool:
    """Whether one of the first two cells says so."""
    first = [text for cell in cells if (text := cell.strip())][:2]
    return any(SUMS.fullmatch(text) or SIGNED.match(text) for text in first)


def _is_example(cells: list[str]) -> bool:
    return any(cell.lstrip().startswith(EXAMPLES) for cell in cells)
