"""Uploads that wait to be written or have been, and blank forms to be filled. Off the clocks: what
they wrote is on them, and a version of a form never changes."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId, Code, Instant, Public
from app.core.text import N_, Coded


class IntakeState(Coded):
    """How far an upload has come."""

    OPEN = "open", N_("待写入")
    DONE = "done", N_("已写入")
    DROPPED = "dropped", N_("已取消")
    UNDONE = "undone", N_("已撤销")


class Intake(Public, Base):
    """One upload of one person: the rows as they stood in the file, and what was mended since."""

    __tablename__ = "intake"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[IntakeState] = mapped_column(Code(IntakeState), default=IntakeState.OPEN)
    name: Mapped[str] = mapped_column(String(160))
    encoding: Mapped[str] = mapped_column(String(20), default="")
    added_at: Mapped[dt.datetime] = mapped_column(Instant)
    #: rows of data in the file
    lines: Mapped[int] = mapped_column(Integer, default=0)
    #: sheets, columns and rows (JSON); emptied once none of them waits
    content: Mapped[str] = mapped_column(Text)
    #: what was typed in the preview: `sheet:row` → field → text (JSON)
    edits: Mapped[str] = mapped_column(Text, default="{}")
    #: revisions that wrote it, the first one first, parted by commas
    revs: Mapped[str] = mapped_column(Text, default="")
    #: rows written so far
    written: Mapped[int] = mapped_column(Integer, default=0)


class KeptAnswer(Base):
    """The answer to a program's write, kept for a day: sending it again then writes nothing."""

    __tablename__ = "kept_answer"
    __table_args__ = (Index("uq_kept_answer", "token_id", "name", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"))
    name: Mapped[str] = mapped_column(String(80))
    #: hash of the request
    mark: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Text)
    shown_rev: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[dt.datetime] = mapped_column(Instant, index=True)


class BlankForm(Public, Base):
    """套表: one version of a superior's blank form and of the map of its cells."""

    __tablename__ = "blank_form"
    __table_args__ = (Index("uq_blank_form", "series", "number", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    #: what its versions share
    series: Mapped[str] = mapped_column(String(12))
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(120))
    year: Mapped[int] = mapped_column(Integer)
    #: unit of its amounts: thousand, wan or yuan
    money: Mapped[str] = mapped_column(String(8))
    file_name: Mapped[str] = mapped_column(String(160))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    #: item, or `item:before`, → sheet!cell (JSON)
    cells: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[dt.datetime] = mapped_column(Instant)
