"""Numbers put into the cells of a workbook by changing those cells alone.

The library that reads forms loses pictures, shapes and stamps when it writes them
(openpyxl, Tutorial: "shapes will be lost"), so it does not write: the part of a sheet is cut
open at the cells that are filled, and every other part stays as it is, byte for byte. What
formulas came to before is taken out, so that they are reckoned anew wherever the file is opened.
"""

from __future__ import annotations

import io
import posixpath
import re
from bisect import bisect
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import BinaryIO
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import ZipFile

from app.exchange.reading.limits import Refused

WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
#: The parts of a workbook that stand before how it is reckoned, in the order of the standard.
BEFORE_CALCULATION = ("sheets", "functionGroups", "externalReferences", "definedNames")
REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d*)")


@dataclass
class Element:
    """An element of a part: its name with prefix, attributes, and bytes [start, end)."""

    name: str
    held: dict[str, str]
    start: int
    #: where its first tag ends
    opened: int = 0
    end: int = 0
    #: whether it is written as one tag
    empty: bool = False
    children: list[Element] = field(default_factory=list)

    @property
    def local(self) -> str:
        """The name without prefix."""
        return self.name.rpartition(":")[2]

    @property
    def prefix(self) -> str:
        """The prefix with its colon; empty without one."""
        return "".join(self.name.rpartition(":")[:2])

    def all(self, local: str) -> list[Element]:
        """The children of a name."""
        return [one for one in self.children if one.local == local]


def parsed(part: bytes) -> Element:
    """The elements of a part. Raises Refused for what is no plain XML in UTF-8."""
    root: list[Element] = []
    path: list[Element] = []
    parser = ParserCreate("utf-8")

    def begin(name: str, held: dict[str, str]) -> None:
        made = Element(name, held, parser.CurrentByteIndex)
        (path[-1].children if path else root).append(made)
        made.opened = _tag_end(part, made.start)
        made.empty = part[made.opened - 2] == ord("/")
        path.append(made)

    def finish(_name: str) -> None:
        done = path.pop()
        done.end = done.opened
        if not done.empty:
            done.end = part.index(b">", parser.CurrentByteIndex) + 1

    def refuse(*_given: object) -> None:
        raise Refused("file_broken")

    parser.StartElementHandler, parser.EndElementHandler = begin, finish
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(part, True)
    except (ExpatError, ValueError) as error:
        raise Refused("file_broken") from error
    return root[0]


def _tag_end(part: bytes, start: int) -> int:
    """The byte after a tag; a `>` within quotes does not end it."""
    quote, at = 0, start
    while (byte := part[at]) != ord(">") or quote:
        if quote:
            quote = 0 if byte == quote else quote
        elif byte in b"\"'":
            quote = byte
        at += 1
    return at + 1


#: (from byte, to byte, what stands there instead)
Cut = tuple[int, int, str]


def _spliced(part: bytes, cuts: list[Cut]) -> bytes:
    found, at = [], 0
    for start, end, text in sorted(cuts, key=lambda cut: cut[:2]):  # in their order at one place
        found += [part[at:start], text.encode()]
        at = end
    return b"".join([*found, part[at:]])


def column_of(letters: str) -> int:
    """The number of a column: A is 1."""
    number = 0
    for one in letters:
        number = number * 26 + ord(one) - 64
    return number


