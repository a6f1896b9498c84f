"""Sort keys and search text for many names at once; the same answers as the register's."""

from __future__ import annotations

from functools import cache

from pypinyin import Style, pinyin


@cache
def syllable(char: str) -> str:
    """Pinyin of one character without tone; other characters as they are, lower-case."""
    return str(pinyin(char, style=Style.NORMAL, errors=lambda x: x)[0][0]).lower()


def sort_key(name: str) -> str:
    """Pinyin of a name, by which lists are ordered on both engines."""
    return " ".join(syllable(char) for char in name)[:200]
