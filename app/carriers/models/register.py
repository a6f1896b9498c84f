"""Operators, carriers, their sites, status, levels, figures and returns."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation
from app.core.db import Base, Code, Fen, Instant, Public, Recorded
from app.core.statements import Statement, in_order
from app.core.text import N_, Coded

INCUBATOR, ACCELERATOR, PARK = 1, 2, 3
#: tier → its words
TIER_WORDS = {INCUBATOR: N_("孵化器"), ACCELERATOR: N_("加速器"), PARK: N_("特色产业园区")}


class CarrierType(Coded):
    """Sub-types of carriers. The tier is a column of its own, so that new types need no code."""

    MAKER_SPACE = "maker_space", N_("众创空间")
    INCUBATOR = "incubator", N_("科技企业孵化器")
    SCIENCE_PARK = "science_park", N_("大学科技园")
    GOI = "goi", N_("大企业开放创新中心")
    ACCELERATOR = "accelerator", N_("科技企业加速器")
    PARK = "park", N_("特色产业园区")


class StatusAct(Coded):
    """Acts on a carrier's registration, from which the number of registered carriers is counted."""

    REGISTERED = "registered", N_("登记")
    CHANGED = "changed", N_("变更")
    SUSPENDED = "suspended", N_("暂停")
    RESUMED = "resumed", N_("恢复")
    WITHDRAWN = "withdrawn", N_("取消")
    CLOSED = "closed", N_("注销")


class Level(Coded):
    """Titles a carrier holds."""

    NATIONAL = "national", N_("国家级")
    MUNICIPAL = "municipal", N_("市级")
    DISTRICT = "district", N_("区级")
    STANDARD = "standard", N_("标准级")
    EXCELLENT = "excellent", N_("卓越级")
    PEAK = "peak", N_("高峰")
    PLATEAU = "plateau", N_("高原")


class Source(Coded):
    """Where a figure comes from, in rising order of precedence."""

    EXPRESS = "express", N_("快报")
    AUDIT = "audit", N_("审计")
    SETTLEMENT = "settlement", N_("汇算清缴")
    HNTE_REPORT = "hnte_report", N_("高企年报")


class Verification(Coded):
    """Who has confirmed an entry, in rising order of trust."""

    SELF = "self", N_("企业自报")
    CARRIER = "carrier", N_("载体已审")
    DISTRICT = "district", N_("区级已核")
    LIST = "list", N_("名单比对")


class ReturnState(Coded):
    """States of a return."""

    DRAFT = "draft", N_("填报中")
    SUBMITTED = "submitted", N_("已报")
    CHECKED = "checked", N_("已初核")
    VERIFIED = "verified", N_("已核定")
    RETURNED = "returned", N_("已退回")


class Operator(Public, Recorded, Base):
    """运营主体: the legal person that runs carriers."""

    __tablename__ = "operator"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    code: Mapped[str | None] = mapped_column(String(18), index=True)

    organisation: Mapped[Organisation] = relationship()


class Carrier(Public, Recorded, Base):
    """载体: an incubator (tier 1), accelerator (2) or park (3)."""

    __tablename__ = "carrier"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), unique=True)
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"), index=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    short_name: Mapped[str] = mapped_column(String(40))
    sort_key: Mapped[str] = mapped_column(String(200), index=True)
    tier: Mapped[int] = mapped_column(Integer, index=True)
    type: Mapped[CarrierType] = mapped_column(Code(CarrierType), index=True)
    founded_on: Mapped[dt.date | None]
    area_m2: Mapped[int | None] = mapped_column(Integer)
    incubating_m2: Mapped[int | None] = mapped_column(Integer)
    land_ha: Mapped[int | None] = mapped_column(Integer)
    #: 承载能力: firms it can hold at one time, as it states itself; None where it states none
    capacity: Mapped[int | None] = mapped_column(Integer)
    #: the former single predecessor; read and written by nothing since `carrier_succession`, kept
    #: because the digests of the audit cover what was entered (decision 0037)
    predecessor_id: Mapped[int | None] = mapped_column(ForeignKey("carrier.id"))
    host_id: Mapped[int | None] = mapped_column(ForeignKey("carrier.id"))
    remark: Mapped[str | None] = mapped_column(Text)

    operator: Mapped[Operator] = relationship()
    organisation: Mapped[Organisation] = relationship()


class CarrierSector(Recorded, Base):
    """A lead sector of a carrier (list `sector`); the first position is its declared speciality."""

    __tablename__ = "carrier_sector"
    __table_args__ = (Index("uq_carrier_sector", "carrier_id", "sector", unique=True),)

    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"))
    sector: Mapped[str] = mapped_column(String(24))
    position: Mapped[int] = mapped_column(Integer, default=0)


