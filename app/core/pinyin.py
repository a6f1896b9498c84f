"""Chinese names by sound: keys to sort by, and what people type to find a name."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

#: Longest key kept; the columns that hold one are at least as wide.
KEY_LENGTH = 200


def plain(text: str) -> str:
    """Lower case, half width, without blanks: the form in which texts are compared."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


@lru_cache(maxsize=4096)
def sounds(name: str) -> tuple[str, ...]:
    """Sounds of a name in order, read by phrase (重庆 → chong qing); others one by one."""
    from pypinyin import lazy_pinyin  # its tables take a fifth of a second to load

    return tuple(lazy_pinyin(plain(name), errors=_one_by_one))


def _one_by_one(other: str) -> Any:
    return list(other)


def sort_key(name: str) -> str:
    """The key by which a name is ordered, the same on both engines."""
    return " ".join(sounds(name))[:KEY_LENGTH]


def spellings(name: str) -> tuple[str, str]:
    """(initials, full): 石上泉 → ssq, shishangquan. Latin and digits stay as they are."""
    parts = sounds(name)
    return "".join(part[:1] for part in parts), "".join(parts)
