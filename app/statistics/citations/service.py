"""Citing a figure, and finding what was cited."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Select, select

from app.core.access import AnyViewer, System
from app.core.days import today
from app.core.db import session
from app.core.errors import NotFound
from app.statistics.citations.frozen import Cited, holds, recounted, scope_in, scope_text
from app.statistics.models import Citation
from app.statistics.queries.figures import Desk
from app.statistics.scope import Scope, scope_of


def cited_before(cited: Cited) -> Citation | None:
    """The citation of the same question, if there is one."""
    return session.scalar(select(Citation).where(Citation.question == cited.question))


def keep(actor: AnyViewer, cited: Cited) -> Citation:
    """Keep a figure under the next number of the year; the same question keeps its number.
    Inside a write."""
    row = cited_before(cited)
    if row is None:
        assert actor.person_id is not None
        day = today()
        row = Citation(
            year=day.year, serial=Citation.next_serial(day.year), text=cited.text,
            indicator=cited.asked["indicator"], scope=scope_text(cited.scope),
            question=cited.question, digest=cited.digest, made_by=actor.person_id, made_on=day,
        )  # fmt: skip
        session.add(row)
        session.flush()
    return row


def visible(viewer: AnyViewer) -> Select[Citation]:
    """Citations of figures that the viewer may read, the newest first."""
    found = select(Citation).order_by(Citation.year.desc(), Citation.serial.desc())
    own = scope_of(viewer)
    if own.whole:
        return found
    kinds = session.scalars(select(Citation.scope).distinct())
    return found.where(Citation.scope.in_([one for one in kinds if holds(own, scope_in(one))]))


def by_number(viewer: AnyViewer, text: str) -> Citation | None:
    """The citation whose number somebody typed: SJ-2026-0012; None without one."""
    read = Citation.read(text)
    if read is None:
        return None
    return session.scalar(
        visible(viewer).where(Citation.year == read[0], Citation.serial == read[1])
    )


def one(viewer: AnyViewer, number: str) -> Citation:
    """The citation of a number. Raises NotFound."""
    row = by_number(viewer, number)
    if row is None:
        raise NotFound()
    return row


def verify(number: tuple[int, int] | None = None) -> Iterator[tuple[Citation, bool]]:
    """Citations, one or all, with whether each can still be told as it was: its text is what was
    sealed, and its figure the same at its own cut. A definition that went on is not counted."""
    statement = select(Citation).order_by(Citation.year, Citation.serial)
    if number is not None:
        statement = statement.where(Citation.year == number[0], Citation.serial == number[1])
    for row in session.scalars(statement):
        cited = Cited(row.text)
        desk = Desk(System("citation"), cited.asof, Scope(whole=True))
        again = recounted(cited, desk)
        yield row, cited.digest == row.digest and again in (None, cited.numbers)
