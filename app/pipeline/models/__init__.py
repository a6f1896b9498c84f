"""Decisions on the chain: graduations, pushes, claims, transfers, applications for titles."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.carriers.models import Carrier, Unit
from app.core.db import Base, BigId, Code, Public, Recorded
from app.core.text import N_, Coded
from app.criteria.models import Standard
from app.firms.models import Destination, Evidence, Firm, Milestone
from app.pipeline.models.handover import Handover, HandoverBody, HandoverState
from app.pipeline.models.mediation import Mediation, MediationState, Opinion
from app.pipeline.models.meeting import (
    GuestAnswer,
    Meeting,
    MeetingEntry,
    MeetingGuest,
    MeetingState,
    MeetingTalk,
    MeetingTask,
    Minutes,
    TalkOutcome,
)

__all__ = [
    "Application",
    "ApplicationRound",
    "ApplicationState",
    "Claim",
    "ClaimState",
    "ClaimStep",
    "ClaimStepKind",
    "FailReason",
    "Graduation",
    "GraduationState",
    "GuestAnswer",
    "Handover",
    "HandoverBody",
    "HandoverState",
    "Mediation",
    "MediationState",
    "Meeting",
    "MeetingEntry",
    "MeetingGuest",
    "MeetingState",
    "MeetingTalk",
    "MeetingTask",
    "Minutes",
    "Opinion",
    "Push",
    "RoundKind",
    "TalkOutcome",
    "TransferRequest",
    "TransferState",
]


class GraduationState(Coded):
    """States of a graduation. 已办理 holds at once; the district verifies by quarter.

    已退回 still holds until its carrier corrects or withdraws it; 未同意 never held.
    """

    PROPOSED = "proposed", N_("待同意")
    REPORTED = "reported", N_("已办理")
    CHECKED = "checked", N_("已初核")
    VERIFIED = "verified", N_("已核定")
    RETURNED = "returned", N_("已退回")
    DECLINED = "declined", N_("未同意")


class ClaimState(Coded):
    """States of a claim as stored; a lapse follows from the days and is not stored."""

    OPEN = "open", N_("跟进中")
    ACCEPTED = "accepted", N_("企业已选定")
    DONE = "done", N_("已落地")
    WITHDRAWN = "withdrawn", N_("已撤回")
    REFUSED = "refused", N_("企业未选")
    RELEASED = "released", N_("已释放")


class ClaimStepKind(Coded):
    """Steps of 招商."""

    CONTACT = "contact", N_("接洽")
    VISIT = "visit", N_("带看")
    REVIEW = "review", N_("准入评审")
    SIGNING = "signing", N_("签约")
    FIT_OUT = "fit_out", N_("装修")
    ARRIVAL = "arrival", N_("入驻")
    REGISTRATION = "registration", N_("迁入")


class TransferState(Coded):
    """States of a request to take over a firm from another carrier (申请转入)."""

    OPEN = "open", N_("待对方确认")
    AGREED = "agreed", N_("已同意")
    REFUSED = "refused", N_("未同意")
    DECIDED = "decided", N_("区级已协调")
    WITHDRAWN = "withdrawn", N_("已撤回")
    ENDED = "ended", N_("已自动结束")


class RoundKind(Coded):
    """What a round is for; the codes are those of the standards' in-force days."""

    NEW = "new", N_("新申请")
    REVIEW = "review", N_("复核")


class ApplicationState(Coded):
    """How far a firm has come in a round."""

    PLANNED = "planned", N_("拟申报")
    FILED = "filed", N_("已报")
    RECOMMENDED = "recommended", N_("推荐")
    ANNOUNCED = "announced", N_("公示")
    RECOGNISED = "recognised", N_("认定")
    FAILED = "failed", N_("未通过")


class FailReason(Coded):
    """Why a firm came to nothing in a round."""

    FORM = "form", N_("材料不全或未按时补正")
    CONDITION = "condition", N_("不符合条件")
    REVIEW = "review", N_("评审未通过")
    OBJECTION = "objection", N_("公示有异议")
    DISHONEST = "dishonest", N_("失信或材料不实")
    WITHDRAWN = "withdrawn", N_("企业撤回")
    OTHER = "other", N_("其他")


