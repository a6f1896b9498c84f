"""The chain of the workbench's tests, and reading what was exported."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import Any

from python_calamine import CalamineWorkbook

from tests.clients import Client
from tests.workbench.conftest import made

__all__ = ["made", "read_csv", "read_xlsx"]


def read_xlsx(content: bytes) -> dict[str, list[list[Any]]]:
    """Name of each sheet → its rows, read by another library than the one that wrote them."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def read_csv(content: bytes) -> list[list[str]]:
    """The rows of a .csv as Excel reads them."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def press(client: Client, page: str, ending: str = "xlsx") -> Any:
    """Press 导出 on a page."""
    found = re.search(r'action="(/exports/[^"]+)"', client.get(page).get_data(as_text=True))
    assert found, f"{page} offers no export"
    return client.send(unescape(found[1]), {"format": ending}, page=page)
