"""The register: firms and teams, their names, links, places, tags and ties to carriers."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    case,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.carriers.models import Carrier, Site
from app.core.db import Base, Code, Public, Recorded
from app.core.text import N_, Coded


class FirmKind(Coded):
    """A team has no code yet and never counts as 在孵企业."""

    FIRM = "firm", N_("企业")
    TEAM = "team", N_("创业团队")


class LegalForm(Coded):
    """Legal forms that change what rules apply."""

    COMPANY = "company", N_("有限责任公司")
    JOINT_STOCK = "joint_stock", N_("股份有限公司")
    PARTNERSHIP = "partnership", N_("合伙企业")
    SOLE = "sole", N_("个人独资企业")
    BRANCH = "branch", N_("分公司")
    INDIVIDUAL = "individual", N_("个体工商户")
    NON_ENTERPRISE = "non_enterprise", N_("民办非企业单位")
    COOPERATIVE = "cooperative", N_("农民专业合作社")


class EconomicType(Coded):
    """经济类型."""

    PRIVATE = "private", N_("民营")
    STATE = "state", N_("国有")
    FOREIGN = "foreign", N_("外商投资")
    HMT = "hmt", N_("港澳台投资")
    MIXED = "mixed", N_("混合所有")


class PlaceKind(Coded):
    """Three dated places of a firm."""

    REGISTERED = "registered", N_("注册地")
    OPERATING = "operating", N_("经营地")
    TAX = "tax", N_("税收户管地")


class LinkKind(Coded):
    """承继: how one code follows another."""

    SUCCESSION = "succession", N_("迁入新设承继")
    CONVERSION = "conversion", N_("转企")
    SPLIT = "split", N_("分立")
    MERGER = "merger", N_("合并")


class ResidencyKind(Coded):
    """Kinds of tie between a firm and a carrier."""

    ON_SITE = "on_site", N_("实地")
    REGISTERED_ONLY = "registered_only", N_("仅注册")
    OFFICE_ONLY = "office_only", N_("仅办公")
    EMPOWERED = "empowered", N_("赋能")
    EXTENSION = "extension", N_("扩展场地")
    FIT_OUT = "fit_out", N_("装修期")
    GRADUATE_STAY = "graduate_stay", N_("毕业留驻")


class Route(Coded):
    """How a residency began."""

    ADMITTED = "admitted", N_("入孵")
    TRANSFERRED = "transferred", N_("转入")
    CLAIMED = "claimed", N_("承接落地")
    LANDED = "landed", N_("登记落地")
    DIRECT = "direct", N_("直接引进")
    STAYED = "stayed", N_("毕业留驻")


class Destination(Coded):
    """Where a firm went when it left."""

    ACCELERATOR = "accelerator", N_("加速器")
    PARK = "park", N_("特色产业园区")
    INCUBATOR = "incubator", N_("区内其他孵化器")
    BUILDING = "building", N_("区内楼宇或自建")
    CITY = "city", N_("市内他区")
    OUTSIDE = "outside", N_("市外")
    ABROAD = "abroad", N_("境外")
    ACQUIRED = "acquired", N_("被并购")
    DISSOLVED = "dissolved", N_("注销吊销")
    LOST = "lost", N_("失联")
    UNKNOWN = "unknown", N_("不明")


class LeaveReason(Coded):
    """Why a tie ended."""

    GRADUATED = "graduated", N_("毕业离园")
    NOT_GRADUATED = "not_graduated", N_("未毕业离园")
    OVER_LIMIT = "over_limit", N_("超期清退")
    CARRIER_CLOSED = "carrier_closed", N_("载体关停或合并")
    TRANSFER = "transfer", N_("载体间转移")
    DISSOLVED = "dissolved", N_("注销吊销")
    CORRECTED = "corrected", N_("登记更正")


class Firm(Public, Recorded, Base):
    """One firm per unified social credit code for life, or a team that has none yet."""

    __tablename__ = "firm"
    __table_args__ = (
        Index(
            "uq_firm_code",
            "code",
            unique=True,
            sqlite_where=text("merged_into_id IS NULL"),
            postgresql_where=text("merged_into_id IS NULL"),
        ),
        CheckConstraint("kind = 'team' OR code IS NOT NULL", name="has_code"),
        CheckConstraint("kind = 'firm' OR code IS NULL", name="team_no_code"),
    )

    kind: Mapped[FirmKind] = mapped_column(Code(FirmKind), index=True)
    #: of its own beside the unique one, which leaves out what was merged into another
    code: Mapped[str | None] = mapped_column(String(18), index=True)
    code_reason: Mapped[str | None] = mapped_column(String(200))
    old_code: Mapped[str | None] = mapped_column(String(18), index=True)
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(60))
    sort_key: Mapped[str] = mapped_column(String(240), index=True)
    leader: Mapped[str | None] = mapped_column(String(40))
    legal_form: Mapped[LegalForm | None] = mapped_column(Code(LegalForm))
    economic_type: Mapped[EconomicType | None] = mapped_column(Code(EconomicType))
    founded_on: Mapped[dt.date | None] = mapped_column(index=True)
    mainland: Mapped[bool] = mapped_column(default=True)
    #: code of list `sector` (the plan's eight areas)
    sector: Mapped[str | None] = mapped_column(String(24), index=True)
    #: code of list `field` (the eight HNTE fields)
    field: Mapped[str | None] = mapped_column(String(24))
    #: code of list `incubation_field`: the fields with a limit of 60 months
    incubation_field: Mapped[str | None] = mapped_column(String(24))
    #: code of list `industry` (national classification)
    industry: Mapped[str | None] = mapped_column(String(24))
    business: Mapped[str | None] = mapped_column(String(200))
    #: True, False, or unknown: main business is R&D, making or serving new technology (第八条)
    tech_business: Mapped[bool | None]
    #: True when in a banned, restricted or eliminated category (115号 第六条)
    banned_business: Mapped[bool | None]
    counted_only: Mapped[bool] = mapped_column(default=False)
    corporate_controlled: Mapped[bool | None]
    controller: Mapped[str | None] = mapped_column(String(80))
    listed: Mapped[bool | None]
    closed_on: Mapped[dt.date | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"), index=True)

    merged_into: Mapped[Firm | None] = relationship(remote_side="Firm.id")


class FirmName(Recorded, Base):
    """A name carried on days [starts, ends); the present one is `firm.name`."""

    __tablename__ = "firm_name"
    __table_args__ = (CheckConstraint("ends > starts", name="days"),)

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    starts: Mapped[dt.date]
    ends: Mapped[dt.date]


class FirmLink(Recorded, Base):
    """承继 between two codes; the official says whether clock and milestones pass on."""

    __tablename__ = "firm_link"
    __table_args__ = (Index("uq_firm_link", "from_id", "to_id", unique=True),)

    from_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    kind: Mapped[LinkKind] = mapped_column(Code(LinkKind))
    day: Mapped[dt.date]
    clock_passes: Mapped[bool] = mapped_column(default=False)
    milestones_pass: Mapped[bool] = mapped_column(default=False)

    def touches(self) -> set[tuple[str, int]]:
        """Both firms."""
        return {("firm", self.from_id), ("firm", self.to_id)}


class FirmTag(Recorded, Base):
    """Founder and team tags (list `founder_tag`)."""

    __tablename__ = "firm_tag"
    __table_args__ = (Index("uq_firm_tag", "firm_id", "tag", unique=True),)

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    tag: Mapped[str] = mapped_column(String(24))


class Place(Recorded, Base):
    """A firm's registered, operating or tax place on days [starts, ends)."""

    __tablename__ = "place"
    __table_args__ = (CheckConstraint("ends IS NULL OR ends > starts", name="days"),)

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    kind: Mapped[PlaceKind] = mapped_column(Code(PlaceKind))
    #: six-digit division; 310115 is Pudong
    district: Mapped[str] = mapped_column(String(6), index=True)
    town: Mapped[str | None] = mapped_column(String(24), index=True)
    area: Mapped[str | None] = mapped_column(String(24), index=True)
    address: Mapped[str | None] = mapped_column(String(200))
    starts: Mapped[dt.date]
    ends: Mapped[dt.date | None]