class Graduation(Public, Recorded, Base):
    """毕业: a firm graduates once. Three days are kept apart, and the verdict is frozen."""

    __tablename__ = "graduation"
    __table_args__ = (
        Index("uq_graduation_firm", "firm_id", unique=True),
        Index("ix_graduation_period", "period_year", "period_quarter"),
    )

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"), index=True)
    state: Mapped[GraduationState] = mapped_column(Code(GraduationState), index=True)
    #: 条件达成日, when it can be told
    eligible_on: Mapped[dt.date | None]
    #: 毕业日期
    graduated_on: Mapped[dt.date] = mapped_column(index=True)
    #: 计入报告期
    period_year: Mapped[int] = mapped_column(Integer)
    period_quarter: Mapped[int] = mapped_column(Integer)
    late: Mapped[bool] = mapped_column(default=False)
    destination: Mapped[Destination | None] = mapped_column(Code(Destination))
    #: clauses of the standard that were met, e.g. "9-2,9-3"
    basis: Mapped[str] = mapped_column(String(80), default="")
    standard_id: Mapped[int] = mapped_column(ForeignKey("standard.id"))
    #: the full findings as decided, canonical JSON, with the day, cut and catalogue version
    frozen: Mapped[str] = mapped_column(Text)
    frozen_hash: Mapped[str] = mapped_column(String(64))
    judged_on: Mapped[dt.date]
    cut: Mapped[int] = mapped_column(BigId)
    #: reason for going ahead where the outcome was not met
    override: Mapped[str | None] = mapped_column(String(200))
    reported_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reported_on: Mapped[dt.date]
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    checked_on: Mapped[dt.date | None]
    verified_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verified_on: Mapped[dt.date | None]
    return_code: Mapped[str | None] = mapped_column(String(24))
    return_note: Mapped[str | None] = mapped_column(String(200))

    firm: Mapped[Firm] = relationship()
    carrier: Mapped[Carrier] = relationship()
    standard: Mapped[Standard] = relationship()


class Push(Recorded, Base):
    """推送: a carrier shows a near-graduate to accelerators and parks on days [starts, ends)."""

    __tablename__ = "push"
    __table_args__ = (CheckConstraint("ends IS NULL OR ends > starts", name="days"),)

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"))
    starts: Mapped[dt.date]
    ends: Mapped[dt.date | None]


class Claim(Public, Recorded, Base):
    """承接意向 of an accelerator or park. Many may be open for a firm, one accepted at most."""

    __tablename__ = "claim"
    __table_args__ = (
        Index("ix_claim_carrier", "carrier_id", "state"),
        Index("ix_claim_firm", "firm_id", "state"),
        Index(
            "uq_claim_accepted",
            "firm_id",
            unique=True,
            sqlite_where=text("state = 'accepted'"),
            postgresql_where=text("state = 'accepted'"),
        ),
        Index(
            "uq_claim_live",
            "firm_id",
            "carrier_id",
            unique=True,
            sqlite_where=text("state IN ('open', 'accepted')"),
            postgresql_where=text("state IN ('open', 'accepted')"),
        ),
        Index("ix_claim_unit", "unit_id"),
        CheckConstraint(
            "(unit_id IS NULL) = (area_dm2 IS NULL AND desks IS NULL) "
            "AND (area_dm2 IS NULL OR desks IS NULL)",
            name="room",
        ),
        CheckConstraint("area_dm2 IS NULL OR area_dm2 > 0", name="room_area"),
        CheckConstraint("desks IS NULL OR desks > 0", name="room_desks"),
        CheckConstraint("reserved_from IS NULL OR unit_id IS NOT NULL", name="reserved"),
    )

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"))
    state: Mapped[ClaimState] = mapped_column(Code(ClaimState))
    #: form token: the same press twice makes one claim
    token: Mapped[str] = mapped_column(String(40), unique=True)
    opened_on: Mapped[dt.date]
    #: last day of the 跟进期; an open claim past it has lapsed
    follow_until: Mapped[dt.date]
    renewals: Mapped[int] = mapped_column(Integer, default=0)
    planned_on: Mapped[dt.date | None]
    area_m2: Mapped[int | None] = mapped_column(Integer)
    #: the room that is meant, with how much of it: square decimetres, or desks
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    area_dm2: Mapped[int | None] = mapped_column(Integer)
    desks: Mapped[int | None] = mapped_column(Integer)
    #: from which day the room is kept for the firm, as long as the claim is accepted; None once
    #: the firm has moved in
    reserved_from: Mapped[dt.date | None]
    message: Mapped[str | None] = mapped_column(Text)
    accepted_on: Mapped[dt.date | None]
    #: who recorded the firm's choice: its carrier, or the park with the firm's letter
    chosen_by: Mapped[str | None] = mapped_column(String(12))
    #: the firm's letter, where the park recorded the choice
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    ended_on: Mapped[dt.date | None]
    end_reason: Mapped[str | None] = mapped_column(String(24))
    end_note: Mapped[str | None] = mapped_column(String(200))

    firm: Mapped[Firm] = relationship()
    carrier: Mapped[Carrier] = relationship()
    letter: Mapped[Evidence | None] = relationship()
    unit: Mapped[Unit | None] = relationship()

    @property
    def room(self) -> int | None:
        """How much of the unit is meant: desks, or square decimetres; None without a unit."""
        return self.area_dm2 if self.desks is None else self.desks


