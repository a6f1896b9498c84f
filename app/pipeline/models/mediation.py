"""意向协调: a request for mediation between those who court a firm, and what the district says."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.carriers.models import Carrier
from app.core.db import Base, Code, Numbered, Public, Recorded
from app.core.text import N_, Coded
from app.firms.models import Firm


class MediationState(Coded):
    """How far a mediation is, as stored; that it has ended may follow from claims and days."""

    ASKED = "asked", N_("待出具意见")
    ADVISED = "advised", N_("已出具意见")
    AGAIN = "again", N_("待再次出具意见")
    READVISED = "readvised", N_("已再次出具意见")
    WITHDRAWN = "withdrawn", N_("已撤回")
    ENDED = "ended", N_("已自动结束")


_LIVE = "state IN ('asked', 'advised', 'again', 'readvised')"


class Mediation(Public, Recorded, Base):
    """意向协调 on one firm, asked for by a bidder or by the firm's carrier. It moves nothing."""

    __tablename__ = "mediation"
    __table_args__ = (
        Index(
            "uq_mediation_live", "firm_id", unique=True,
            sqlite_where=text(_LIVE), postgresql_where=text(_LIVE),
        ),
        CheckConstraint("(again_on IS NULL) = (again_by_id IS NULL)", name="again"),
    )  # fmt: skip

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    #: the carrier that had the firm when it was asked; None for a firm at no carrier
    host_id: Mapped[int | None] = mapped_column(ForeignKey("carrier.id"), index=True)
    #: the carrier or park that asked
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"), index=True)
    state: Mapped[MediationState] = mapped_column(Code(MediationState), index=True)
    asked_on: Mapped[dt.date]
    #: the last day for an opinion, first or second
    due_on: Mapped[dt.date]
    reason: Mapped[str | None] = mapped_column(String(200))
    #: what the firm wishes, in its carrier's words
    wish: Mapped[str | None] = mapped_column(String(300))
    wish_on: Mapped[dt.date | None]
    again_by_id: Mapped[int | None] = mapped_column(ForeignKey("carrier.id"))
    again_on: Mapped[dt.date | None]
    again_reason: Mapped[str | None] = mapped_column(String(200))
    ended_on: Mapped[dt.date | None]
    end_reason: Mapped[str | None] = mapped_column(String(24))

    firm: Mapped[Firm] = relationship()
    host: Mapped[Carrier | None] = relationship(foreign_keys=[host_id])
    asked_by: Mapped[Carrier] = relationship(foreign_keys=[asked_by_id])
    again_by: Mapped[Carrier | None] = relationship(foreign_keys=[again_by_id])


class Opinion(Numbered, Recorded, Base):
    """协调意见: a numbered paper that binds nobody, with the sides as they stood that day."""

    __tablename__ = "mediation_opinion"
    SERIES = "XT"
    __table_args__ = (
        Index("uq_mediation_opinion_turn", "mediation_id", "turn", unique=True),
        Index("uq_mediation_opinion_number", "year", "serial", unique=True),
        CheckConstraint("turn IN (1, 2)", name="turn"),
    )

    mediation_id: Mapped[int] = mapped_column(ForeignKey("mediation.id"))
    #: 1, or 2 when it was asked for once more
    turn: Mapped[int] = mapped_column(Integer)
    day: Mapped[dt.date]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    #: the sides as frozen, canonical JSON by language, and its SHA-256
    sides: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))

    mediation: Mapped[Mediation] = relationship()
    author: Mapped[Person | None] = relationship()