class Contact(Base):
    """A work contact. Off the clocks and erasable, as personal data must be."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    post: Mapped[str | None] = mapped_column(String(40))
    phone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(120))


class Consent(Recorded, Base):
    """The firm agrees that contact and demand are shown to parks, on days [starts, ends)."""

    __tablename__ = "consent"

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    starts: Mapped[dt.date]
    ends: Mapped[dt.date | None]


class Residency(Public, Recorded, Base):
    """入驻记录 on days [starts, ends). Exactly one a day counts (`counted`), by constraint."""

    __tablename__ = "residency"
    __table_args__ = (
        CheckConstraint("ends IS NULL OR ends > starts", name="days"),
        CheckConstraint("ends IS NOT NULL OR destination IS NULL", name="left"),
        Index("ix_residency_firm_days", "firm_id", "counted", "starts"),
        Index("ix_residency_carrier_days", "carrier_id", "counted", "starts"),
    )

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[ResidencyKind] = mapped_column(Code(ResidencyKind))
    counted: Mapped[bool]
    route: Mapped[Route] = mapped_column(Code(Route))
    starts: Mapped[dt.date]
    ends: Mapped[dt.date | None]
    area_m2: Mapped[int | None] = mapped_column(Integer)
    lease_ends: Mapped[dt.date | None]
    #: 孵化协议: day of signing; a graduation needs one
    agreement_on: Mapped[dt.date | None]
    #: 入孵日期 carried through transfers
    incubated_on: Mapped[dt.date | None]
    #: last day within the incubation limit, earlier stays counted; computed at each move
    limit_on: Mapped[dt.date | None] = mapped_column(index=True)
    extended_to: Mapped[dt.date | None]
    extension_reason: Mapped[str | None] = mapped_column(String(200))
    signed_on: Mapped[dt.date | None]
    registered_on: Mapped[dt.date | None]
    taxed_on: Mapped[dt.date | None]
    destination: Mapped[Destination | None] = mapped_column(Code(Destination))
    destination_id: Mapped[int | None] = mapped_column(ForeignKey("carrier.id"))
    leave_reason: Mapped[LeaveReason | None] = mapped_column(Code(LeaveReason))
    #: False while the former carrier has still to say 毕业 or 未毕业离园
    leave_confirmed: Mapped[bool] = mapped_column(default=True)
    remark: Mapped[str | None] = mapped_column(Text)

    firm: Mapped[Firm] = relationship()
    carrier: Mapped[Carrier] = relationship(foreign_keys=[carrier_id])
    site: Mapped[Site | None] = relationship()

    @hybrid_property
    def last_day(self) -> dt.date | None:
        """The last day within the incubation limit, with an extension; None without a limit."""
        return self.limit_on and max(self.limit_on, self.extended_to or self.limit_on)

    @last_day.inplace.expression
    @classmethod
    def _last_day(cls) -> ColumnElement[dt.date | None]:
        return case((cls.extended_to > cls.limit_on, cls.extended_to), else_=cls.limit_on)


class FirmSearch(Base):
    """Normalised search text of a firm: names, former names, codes, pinyin initials."""

    __tablename__ = "firm_search"

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
