"""The rule book's tables: standards, when they are in force, cached verdicts, their changes."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, BigId, Code, Public, Recorded
from app.core.text import N_, Coded


class StandardState(Coded):
    """A draft becomes approved by a second person and is then never edited."""

    DRAFT = "draft", N_("草稿")
    SUBMITTED = "submitted", N_("待批准")
    APPROVED = "approved", N_("已批准")
    WITHDRAWN = "withdrawn", N_("已撤回")


class Outcome(Coded):
    """Outcome of a clause or a standard for a subject."""

    MET = "met", N_("符合")
    NOT_MET = "not_met", N_("不符合")
    UNKNOWN = "unknown", N_("资料不全")
    NOT_APPLICABLE = "not_applicable", N_("不适用")


class Standard(Public, Recorded, Base):
    """A version of a rule: canonical JSON of its tree, with hash. Immutable once approved."""

    __tablename__ = "standard"
    __table_args__ = (Index("uq_standard_version", "rule", "version", unique=True),)

    rule: Mapped[str] = mapped_column(String(60), index=True)
    version: Mapped[int] = mapped_column(Integer)
    subject: Mapped[str] = mapped_column(String(12))
    state: Mapped[StandardState] = mapped_column(Code(StandardState))
    title: Mapped[str] = mapped_column(String(120))
    instrument: Mapped[str] = mapped_column(String(120))
    document: Mapped[str | None] = mapped_column(String(60))
    content: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_on: Mapped[dt.date | None]


class StandardForce(Recorded, Base):
    """A standard is in force on [starts, ends) for a kind of case (new or review) and a round."""

    __tablename__ = "standard_force"
    __table_args__ = (CheckConstraint("ends IS NULL OR ends > starts", name="days"),)

    standard_id: Mapped[int] = mapped_column(ForeignKey("standard.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8), default="new")
    round: Mapped[str | None] = mapped_column(String(40))
    starts: Mapped[dt.date]
    ends: Mapped[dt.date | None]

    standard: Mapped[Standard] = relationship()


class Verdict(Base):
    """Cache: the standing verdict per standard, kind and subject. Never read by a decision."""

    __tablename__ = "verdict"
    __table_args__ = (
        Index("ix_verdict_subject", "subject_id", "standard_id"),
        Index("ix_verdict_list", "standard_id", "kind", "outcome", "distance"),
    )

    standard_id: Mapped[int] = mapped_column(ForeignKey("standard.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    subject_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    day: Mapped[dt.date]
    outcome: Mapped[Outcome] = mapped_column(Code(Outcome))
    #: the outcome as shown: `short` (暂未达到) where unknown but short on what is recorded
    display: Mapped[str] = mapped_column(String(16))
    candidate: Mapped[bool]
    manual_review: Mapped[bool]
    #: one letter a clause in the standard's order: m, n, u, s (short), x
    clauses: Mapped[str] = mapped_column(String(120))
    #: how far from met, in basis points of the nearest path; None when it cannot be said
    distance: Mapped[int | None] = mapped_column(Integer)
    score_low: Mapped[int | None] = mapped_column(Integer)
    score_high: Mapped[int | None] = mapped_column(Integer)


class VerdictChange(Base):
    """A verdict moved. Append-only; feeds 昨日变动."""

    __tablename__ = "verdict_change"
    __table_args__ = (Index("ix_verdict_change_subject", "subject_id", "day"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rule: Mapped[str] = mapped_column(String(60))
    standard_id: Mapped[int] = mapped_column(ForeignKey("standard.id"))
    kind: Mapped[str] = mapped_column(String(8))
    subject_id: Mapped[int] = mapped_column(BigId)
    day: Mapped[dt.date] = mapped_column(index=True)
    rev: Mapped[int] = mapped_column(BigId, index=True)
    before: Mapped[str | None] = mapped_column(String(16))
    after: Mapped[str] = mapped_column(String(16))
    clauses_before: Mapped[str | None] = mapped_column(String(120))
    clauses_after: Mapped[str] = mapped_column(String(120))
