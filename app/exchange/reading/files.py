"""An uploaded file as sheets of text."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.exchange.defuse import unmark
from app.exchange.heap import uncollected
from app.exchange.reading import limits
from app.exchange.reading.guard import LOCKED, MACROS, OLE, ZIP, inspect
from app.exchange.reading.limits import Refused

CHILD = Path(__file__).with_name("child.py")
#: Exit of the child: the sheet is larger than what is read.
TOO_LARGE = 3
SAMPLE = 64 * 1024
DELIMITERS = ",\t;"


@dataclass(frozen=True)
class Raw:
    """One sheet: its rows as text, the first one is row 1; blank rows are empty lists."""

    name: str
    rows: list[list[str]]
    #: [top, left, bottom, right] of merged cells, counted from 0
    merged: list[list[int]] = field(default_factory=list)


@dataclass(frozen=True)
class Upload:
    """A file that was read: `kind` xlsx, xls or csv; `encoding` of a .csv, shown to its owner."""

    name: str
    kind: str
    sheets: list[Raw]
    encoding: str = ""


@uncollected()
def read(name: str, content: bytes) -> Upload:
    """Read a file by what it is, not by its name. Raises Refused; nothing is changed by reading."""
    if not content.strip(b"\0 \r\n\t"):
        raise Refused("file_empty")
    if content.startswith(ZIP):
        inspect(content)
        return Upload(name, "xlsx", _parse(content))
    if content.startswith(OLE):
        if LOCKED in content:
            raise Refused("file_locked")
        if MACROS in content:
            raise Refused("file_macro")
        return Upload(name, "xls", _parse(content))
    text, encoding = decode(content)
    return Upload(name, "csv", [Raw("", _lines(text))], encoding)


def _parse(content: bytes) -> list[Raw]:
    """The sheets, parsed by another process under limits."""
    given = (
        limits.MAX_LINES, limits.MAX_COLUMNS, limits.MAX_SHEETS, limits.MAX_TEXT,
        limits.CPU_SECONDS, limits.ADDRESS_SPACE,
    )  # fmt: skip
    command = [sys.executable, "-I", str(CHILD), *(str(one) for one in given)]
    try:
        done = subprocess.run(  # noqa: S603 our own program, numbers only
            command, input=content, capture_output=True, timeout=limits.WALL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Refused("file_slow", n=limits.WALL_SECONDS) from error
    if done.returncode == TOO_LARGE or b"memory" in done.stderr.lower():
        raise Refused("file_large", limit=f"{limits.MAX_LINES:,} × {limits.MAX_COLUMNS}")
    if done.returncode < 0:
        raise Refused("file_slow", n=limits.CPU_SECONDS)
    if done.returncode:
        raise Refused("file_locked" if b"assword" in done.stderr else "file_broken")
    found: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    if any(sheet["cut"] for sheet in found):
        raise Refused("file_large", limit=f"{limits.MAX_LINES:,} × {limits.MAX_COLUMNS}")
    return [Raw(one["name"], one["rows"], one["merged"]) for one in found]


def decode(content: bytes) -> tuple[str, str]:
    """(text, encoding): UTF-8 with or without its mark, UTF-16 with its mark, else GB18030."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError as error:
            raise _unreadable(content, error.start) from error
    if content.startswith(b"\xef\xbb\xbf"):
        encodings: tuple[tuple[str, str], ...] = (("utf-8-sig", "UTF-8 (BOM)"),)
    else:
        encodings = (("utf-8", "UTF-8"), ("gb18030", "GB18030"))
    place = 0
    for encoding, shown in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            place = error.start
            continue
        if "\0" in text:
            raise Refused("file_kind")
        return text, shown
    raise _unreadable(content, place)


def _unreadable(content: bytes, place: int) -> Refused:
    return Refused("file_encoding", place=place + 1, byte=f"{content[place]:02X}")


def _lines(text: str) -> list[list[str]]:
    counts = {one: text[:SAMPLE].count(one) for one in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda one: counts[one])
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False):
            cells = [unmark(cell[: limits.MAX_TEXT + 2]) for cell in row]
            while cells and not cells[-1].strip():
                cells.pop()
            if len(rows) >= limits.MAX_LINES or len(cells) > limits.MAX_COLUMNS:
                raise Refused("file_large", limit=f"{limits.MAX_LINES:,} × {limits.MAX_COLUMNS}")
            rows.append(cells)
    except csv.Error as error:
        raise Refused("file_broken") from error
    return rows
