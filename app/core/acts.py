"""Office words for the codes of writes: what was done, and to which kinds of record.

Each room registers the words of what it writes; the audit and 已办 read them here.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.core.text import N_, _

#: code of a write → what was done
_ACTS = {
    "seed:count": N_("装入演示数据"),
    "seed:history": N_("装入演示数据"),
    "seed:numbers": N_("装入演示数据"),
    "seed:rooms": N_("装入演示数据"),
    "seed:rounds": N_("装入演示数据"),
    "seed:reference": N_("装入基础数据"),
    "seed:standards": N_("装入标准"),
}
#: table → the records in it
_RECORDS = {"term": N_("分类词"), "term_link": N_("分类词对应")}


def register_acts(words: Mapping[str, str]) -> None:
    """The words of a room's writes, by their codes. ValueError for a code that is taken."""
    _add(_ACTS, words)


def register_records(words: Mapping[str, str]) -> None:
    """The words of a room's records, by their tables. ValueError for one that is taken."""
    _add(_RECORDS, words)


def _add(held: dict[str, str], words: Mapping[str, str]) -> None:
    taken = [code for code, word in words.items() if held.get(code, word) != word]
    if taken:
        raise ValueError(f"two rooms have a word for {taken}")
    held.update(words)


def known() -> tuple[frozenset[str], frozenset[str]]:
    """The codes of writes and the tables that have a word."""
    return frozenset(_ACTS), frozenset(_RECORDS)


def act(code: str) -> str:
    """What was done, in the reader's language; the code itself where it is no longer in use."""
    return _(_ACTS[code]) if code in _ACTS else code


def record(table: str) -> str:
    """The kind of record behind a table."""
    return _(_RECORDS[table]) if table in _RECORDS else table


def codes(said: str) -> list[str]:
    """Codes whose word, in either language, holds what somebody searches for."""
    wanted = said.casefold()
    return [c for c, word in _ACTS.items() if wanted in word or wanted in _(word).casefold()]
