"""空间需求: what room a firm looks for, and how its search ended."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.carriers.models import Carrier, Clean, Exhaust, UnitUse
from app.core.db import Base, Code, CodeList, Codes, Fen, Public, Recorded
from app.core.text import N_, Coded
from app.firms.models.register import Firm

#: code among regions: any of them will do
ANYWHERE = "any"


#: what a firm is asked for, in the order of the form
SAID = (
    "area_low", "area_high", "uses", "needed_by", "regions", "rent_most", "load_kg", "height_mm",
    "power_kw", "exhaust", "clean", "assessment", "talents", "talent_note", "finance",
    "finance_note", "remark",
)  # fmt: skip


class DemandState(Coded):
    """How far the search has come."""

    OPEN = "open", N_("寻找中")
    MET = "met", N_("已解决")
    GIVEN_UP = "given_up", N_("已放弃")


class DemandEnd(Coded):
    """Why a search ended. The first three met the need."""

    LANDED = "landed", N_("落地园区或加速器")
    EXPANDED = "expanded", N_("原址续租或扩租")
    ELSEWHERE = "elsewhere", N_("租用区内楼宇或自建")
    PLAN = "plan", N_("扩张计划取消")
    MONEY = "money", N_("资金不到位")
    LEFT_DISTRICT = "left_district", N_("迁往区外")
    CLOSED = "closed", N_("企业停业")
    OTHER = "other", N_("其他")

    @property
    def met(self) -> bool:
        """Whether the firm found its room."""
        return self in (DemandEnd.LANDED, DemandEnd.EXPANDED, DemandEnd.ELSEWHERE)


class Demand(Public, Recorded, Base):
    """One search for room by a firm; one at a time is open, whoever hosts it meanwhile.

    What nobody has said is None and is never read as "none needed": a load of 0 says so.
    """

    __tablename__ = "demand"
    __table_args__ = (
        Index(
            "uq_demand_open",
            "firm_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_demand_firm", "firm_id", "opened_on"),
        CheckConstraint("area_low > 0 AND area_high >= area_low", name="area"),
        CheckConstraint(
            "(state = 'open') = (closed_on IS NULL) AND (state = 'open') = (end_reason IS NULL)",
            name="ended",
        ),
        CheckConstraint("uses <> ''", name="uses"),
        CheckConstraint("closed_on IS NULL OR closed_on >= opened_on", name="days"),
        CheckConstraint("met_at_id IS NULL OR state = 'met'", name="met_at"),
        CheckConstraint(
            "COALESCE(load_kg, 0) >= 0 AND COALESCE(height_mm, 0) >= 0 "
            "AND COALESCE(power_kw, 0) >= 0 AND COALESCE(talents, 0) >= 0",
            name="loads",
        ),
    )

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    state: Mapped[DemandState] = mapped_column(Code(DemandState))
    #: first said, and last confirmed by the firm
    opened_on: Mapped[dt.date]
    checked_on: Mapped[dt.date]
    #: ㎡, both ends included
    area_low: Mapped[int] = mapped_column(Integer)
    area_high: Mapped[int] = mapped_column(Integer)
    #: at least one
    uses: Mapped[tuple[UnitUse, ...]] = mapped_column(Codes(UnitUse))
    #: the last day on which it can still move in
    needed_by: Mapped[dt.date]
    #: codes of list `area`, or ANYWHERE
    regions: Mapped[tuple[str, ...] | None] = mapped_column(CodeList(200))
    #: the most it pays, in fen per ㎡ and day
    rent_most: Mapped[int | None] = mapped_column(Fen())
    #: kg/㎡, mm of clear height, kW; 0: no requirement
    load_kg: Mapped[int | None] = mapped_column(Integer)
    height_mm: Mapped[int | None] = mapped_column(Integer)
    power_kw: Mapped[int | None] = mapped_column(Integer)
    #: at least
    exhaust: Mapped[Exhaust | None] = mapped_column(Code(Exhaust))
    clean: Mapped[Clean | None] = mapped_column(Code(Clean))
    #: the project needs an environmental assessment (环评报告书或报告表)
    assessment: Mapped[bool | None]
    #: 人才需求: people to be found, and of what kind
    talents: Mapped[int | None] = mapped_column(Integer)
    talent_note: Mapped[str | None] = mapped_column(String(200))
    #: 融资需求
    finance: Mapped[int | None] = mapped_column(Fen())
    finance_note: Mapped[str | None] = mapped_column(String(200))
    remark: Mapped[str | None] = mapped_column(Text)
    closed_on: Mapped[dt.date | None]
    end_reason: Mapped[DemandEnd | None] = mapped_column(Code(DemandEnd))
    end_note: Mapped[str | None] = mapped_column(String(200))
    #: where it landed
    met_at_id: Mapped[int | None] = mapped_column(ForeignKey("carrier.id"), index=True)

    firm: Mapped[Firm] = relationship()
    met_at: Mapped[Carrier | None] = relationship()
