"""对接会: a meeting at which firms ready to move talk with those who have room for them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.carriers.models import Carrier
from app.core.db import Base, Code, Numbered, Public, Recorded
from app.core.text import N_, Coded
from app.firms.models import Firm


class MeetingState(Coded):
    """How far a meeting is."""

    PREPARING = "preparing", N_("筹备中")
    NOTIFIED = "notified", N_("已通知")
    HELD = "held", N_("已召开")
    CANCELLED = "cancelled", N_("已取消召开")


class GuestAnswer(Coded):
    """What an invited carrier said."""

    WAITING = "waiting", N_("待回复")
    COMING = "coming", N_("参加")
    NOT_COMING = "not_coming", N_("不参加")


class TalkOutcome(Coded):
    """How a firm and a carrier parted; a pair without a row did not talk (未谈)."""

    INTERESTED = "interested", N_("有意向")
    AGAIN = "again", N_("再谈")
    UNSUITED = "unsuited", N_("不合适")


class AtMeeting(Recorded):
    """What is said of firms and carriers at a meeting; no rule judges them by it."""

    def touches(self) -> set[tuple[str, int]]:
        """Nobody is judged anew."""
        return set()


class Meeting(Public, Recorded, Base):
    """One meeting with its day, place and agenda. It assigns nobody."""

    __tablename__ = "meeting"
    __table_args__ = (
        Index("ix_meeting_day", "day"),
        CheckConstraint("answer_by <= day", name="answer_by"),
        CheckConstraint("ends_at > starts_at", name="hours"),
        CheckConstraint("state NOT IN ('notified', 'held') OR notified_on IS NOT NULL",
                        name="notified"),
        CheckConstraint("(state = 'cancelled') = (cancel_reason IS NOT NULL)", name="cancelled"),
    )  # fmt: skip

    title: Mapped[str] = mapped_column(String(80))
    day: Mapped[dt.date]
    #: hours of the day in Shanghai, HH:MM
    starts_at: Mapped[str] = mapped_column(String(5))
    ends_at: Mapped[str] = mapped_column(String(5))
    place: Mapped[str] = mapped_column(String(120))
    host: Mapped[str] = mapped_column(String(80))
    agenda: Mapped[str | None] = mapped_column(Text)
    state: Mapped[MeetingState] = mapped_column(Code(MeetingState), index=True)
    #: the last day for an answer to the invitation
    answer_by: Mapped[dt.date]
    notified_on: Mapped[dt.date | None]
    cancel_reason: Mapped[str | None] = mapped_column(String(200))


class MeetingGuest(AtMeeting, Base):
    """受邀单位: an accelerator or park asked to come."""

    __tablename__ = "meeting_guest"
    __table_args__ = (Index("uq_meeting_guest", "meeting_id", "carrier_id", unique=True),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"), index=True)
    answer: Mapped[GuestAnswer] = mapped_column(Code(GuestAnswer))
    answered_on: Mapped[dt.date | None]
    #: who comes, or why nobody does
    who: Mapped[str | None] = mapped_column(String(120))

    meeting: Mapped[Meeting] = relationship()
    carrier: Mapped[Carrier] = relationship()


class MeetingEntry(AtMeeting, Base):
    """上会企业: a firm on the table."""

    __tablename__ = "meeting_entry"
    __table_args__ = (Index("uq_meeting_entry", "meeting_id", "firm_id", unique=True),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    #: the carrier that had the firm when it was put on the table; None for a firm at no carrier
    host_id: Mapped[int | None] = mapped_column(ForeignKey("carrier.id"), index=True)
    #: the incubator that proposed it; None where the district put it there
    put_by_id: Mapped[int | None] = mapped_column(ForeignKey("carrier.id"))

    meeting: Mapped[Meeting] = relationship()
    firm: Mapped[Firm] = relationship()
    host: Mapped[Carrier | None] = relationship(foreign_keys=[host_id])
    put_by: Mapped[Carrier | None] = relationship(foreign_keys=[put_by_id])


class MeetingTalk(Recorded, Base):
    """对接结果 of one firm with one invited carrier."""

    __tablename__ = "meeting_talk"
    __table_args__ = (Index("uq_meeting_talk", "entry_id", "guest_id", unique=True),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("meeting_entry.id"))
    guest_id: Mapped[int] = mapped_column(ForeignKey("meeting_guest.id"), index=True)
    outcome: Mapped[TalkOutcome] = mapped_column(Code(TalkOutcome))
    note: Mapped[str | None] = mapped_column(String(200))

    entry: Mapped[MeetingEntry] = relationship()
    guest: Mapped[MeetingGuest] = relationship()


class MeetingTask(Public, AtMeeting, Base):
    """跟进事项: what is to be done, by whom, by when."""

    __tablename__ = "meeting_task"
    __table_args__ = (
        CheckConstraint("done_on IS NOT NULL OR done_note IS NULL", name="done"),
        Index("ix_meeting_task_open", "carrier_id", "done_on"),
    )

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    #: the firm that it is about; None for one of the meeting as a whole
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_entry.id"), index=True)
    #: the carrier whose task it is; None for the district
    carrier_id: Mapped[int | None] = mapped_column(ForeignKey("carrier.id"))
    what: Mapped[str] = mapped_column(String(200))
    who: Mapped[str | None] = mapped_column(String(60))
    due_on: Mapped[dt.date]
    done_on: Mapped[dt.date | None]
    done_note: Mapped[str | None] = mapped_column(String(200))

    meeting: Mapped[Meeting] = relationship()
    entry: Mapped[MeetingEntry | None] = relationship()
    carrier: Mapped[Carrier | None] = relationship()


class Minutes(Numbered, Recorded, Base):
    """会议纪要: a numbered paper with everything as it stood when it was made."""

    __tablename__ = "meeting_minutes"
    SERIES = "DJ"
    __table_args__ = (Index("uq_meeting_minutes_number", "year", "serial", unique=True),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    day: Mapped[dt.date]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: by language, canonical JSON, and its SHA-256
    body: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))

    meeting: Mapped[Meeting] = relationship()
    author: Mapped[Person | None] = relationship()
