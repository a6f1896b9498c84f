"""Spelling of many names at once: the application's own rules, each piece spelled only once."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from app.core.pinyin import KEY_LENGTH, plain, sounds
from app.firms.search_text import SEPARATOR, search_text


class Piece(NamedTuple):
    """A part of a name with its sounds."""

    text: str
    sounds: tuple[str, ...]


Pieces = list[Piece]


@cache
def syllable(char: str) -> str:
    """Pinyin of one character without tone."""
    return "".join(sounds(char))


@lru_cache(maxsize=4096)
def piece(text: str) -> Piece:
    """A word that many names share."""
    return Piece(plain(text), sounds(text))


def pieces(*parts: str) -> Pieces:
    """The parts of a name; parts of three characters are verse and are spelled one by one."""
    made: Pieces = []
    for part in parts:
        made += [piece(char) for char in part] if len(part) == 3 else [piece(part)]
    return made


def sort_key(name: Pieces) -> str:
    """The sort key of a name given in pieces."""
    return " ".join(sound for one in name for sound in one.sounds)[:KEY_LENGTH]


def _said(name: Pieces) -> tuple[str, str, str]:
    heard = [sound for one in name for sound in one.sounds]
    return "".join(one.text for one in name), "".join(s[:1] for s in heard), "".join(heard)


def search_line(name: Pieces, short: Pieces, former: str | None, code: str | None) -> str:
    """What `firms.search_text.search_text` gives for these names and this code."""
    parts = [*_said(name), *_said(short)]
    if former:
        parts.append(search_text([former], []))
    if code:
        parts.append(plain(code))
    return SEPARATOR.join(dict.fromkeys(parts))
