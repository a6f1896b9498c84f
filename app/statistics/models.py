"""Targets of the plan, numbered reports and cited figures, kept with their revisions."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.core.db import Base, BigId, Code, Numbered, Public, Recorded
from app.core.text import N_, Coded


class TargetSet(Recorded, Base):
    """A published set of targets with its source."""

    __tablename__ = "target_set"

    code: Mapped[str] = mapped_column(String(24), unique=True)
    zh: Mapped[str] = mapped_column(String(120))
    en: Mapped[str] = mapped_column(String(160))
    source: Mapped[str] = mapped_column(String(160))
    starts: Mapped[dt.date]
    ends: Mapped[dt.date]


class Target(Recorded, Base):
    """One figure of a set: baseline and goal in hundredths of the unit; 超过 is strict."""

    __tablename__ = "target"
    __table_args__ = (Index("uq_target", "set_code", "indicator", unique=True),)

    set_code: Mapped[str] = mapped_column(String(24))
    indicator: Mapped[str] = mapped_column(String(40))
    zh: Mapped[str] = mapped_column(String(120))
    en: Mapped[str] = mapped_column(String(160))
    unit: Mapped[str] = mapped_column(String(24))
    #: "stock" or "flow": the two are never compared with each other
    measure: Mapped[str] = mapped_column(String(8))
    baseline: Mapped[int | None] = mapped_column(BigInteger)
    baseline_on: Mapped[str | None] = mapped_column(String(24))
    goal: Mapped[int | None] = mapped_column(BigInteger)
    strict: Mapped[bool] = mapped_column(default=True)
    clause: Mapped[str | None] = mapped_column(String(40))
    remark: Mapped[str | None] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(Integer, default=0)


class OutsideFigure(Recorded, Base):
    """An actual value from outside this system, with its source."""

    __tablename__ = "outside_figure"
    __table_args__ = (Index("uq_outside_figure", "indicator", "day", unique=True),)

    indicator: Mapped[str] = mapped_column(String(40))
    day: Mapped[dt.date]
    value: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(160))


class ReportState(Coded):
    """A report is numbered and frozen when it is made; a second person signs it."""

    PENDING = "pending", N_("待签发")
    ISSUED = "issued", N_("已签发")
    RETURNED = "returned", N_("已退回")


class Report(Numbered, Public, Recorded, Base):
    """统计报告: a numbered set of figures with its day, cut and definitions, frozen for good."""

    __tablename__ = "report"
    SERIES = "TJ"
    __table_args__ = (
        Index("uq_report_number", "year", "serial", unique=True),
        CheckConstraint("(paper_signer IS NULL) = (paper_sha256 IS NULL)", name="paper"),
    )

    title: Mapped[str] = mapped_column(String(120))
    state: Mapped[ReportState] = mapped_column(Code(ReportState), index=True)
    #: 统计时点
    as_of: Mapped[dt.date]
    #: 数据截至, as a revision
    cut: Mapped[int] = mapped_column(BigId)
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_on: Mapped[dt.date]
    #: who signed or returned it here, or entered the paper that was signed
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: the day of it; of a paper, the day written on it
    signed_on: Mapped[dt.date | None]
    #: why it was returned
    remark: Mapped[str | None] = mapped_column(String(200))
    #: SHA-256 of what was frozen
    digest: Mapped[str] = mapped_column(String(64))
    #: 线下签批件: who signed on paper, and the scan; None where it was signed here
    paper_signer: Mapped[str | None] = mapped_column(String(60))
    paper_sha256: Mapped[str | None] = mapped_column(String(64))
    paper_name: Mapped[str | None] = mapped_column(String(160))
    paper_type: Mapped[str | None] = mapped_column(String(80))

    author: Mapped[Person] = relationship(foreign_keys=[made_by])
    signer: Mapped[Person | None] = relationship(foreign_keys=[signed_by])

    @property
    def signer_name(self) -> str | None:
        """Who signed or returned it, on paper or here."""
        return self.paper_signer or (self.signer.name if self.signer else None)


class ReportBody(Recorded, Base):
    """What a report froze, canonical JSON; apart, so that signing it copies no long text."""

    __tablename__ = "report_body"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), unique=True)
    text: Mapped[str] = mapped_column(Text)


class Citation(Numbered, Recorded, Base):
    """数据出处: one figure with its number to be cited by, frozen with its question and words."""

    __tablename__ = "citation"
    SERIES = "SJ"
    __table_args__ = (Index("uq_citation_number", "year", "serial", unique=True),)

    #: code of the indicator
    indicator: Mapped[str] = mapped_column(String(40))
    #: whose figures, canonical JSON
    scope: Mapped[str] = mapped_column(Text)
    #: SHA-256 of the question: the same one keeps its number
    question: Mapped[str] = mapped_column(String(64), unique=True)
    #: canonical JSON of the question, the number and the words in both languages
    text: Mapped[str] = mapped_column(Text)
    #: SHA-256 of the text
    digest: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_on: Mapped[dt.date]

    author: Mapped[Person] = relationship(foreign_keys=[made_by])