def letters_of(column: int) -> str:
    """A column's letters."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def sheet_filled(part: bytes, numbers: Mapping[str, str]) -> bytes:
    """The part of a sheet with numbers in some cells (`C5` → text), and no former results."""
    data = next(iter(parsed(part).all("sheetData")), None)
    if data is None:
        raise Refused("file_broken")
    wanted: dict[int, dict[int, str]] = {}
    for name, text in numbers.items():
        letters, line = REFERENCE.fullmatch(name).groups()  # type: ignore[union-attr]
        wanted.setdefault(int(line), {})[column_of(letters)] = text
    cuts: list[Cut] = []
    lines, last = [], 0
    for row in data.all("row"):
        last = int(row.held["r"]) if "r" in row.held else last + 1
        lines.append((last, row))
        cuts += _numbered(row, str(last))
        cuts += _in_row(row, last, wanted.pop(last, {}))
    cuts += _new_rows(data, lines, wanted)
    return _spliced(part, cuts)


def _numbered(one: Element, number: str) -> list[Cut]:
    """Say where a row or cell stands that only follows the one before it."""
    at = one.start + 1 + len(one.name.encode())
    return [] if "r" in one.held else [(at, at, f' r="{number}"')]


def _in_row(row: Element, line: int, wanted: dict[int, str]) -> list[Cut]:
    """The cuts of a row: cells filled or added, results of formulas taken out."""
    cuts: list[Cut] = []
    cells, last = [], 0
    for cell in row.all("c"):
        name = cell.held.get("r")
        found = REFERENCE.fullmatch(name) if name else None
        last = column_of(found[1]) if found else last + 1
        cells.append((last, cell))
        if last in wanted:
            text = _cell(row.prefix, f"{letters_of(last)}{line}", wanted.pop(last), cell.held)
            cuts.append((cell.start, cell.end, text))
            continue
        cuts += _numbered(cell, f"{letters_of(last)}{line}")
        if cell.all("f"):
            cuts += [(value.start, value.end, "") for value in cell.all("v")]
    columns = [column for column, _cell_ in cells]
    for column, text in sorted(wanted.items()):
        place = bisect(columns, column)
        made = _cell(row.prefix, f"{letters_of(column)}{line}", text, {})
        at = cells[place][1].start if place < len(cells) else _inner_end(row)
        cuts.append((at, at, made))
    if wanted and row.empty:  # <row/>: opened to take its first cells
        inside = "".join(text for _at, _to, text in cuts if text.startswith(f"<{row.prefix}c "))
        cuts = [cut for cut in cuts if not cut[2].startswith(f"<{row.prefix}c ")]
        cuts.append((row.end - 2, row.end, f">{inside}</{row.name}>"))
    return cuts


def _inner_end(one: Element) -> int:
    """Where what is added at the end of an element goes: before its last tag."""
    return one.children[-1].end if one.children else one.opened


def _cell(prefix: str, name: str, number: str, held: Mapping[str, str]) -> str:
    style = f' s="{held["s"]}"' if held.get("s", "").isdigit() else ""
    return f'<{prefix}c r="{name}"{style}><{prefix}v>{number}</{prefix}v></{prefix}c>'


def _new_rows(
    data: Element, lines: list[tuple[int, Element]], wanted: dict[int, dict[int, str]]
) -> list[Cut]:
    """Rows that the sheet leaves out because they are empty."""
    cuts: list[Cut] = []
    numbers = [number for number, _row in lines]
    for line, some in sorted(wanted.items()):
        inside = "".join(
            _cell(data.prefix, f"{letters_of(column)}{line}", text, {})
            for column, text in sorted(some.items())
        )
        place = bisect(numbers, line)
        at = lines[place][1].start if place < len(lines) else _inner_end(data)
        cuts.append((at, at, f'<{data.prefix}row r="{line}">{inside}</{data.prefix}row>'))
    if cuts and data.empty:  # <sheetData/>
        return [(data.end - 2, data.end, ">" + "".join(c[2] for c in cuts) + f"</{data.name}>")]
    return cuts


def reckoned(part: bytes) -> bytes:
    """The part of the workbook, told to reckon all formulas when it is opened."""
    root = parsed(part)
    said = next(iter(root.all("calcPr")), None)
    if said is not None:
        held = {k: v for k, v in said.held.items() if re.fullmatch(r"[\w.-]*", v)}
        text = "".join(f' {k}="{v}"' for k, v in (held | {"fullCalcOnLoad": "1"}).items())
        return _spliced(part, [(said.start, said.end, f"<{said.name}{text}/>")])
    before = [one for one in root.children if one.local in BEFORE_CALCULATION]
    at = before[-1].end
    return _spliced(part, [(at, at, f'<{root.prefix}calcPr fullCalcOnLoad="1"/>')])


def _paths(packed: ZipFile) -> dict[str, str]:
    """Name of a sheet → its part."""
    targets = {
        one.held.get("Id", ""): one.held.get("Target", "")
        for one in parsed(packed.read(RELATIONS)).children
    }
    found = {}
    for group in parsed(packed.read(WORKBOOK)).all("sheets"):
        for one in group.children:
            key = next((v for k, v in one.held.items() if k.rpartition(":")[2] == "id"), "")
            target = targets.get(key, "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
            found[one.held.get("name", "")] = posixpath.normpath(path)
    return found


def filled(content: bytes, numbers: Mapping[str, Decimal], into: BinaryIO) -> None:
    """Write a workbook with numbers in some of its cells (sheet!cell → number).

    Raises Refused for a file that is not as workbooks are, KeyError for a sheet it has not.
    """
    by_sheet: dict[str, dict[str, str]] = {}
    for name, number in numbers.items():
        sheet, _bang, cell = name.rpartition("!")
        by_sheet.setdefault(sheet, {})[cell] = f"{number.normalize():f}"
    with ZipFile(io.BytesIO(content)) as packed, ZipFile(into, "w") as made:
        paths = _paths(packed)
        parts = {paths[sheet]: cells for sheet, cells in by_sheet.items()}
        sheets = set(paths.values())
        for member in packed.infolist():
            part = packed.read(member)
            if member.filename == WORKBOOK:
                part = reckoned(part)
            elif member.filename in sheets and b"sheetData" in part:
                part = sheet_filled(part, parts.get(member.filename, {}))
            made.writestr(member, part, compress_type=member.compress_type)
