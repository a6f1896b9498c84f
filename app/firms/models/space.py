"""使用: which firm uses how much of which unit on which days."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.carriers.models import Unit
from app.core.db import Base, Public, Recorded
from app.firms.models.register import Firm


class Occupancy(Public, Recorded, Base):
    """使用: a firm has an area or desks of a unit on days [starts, ends); future days reserve it.

    What is in use of a unit never exceeds it on any day, by constraint (`room_occupancy`). A
    `tied` one belongs to the firm's stay at the carrier: `ends` is then the earlier of `own_ends`,
    the day that was entered, and the end of the stay, and follows when that moves.
    """

    __tablename__ = "occupancy"
    __table_args__ = (
        CheckConstraint("ends IS NULL OR ends > starts", name="days"),
        CheckConstraint("own_ends IS NULL OR (ends IS NOT NULL AND ends <= own_ends)", name="own"),
        CheckConstraint("tied OR ends IS NULL OR own_ends IS NOT NULL", name="loose"),
        CheckConstraint("(area_dm2 IS NULL) <> (desks IS NULL)", name="measure"),
        CheckConstraint("area_dm2 IS NULL OR area_dm2 > 0", name="area"),
        CheckConstraint("desks IS NULL OR desks > 0", name="desks"),
        Index("ix_occupancy_unit_days", "unit_id", "starts"),
        Index("ix_occupancy_firm_days", "firm_id", "starts"),
    )

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    area_dm2: Mapped[int | None] = mapped_column(Integer)
    desks: Mapped[int | None] = mapped_column(Integer)
    starts: Mapped[dt.date]
    ends: Mapped[dt.date | None]
    own_ends: Mapped[dt.date | None]
    tied: Mapped[bool]
    #: 租期至: the last day of the lease; the firm may stay on after it
    lease_ends: Mapped[dt.date | None]
    remark: Mapped[str | None] = mapped_column(String(200))

    firm: Mapped[Firm] = relationship()
    unit: Mapped[Unit] = relationship()

    @property
    def amount(self) -> int:
        """Desks, or square decimetres."""
        held = self.area_dm2 if self.desks is None else self.desks
        assert held is not None
        return held

    def touches(self) -> set[tuple[str, int]]:
        """No rule asks for occupancies, so nothing is judged again."""
        return set()