class ClaimStep(Recorded, Base):
    """One follow-up of a claim (招商台账)."""

    __tablename__ = "claim_step"

    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    step: Mapped[ClaimStepKind] = mapped_column(Code(ClaimStepKind))
    day: Mapped[dt.date]
    note: Mapped[str | None] = mapped_column(String(200))
    next_on: Mapped[dt.date | None] = mapped_column(index=True)


class TransferRequest(Public, Recorded, Base):
    """申请转入: a carrier asks for a firm that another one holds."""

    __tablename__ = "transfer_request"

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"), index=True)
    state: Mapped[TransferState] = mapped_column(Code(TransferState))
    asked_on: Mapped[dt.date]
    due_on: Mapped[dt.date]
    wanted_on: Mapped[dt.date]
    note: Mapped[str | None] = mapped_column(String(200))
    answer: Mapped[str | None] = mapped_column(String(200))
    answered_on: Mapped[dt.date | None]
    #: why it ended by itself
    end_reason: Mapped[str | None] = mapped_column(String(24))

    firm: Mapped[Firm] = relationship()
    from_carrier: Mapped[Carrier] = relationship(foreign_keys=[from_id])
    to_carrier: Mapped[Carrier] = relationship(foreign_keys=[to_id])


class ApplicationRound(Public, Recorded, Base):
    """申报批次: a batch of a year in which firms apply under a rule, with its last days."""

    __tablename__ = "application_round"
    __table_args__ = (
        Index("uq_application_round", "rule", "year", "batch", "kind", unique=True),
        #: what an application repeats of its round
        Index("uq_application_round_year", "id", "rule", "year", unique=True),
        CheckConstraint("batch > 0", name="batch"),
        CheckConstraint("city_on IS NULL OR city_on >= district_on", name="days"),
    )

    rule: Mapped[str] = mapped_column(String(60))
    year: Mapped[int] = mapped_column(Integer)
    batch: Mapped[int] = mapped_column(Integer)
    kind: Mapped[RoundKind] = mapped_column(Code(RoundKind))
    #: 区级截止日: the last day on which a firm can hand in at the district
    district_on: Mapped[dt.date] = mapped_column(index=True)
    #: 市级截止日: the last day on which the district can recommend
    city_on: Mapped[dt.date | None]
    notice_number: Mapped[str | None] = mapped_column(String(60))
    notice_name: Mapped[str | None] = mapped_column(String(160))
    notice_on: Mapped[dt.date | None]

    @property
    def last_day(self) -> dt.date:
        """The last day on which anything can still be handed in."""
        return self.city_on or self.district_on


class Application(Public, Recorded, Base):
    """A firm in a round. One a firm, rule and year, by constraint.

    Each step keeps its own day. `rule` and `year` are those of the round, held equal by the key.
    """

    __tablename__ = "application"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "rule", "year"],
            ["application_round.id", "application_round.rule", "application_round.year"],
        ),
        Index("uq_application_year", "firm_id", "rule", "year", unique=True),
        Index("uq_application_milestone", "milestone_id", unique=True),
        Index("ix_application_round", "round_id", "state"),
        CheckConstraint("state <> 'filed' OR filed_on IS NOT NULL", name="filed"),
        CheckConstraint("state <> 'recommended' OR recommended_on IS NOT NULL", name="recommended"),
        CheckConstraint("state <> 'announced' OR announced_on IS NOT NULL", name="announced"),
        CheckConstraint(
            "(state = 'recognised') = (recognised_on IS NOT NULL) "
            "AND (state = 'recognised') = (milestone_id IS NOT NULL)",
            name="recognised",
        ),
        CheckConstraint(
            "(state = 'failed') = (failed_on IS NOT NULL) "
            "AND (state = 'failed') = (fail_code IS NOT NULL)",
            name="failed",
        ),
    )

    round_id: Mapped[int] = mapped_column(BigId)
    rule: Mapped[str] = mapped_column(String(60))
    year: Mapped[int] = mapped_column(Integer)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    #: who put the firm on the list
    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"), index=True)
    state: Mapped[ApplicationState] = mapped_column(Code(ApplicationState))
    planned_on: Mapped[dt.date]
    filed_on: Mapped[dt.date | None]
    recommended_on: Mapped[dt.date | None]
    announced_on: Mapped[dt.date | None]
    recognised_on: Mapped[dt.date | None]
    failed_on: Mapped[dt.date | None]
    fail_code: Mapped[FailReason | None] = mapped_column(Code(FailReason))
    fail_note: Mapped[str | None] = mapped_column(String(200))
    #: the recognition that came of it
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"))
    #: whether that entry was made here; one that was there before is only linked
    made: Mapped[bool] = mapped_column(default=False)

    round: Mapped[ApplicationRound] = relationship()
    firm: Mapped[Firm] = relationship()
    carrier: Mapped[Carrier] = relationship()
    milestone: Mapped[Milestone | None] = relationship()
