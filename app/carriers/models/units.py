"""房源: what a carrier lets, room by room, and when it does not offer it.

Areas are whole square decimetres (0.01 ㎡): that is how a property certificate and a lease state
them, the parts of a unit that is split add up to it exactly, and a sheet comes back as it went
out. Pages say ㎡.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.carriers.models.register import Carrier, Site
from app.core.db import Base, Code, Codes, Fen, Public, Recorded
from app.core.text import N_, Coded

#: square decimetres in a square metre
DM2 = 100


class UnitUse(Coded):
    """What a unit may be used for, and what a firm needs one for."""

    OFFICE = "office", N_("办公")
    RESEARCH = "research", N_("研发")
    PILOT = "pilot", N_("中试")
    GMP = "gmp", N_("GMP 生产")
    CLEAN = "clean", N_("洁净")
    PRODUCTION = "production", N_("一般生产")


class Exhaust(Coded):
    """排风: what leaves the unit, in rising order."""

    NONE = "none", N_("无专用排风")
    GENERAL = "general", N_("一般排风")
    PROCESS = "process", N_("工艺排风（可接废气处理）")


class Clean(Coded):
    """洁净等级 as offices name it, cleanest last."""

    C300K = "c300k", N_("三十万级")
    C100K = "c100k", N_("十万级")
    C10K = "c10k", N_("万级")
    C1K = "c1k", N_("千级")
    C100 = "c100", N_("百级")


class HoldKind(Coded):
    """Why a unit is not on the market on some days."""

    WITHHELD = "withheld", N_("暂不出租")
    WORKS = "works", N_("施工中")


class UnitEnd(Coded):
    """Why a unit is no more."""

    SPLIT = "split", N_("拆分为多间")
    MERGED = "merged", N_("合并为一间")
    GIVEN_UP = "given_up", N_("退出经营")


class Unit(Public, Recorded, Base):
    """房源: a room, or an open space let by desks, that exists on days [starts, ends).

    Who uses it, since when it is vacant and from when it is free follow from its occupancies and
    are never typed. With `desks` it is let by desks alone, otherwise by area.
    """

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint("ends IS NULL OR ends > starts", name="days"),
        CheckConstraint("(ends IS NULL) = (end_reason IS NULL)", name="ended"),
        CheckConstraint("area_dm2 > 0 AND area_dm2 <= 1000000000", name="area"),
        CheckConstraint("desks IS NULL OR (desks > 0 AND desks <= 100000)", name="desks"),
        Index(
            "uq_unit_number", "site_id", "building", "floor", "number",
            unique=True,
            sqlite_where=text("ends IS NULL"),
            postgresql_where=text("ends IS NULL"),
        ),
        Index("ix_unit_carrier_days", "carrier_id", "starts"),
    )  # fmt: skip

    carrier_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    #: "" where a site is one building
    building: Mapped[str] = mapped_column(String(40), default="")
    #: order of the floors, from below; 1 is the ground floor, -1 the first below it
    floor: Mapped[int] = mapped_column(Integer)
    #: as written on the door where it is not the number ("M", "3A")
    floor_label: Mapped[str | None] = mapped_column(String(12))
    number: Mapped[str] = mapped_column(String(24))
    uses: Mapped[tuple[UnitUse, ...]] = mapped_column(Codes(UnitUse), default=())
    #: 环评: the uses that the environmental approval of the unit covers
    approved: Mapped[tuple[UnitUse, ...]] = mapped_column(Codes(UnitUse), default=())
    area_dm2: Mapped[int] = mapped_column(Integer)
    desks: Mapped[int | None] = mapped_column(Integer)
    #: 层高, clear height in mm
    height_mm: Mapped[int | None] = mapped_column(Integer)
    #: 承重, live load of the floor in kg/㎡
    load_kg: Mapped[int | None] = mapped_column(Integer)
    #: 供电, capacity in kW
    power_kw: Mapped[int | None] = mapped_column(Integer)
    exhaust: Mapped[Exhaust | None] = mapped_column(Code(Exhaust))
    clean: Mapped[Clean | None] = mapped_column(Code(Clean))
    #: asked for: fen per ㎡ and day, of a unit let by desks fen per desk and month
    rent: Mapped[int | None] = mapped_column(Fen())
    starts: Mapped[dt.date]
    ends: Mapped[dt.date | None]
    end_reason: Mapped[UnitEnd | None] = mapped_column(Code(UnitEnd))
    remark: Mapped[str | None] = mapped_column(String(200))

    carrier: Mapped[Carrier] = relationship()
    site: Mapped[Site] = relationship()

    @property
    def total(self) -> int:
        """What can be let of it: desks where it is let by desks, else square decimetres."""
        return self.area_dm2 if self.desks is None else self.desks

    def touches(self) -> set[tuple[str, int]]:
        """No rule asks for units, so nothing is judged again."""
        return set()


class UnitHold(Recorded, Base):
    """Days [starts, ends) on which a unit is not on the market, with the reason."""

    __tablename__ = "unit_hold"
    __table_args__ = (CheckConstraint("ends IS NULL OR ends > starts", name="days"),)

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[HoldKind] = mapped_column(Code(HoldKind))
    starts: Mapped[dt.date]
    ends: Mapped[dt.date | None]
    reason: Mapped[str | None] = mapped_column(String(200))


class UnitLink(Recorded, Base):
    """A unit came out of another by splitting or merging on a day."""

    __tablename__ = "unit_link"
    __table_args__ = (Index("uq_unit_link", "from_id", "to_id", unique=True),)

    from_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    day: Mapped[dt.date]
