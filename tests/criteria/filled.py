"""A page of the rule book as a browser would send it back."""

from __future__ import annotations

import html
import re

from tests.clients import Client

FIELD = re.compile(
    r'<(?:input|textarea)[^>]*name="((?:p__|d\d__|c\d|notice_|number|rev)[^"]*)"[^>]*>([^<]*)'
)


def filled(client: Client, page: str, **more: str) -> dict[str, str]:
    """The form of a page, with some boxes changed."""
    found: dict[str, str] = {}
    for match in FIELD.finditer(client.get(page).get_data(as_text=True)):
        value = re.search(r' value="([^"]*)"', match[0])
        found[match[1]] = html.unescape(value[1] if value else match[2]).strip()
    assert set(more) <= set(found), set(more) - set(found)
    return found | more
