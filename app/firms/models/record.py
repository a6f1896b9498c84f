"""What happened to a firm and what it reported: milestones, figures, attestations, evidence."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.carriers.models import Source, Verification
from app.core.db import Base, Code, Fen, Instant, Public, Recorded
from app.core.statements import Statement, in_order
from app.firms.models.register import Firm
from app.firms.models.words import (
    AwardLevel,
    DealKind,
    IncidentKind,
    InvestorKind,
    IpObtained,
    IpType,
    MilestoneKind,
    MoneyState,
    Title,
)


class Milestone(Public, Recorded, Base):
    """里程碑: what happened on a day. One table, typed columns, a CHECK per kind."""

    __tablename__ = "milestone"
    __table_args__ = (
        Index("ix_milestone_firm", "firm_id", "kind", "day"),
        Index("ix_milestone_number", "number"),
        Index(
            "uq_milestone_ip",
            "firm_id",
            "number",
            unique=True,
            sqlite_where=text("kind = 'ip' AND number IS NOT NULL"),
            postgresql_where=text("kind = 'ip' AND number IS NOT NULL"),
        ),
        CheckConstraint("kind <> 'financing' OR money_state IS NOT NULL", name="financing"),
        CheckConstraint("kind = 'financing' OR investor IS NULL", name="investor"),
        CheckConstraint(
            "money_state IS NULL OR money_state <> 'received' OR received_on IS NOT NULL",
            name="received",
        ),
        CheckConstraint("kind <> 'ip' OR ip_type IS NOT NULL", name="ip"),
        CheckConstraint(
            "kind <> 'recognition' OR (title IS NOT NULL AND (announced_on IS NOT NULL "
            "OR filed_on IS NOT NULL OR issued_on IS NOT NULL))",
            name="recognition",
        ),
        CheckConstraint("kind <> 'deal' OR deal IS NOT NULL", name="deal"),
        CheckConstraint("kind <> 'award' OR level IS NOT NULL", name="award"),
        CheckConstraint("kind <> 'institution' OR level IS NOT NULL", name="institution"),
        CheckConstraint("kind <> 'standard' OR level IS NOT NULL", name="standard"),
        CheckConstraint("kind <> 'incident' OR incident IS NOT NULL", name="incident"),
        CheckConstraint("kind <> 'other' OR name IS NOT NULL", name="other"),
    )

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    kind: Mapped[MilestoneKind] = mapped_column(Code(MilestoneKind))
    day: Mapped[dt.date] = mapped_column(index=True)
    #: name of the round, patent, award, project …
    name: Mapped[str | None] = mapped_column(String(160))
    #: patent, certificate or document number
    number: Mapped[str | None] = mapped_column(String(60))
    verification: Mapped[Verification] = mapped_column(Code(Verification))
    remark: Mapped[str | None] = mapped_column(Text)

    # financing; amount in fen at the recorded rate, None when not known
    investor: Mapped[InvestorKind | None] = mapped_column(Code(InvestorKind))
    investor_name: Mapped[str | None] = mapped_column(String(120))
    money_state: Mapped[MoneyState | None] = mapped_column(Code(MoneyState))
    amount: Mapped[int | None] = mapped_column(Fen())
    received_on: Mapped[dt.date | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    #: original amount in hundredths of the currency
    original: Mapped[int | None] = mapped_column(BigInteger)
    #: CNY for 1,000,000 units of the currency
    rate: Mapped[int | None] = mapped_column(BigInteger)
    rate_on: Mapped[dt.date | None]
    #: money reached the mainland firm; False: only the offshore parent; None: not known
    onshore: Mapped[bool | None]

    # intellectual property
    ip_type: Mapped[IpType | None] = mapped_column(Code(IpType))
    obtained: Mapped[IpObtained | None] = mapped_column(Code(IpObtained))
    obtained_on: Mapped[dt.date | None]
    applied_on: Mapped[dt.date | None]
    granted_on: Mapped[dt.date | None]
    #: related to the main product; None when not said
    related: Mapped[bool | None]
    #: a class-II item already used in an earlier successful HNTE application
    used_before: Mapped[bool | None]

    # recognition: one record with its states
    title: Mapped[Title | None] = mapped_column(Code(Title))
    announced_on: Mapped[dt.date | None]
    filed_on: Mapped[dt.date | None]
    issued_on: Mapped[dt.date | None]
    expires_on: Mapped[dt.date | None]
    #: the certificate was issued anew in the firm's new name
    reissued_on: Mapped[dt.date | None]
    revoked_on: Mapped[dt.date | None]

    # deal, award, institution, standard, incident
    deal: Mapped[DealKind | None] = mapped_column(Code(DealKind))
    level: Mapped[AwardLevel | None] = mapped_column(Code(AwardLevel))
    rank: Mapped[int | None] = mapped_column(Integer)
    incident: Mapped[IncidentKind | None] = mapped_column(Code(IncidentKind))
    serious: Mapped[bool | None]
    ended_on: Mapped[dt.date | None]

    firm: Mapped[Firm] = relationship()


class Figures(Recorded, Base):
    """填报数据: one wide row per firm, period and source. Money in fen, heads in 24ths.

    `quarter` 0 is the year; 1 to 4 are cumulative from 1 January to the quarter's end.
    """

    __tablename__ = "figures"
    __table_args__ = (
        Index("uq_figures", "firm_id", "year", "quarter", "source", unique=True),
        CheckConstraint("quarter >= 0 AND quarter <= 4", name="quarter"),
    )

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    year: Mapped[int] = mapped_column(Integer)
    quarter: Mapped[int] = mapped_column(Integer, default=0)
    source: Mapped[Source] = mapped_column(Code(Source))
    verification: Mapped[Verification] = mapped_column(Code(Verification))
    revenue: Mapped[int | None] = mapped_column(Fen())
    main_revenue: Mapped[int | None] = mapped_column(Fen())
    hitech_revenue: Mapped[int | None] = mapped_column(Fen())
    total_income: Mapped[int | None] = mapped_column(Fen())
    cost_expenses: Mapped[int | None] = mapped_column(Fen())
    net_profit: Mapped[int | None] = mapped_column(Fen(signed=True))
    tax_paid: Mapped[int | None] = mapped_column(Fen())
    #: 研发费用 by the three 口径: accounting, HNTE, extra deduction
    rd_accounting: Mapped[int | None] = mapped_column(Fen())
    rd_hnte: Mapped[int | None] = mapped_column(Fen())
    rd_deduction: Mapped[int | None] = mapped_column(Fen())
    rd_outsourced: Mapped[int | None] = mapped_column(Fen())
    rd_domestic: Mapped[int | None] = mapped_column(Fen())
    #: HNTE 口径: own work, and what was paid for contracted R&D before its 80 %
    rd_internal: Mapped[int | None] = mapped_column(Fen())
    rd_contracted: Mapped[int | None] = mapped_column(Fen())
    assets: Mapped[int | None] = mapped_column(Fen())
    liabilities: Mapped[int | None] = mapped_column(Fen())
    #: 从业人员, 社保人数, 科技人员, 研发人员: average of the period, in 24ths of a head
    staff: Mapped[int | None] = mapped_column(Integer)
    staff_insured: Mapped[int | None] = mapped_column(Integer)
    staff_tech: Mapped[int | None] = mapped_column(Integer)
    staff_rd: Mapped[int | None] = mapped_column(Integer)
    #: heads at the end of the period, in 24ths
    staff_end: Mapped[int | None] = mapped_column(Integer)
    staff_rd_end: Mapped[int | None] = mapped_column(Integer)
    #: results of research put to use in the year (科技成果转化), each counted once
    transformed: Mapped[int | None] = mapped_column(Integer)
    #: head counts taken from year-end numbers only
    staff_approximate: Mapped[bool] = mapped_column(default=False)
    #: why a figure looks unusual, in the words of who entered it
    remark: Mapped[str | None] = mapped_column(String(200))

    firm: Mapped[Firm] = relationship()


class Attestation(Recorded, Base):
    """填报承诺: what is recorded of a kind is complete on [starts, ends]; both days included.

    `starts` None: since the firm exists. `kind` None: all kinds.
    """

    __tablename__ = "attestation"
    __table_args__ = (
        Index("ix_attestation_firm", "firm_id", "kind", "ends"),
        CheckConstraint("starts IS NULL OR ends >= starts", name="days"),
    )

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    kind: Mapped[MilestoneKind | None] = mapped_column(Code(MilestoneKind))
    starts: Mapped[dt.date | None]
    ends: Mapped[dt.date]
    return_id: Mapped[int | None] = mapped_column(ForeignKey("carrier_return.id"), index=True)


class StatedFigure(Statement, Recorded, Base):
    """自述数据: what only the firm or an expert can say, as low and high, with its validity."""

    __tablename__ = "stated_figure"
    __table_args__ = (
        Index("uq_stated_figure", "firm_id", "key", "day", unique=True),
        *in_order(),
    )

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    verification: Mapped[Verification] = mapped_column(Code(Verification))


class Evidence(Public, Recorded, Base):
    """佐证材料: a stored file, found by its SHA-256 and authorised by this row alone."""

    __tablename__ = "evidence"

    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"), index=True)
    carrier_id: Mapped[int | None] = mapped_column(ForeignKey("carrier.id"), index=True)
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"), index=True)
    figures_id: Mapped[int | None] = mapped_column(ForeignKey("figures.id"), index=True)
    stated_id: Mapped[int | None] = mapped_column(ForeignKey("stated_figure.id"), index=True)
    carrier_stated_id: Mapped[int | None] = mapped_column(
        ForeignKey("carrier_stated.id"), index=True
    )
    return_id: Mapped[int | None] = mapped_column(ForeignKey("carrier_return.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(160))
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[dt.datetime] = mapped_column(Instant)