class CarrierStatus(Recorded, Base):
    """One act on a carrier's registration with its document number (文号) and batch."""

    __tablename__ = "carrier_status"
    __table_args__ = (Index("uq_carrier_status_day", "carrier_id", "day", "act", unique=True),)

    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"), index=True)
    act: Mapped[StatusAct] = mapped_column(Code(StatusAct))
    day: Mapped[dt.date] = mapped_column(index=True)
    document: Mapped[str | None] = mapped_column(String(80))
    batch: Mapped[str | None] = mapped_column(String(40))
    remark: Mapped[str | None] = mapped_column(String(200))


class CarrierTitle(Recorded, Base):
    """A level held on days [starts, ends)."""

    __tablename__ = "carrier_title"
    __table_args__ = (CheckConstraint("ends IS NULL OR ends > starts", name="days"),)

    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"), index=True)
    level: Mapped[Level] = mapped_column(Code(Level))
    starts: Mapped[dt.date]
    ends: Mapped[dt.date | None]
    document: Mapped[str | None] = mapped_column(String(80))


class Site(Public, Recorded, Base):
    """场地: a place where a carrier works, with 街镇 and 片区 codes. A park's blocks are sites."""

    __tablename__ = "site"
    __table_args__ = (CheckConstraint("ends IS NULL OR ends > starts", name="days"),)

    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(200))
    town: Mapped[str | None] = mapped_column(String(24), index=True)
    area: Mapped[str | None] = mapped_column(String(24), index=True)
    area_m2: Mapped[int | None] = mapped_column(Integer)
    starts: Mapped[dt.date]
    ends: Mapped[dt.date | None]


class CarrierFigures(Recorded, Base):
    """A carrier's own figures of a period. Money in fen; quarters are January to quarter end."""

    __tablename__ = "carrier_figures"
    __table_args__ = (
        Index("uq_carrier_figures", "carrier_id", "year", "quarter", "source", unique=True),
        CheckConstraint("quarter >= 0 AND quarter <= 4", name="quarter"),
    )

    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"))
    year: Mapped[int] = mapped_column(Integer)
    quarter: Mapped[int] = mapped_column(Integer, default=0)
    source: Mapped[Source] = mapped_column(Code(Source))
    verification: Mapped[Verification] = mapped_column(Code(Verification))
    total_income: Mapped[int | None] = mapped_column(Fen())
    service_income: Mapped[int | None] = mapped_column(Fen())
    property_income: Mapped[int | None] = mapped_column(Fen())
    investment_income: Mapped[int | None] = mapped_column(Fen())
    other_income: Mapped[int | None] = mapped_column(Fen())
    net_profit: Mapped[int | None] = mapped_column(Fen(signed=True))
    tax_paid: Mapped[int | None] = mapped_column(Fen())
    fund_total: Mapped[int | None] = mapped_column(Fen())
    grants: Mapped[int | None] = mapped_column(Fen())
    fixed_assets: Mapped[int | None] = mapped_column(Fen())
    staff: Mapped[int | None] = mapped_column(Integer)
    staff_professional: Mapped[int | None] = mapped_column(Integer)
    mentors: Mapped[int | None] = mapped_column(Integer)
    events: Mapped[int | None] = mapped_column(Integer)


class CarrierStated(Statement, Recorded, Base):
    """自述数据 of a carrier: what only it can say, as low and high, with the days it holds."""

    __tablename__ = "carrier_stated"
    __table_args__ = (
        Index("uq_carrier_stated", "carrier_id", "key", "day", unique=True),
        *in_order(),
    )

    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"))
    verification: Mapped[Verification] = mapped_column(Code(Verification))


class Return(Public, Recorded, Base):
    """报表: a carrier's figures of a period with its 填报承诺, submitted, checked, verified."""

    __tablename__ = "carrier_return"
    __table_args__ = (Index("uq_carrier_return", "carrier_id", "year", "quarter", unique=True),)

    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"), index=True)
    year: Mapped[int] = mapped_column(Integer)
    quarter: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[ReturnState] = mapped_column(Code(ReturnState), index=True)
    due_on: Mapped[dt.date]
    promised: Mapped[bool] = mapped_column(default=False)
    submitted_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: None also for one checked before its day was kept
    checked_on: Mapped[dt.date | None]
    verified_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verified_on: Mapped[dt.date | None]
    reason: Mapped[str | None] = mapped_column(String(200))
    #: 勾稽说明: why figures that do not agree are right
    explained: Mapped[str | None] = mapped_column(String(300))

    carrier: Mapped[Carrier] = relationship()


class ReturnReminder(Recorded, Base):
    """催报: on a day the carrier was reminded of a return that had not been filed."""

    __tablename__ = "return_reminder"
    __table_args__ = (Index("uq_return_reminder", "return_id", "day", unique=True),)

    return_id: Mapped[int] = mapped_column(ForeignKey("carrier_return.id"))
    day: Mapped[dt.date]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class ClosedPeriod(Recorded, Base):
    """A reporting period that is closed; what comes later counts in the current one as 补报."""

    __tablename__ = "closed_period"
    __table_args__ = (Index("uq_closed_period", "year", "quarter", unique=True),)

    year: Mapped[int] = mapped_column(Integer)
    quarter: Mapped[int] = mapped_column(Integer)
    closed_on: Mapped[dt.date]
