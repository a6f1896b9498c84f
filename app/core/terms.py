"""Code lists kept as data: sectors, fields, towns, areas, tags, and how they map to each other."""

from __future__ import annotations

import datetime as dt

from flask import current_app, g
from sqlalchemy import Index, Integer, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Recorded, session
from app.core.text import language


class Term(Recorded, Base):
    """One code of a list, with its words and source. Retired codes stay readable."""

    __tablename__ = "term"
    __table_args__ = (Index("uq_term_list_code", "list", "code", unique=True),)

    list: Mapped[str] = mapped_column(String(24))
    code: Mapped[str] = mapped_column(String(24))
    zh: Mapped[str] = mapped_column(String(80))
    en: Mapped[str] = mapped_column(String(120))
    parent: Mapped[str | None] = mapped_column(String(24))
    position: Mapped[int] = mapped_column(Integer, default=0)
    source: Mapped[str | None] = mapped_column(String(200))
    retired_on: Mapped[dt.date | None]


class TermLink(Recorded, Base):
    """A code of one list read as a code of another (e.g. the plan's eight areas → 三大先导)."""

    __tablename__ = "term_link"
    __table_args__ = (
        Index("uq_term_link_ends", "from_list", "from_code", "to_list", "to_code", unique=True),
    )

    from_list: Mapped[str] = mapped_column(String(24))
    from_code: Mapped[str] = mapped_column(String(24))
    to_list: Mapped[str] = mapped_column(String(24))
    to_code: Mapped[str] = mapped_column(String(24))


def _lists() -> dict[str, dict[str, tuple[str, str, bool]]]:
    """All lists, kept by the application until a write changes them."""
    if "terms" in g:
        return g.terms  # type: ignore[no-any-return]
    newest, count = session.execute(select(func.max(Term.rev), func.count(Term.id))).one()
    mark = (newest, count)
    kept = current_app.extensions.get("terms")
    if kept is None or kept[0] != mark:
        lists: dict[str, dict[str, tuple[str, str, bool]]] = {}
        for term in session.scalars(select(Term).order_by(Term.list, Term.position, Term.code)):
            lists.setdefault(term.list, {})[term.code] = (
                term.zh,
                term.en,
                term.retired_on is None,
            )
        kept = current_app.extensions["terms"] = (mark, lists)
    g.terms = kept[1]
    return kept[1]


def term(list_: str, code: str | None) -> str:
    """The word of a code in the reader's language; the code itself when unknown, "" for None."""
    if code is None:
        return ""
    zh, en, _live = _lists().get(list_, {}).get(code, (code, code, True))
    return en if language() == "en" else zh


def term_words(list_: str, code: str) -> tuple[str, str] | None:
    """The word of a code in Chinese and in English; None when there is no such code."""
    held = _lists().get(list_, {}).get(code)
    return held[:2] if held is not None else None


def term_choices(list_: str, retired: bool = False) -> list[tuple[str, str]]:
    """(code, word) of a list's live codes in order, for form fields; for conditions of a list of
    what was recorded with `retired` ones as well."""
    held = _lists().get(list_, {}).items()
    return [(c, term(list_, c)) for c, (_z, _e, live) in held if live or retired]
