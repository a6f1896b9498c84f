"""One export as an answer: what stands on its first sheet, its name, its bytes."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO
from urllib.parse import quote

from flask import Response

from app.core.access import Viewer
from app.core.days import now
from app.core.db import last_revision
from app.core.filters import instant
from app.core.text import N_, _
from app.exchange.out import csv, xlsx
from app.exchange.out.book import Book

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
}
PIECE = 256 * 1024
#: Up to here a file is kept in memory, beyond it on disk.
IN_MEMORY = 4 * 1024 * 1024
NOTE = N_("金额单位为万元，按登记的分精确导出；空格表示未登记，不等于零。")


def first_sheet(book: Book, person: Viewer) -> list[tuple[str, str]]:
    """The lines of the first sheet: as of when, under which conditions, by whom, what it means."""
    organisations = _("、").join(post.organisation for post in person.acting)
    lines: list[tuple[str, str]] = [
        (_("导出时间"), _("%(at)s，数据截至修订号 %(n)s", at=instant(now()), n=last_revision())),
        (_("导出人"), " · ".join(part for part in (person.name, organisations) if part)),
    ]
    words = [f"{field} {value}" for field, value in book.conditions]
    lines.append((_("筛选条件"), _("；").join(words) or _("无")))
    return [*lines, *book.notes, (_("说明"), _(NOTE))]


def file_name(title: str, day: dt.date, ending: str) -> str:
    """The name of the file: title and day, without what file systems refuse."""
    plain = re.sub(r'[\\/:*?"<>|\s]+', " ", title).strip() or "export"
    return f"{plain} {day.isoformat()}.{ending}"


def headers_of(name: str) -> dict[str, str]:
    """Headers of a file to be saved under a name of any script."""
    plain = name.encode("ascii", "ignore").decode().strip() or "export"
    shown = re.sub(r"[^\w. -]", "", plain).strip()
    if shown.startswith(".") or shown[:1].isdigit():
        shown = f"export {shown}".replace(" .", ".")
    return {
        "Content-Disposition": f"attachment; filename=\"{shown}\"; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
    }


def answer(book: Book, ending: str, person: Viewer, day: dt.date) -> Response:
    """The book as a file of one of the two formats; whole before its first byte is sent."""

    def make(into: BinaryIO) -> None:
        if ending == "csv":
            into.writelines(csv.pieces(book))
        else:
            xlsx.write(book, into, first_sheet(book, person))

    return sent(make, file_name(book.title, day, ending), ending)


def sent(make: Callable[[BinaryIO], Any], name: str, ending: str) -> Response:
    """A file that `make` writes, to be saved under a name; whole before its first byte is sent."""
    held = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 closed when sent
    try:
        make(held)  # type: ignore[arg-type]
        held.seek(0)
    except BaseException:
        held.close()
        raise
    return Response(pieces(held), content_type=TYPES[ending], headers=headers_of(name))


def pieces(held: Any) -> Iterator[bytes]:
    """A temporary file in pieces; gone once it is sent."""
    with held:
        while piece := held.read(PIECE):
            yield piece
