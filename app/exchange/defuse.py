"""Text that begins like a formula stays text: in .csv by a mark that reading takes off again."""

from __future__ import annotations

import re

#: What makes a spreadsheet calculate, and the full-width forms that some take for the same.
_LIVE = r"[=+\-@\t\r＝＋－＠]"  # zh: parsed
_NEEDS = re.compile(rf"'*{_LIVE}", re.DOTALL)
_MARKED = re.compile(rf"'+{_LIVE}", re.DOTALL)


def is_live(text: str) -> bool:
    """Whether a spreadsheet may take the text for something to calculate."""
    return bool(_NEEDS.match(text))


def mark(text: str) -> str:
    """The text with a leading ' where it needs one; `unmark` gives the very same text back."""
    return f"'{text}" if _NEEDS.match(text) else text


def unmark(text: str) -> str:
    """The text without the mark."""
    return text[1:] if _MARKED.match(text) else text
