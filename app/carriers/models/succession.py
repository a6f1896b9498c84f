"""前身与承接: which carrier goes on in which other one, since when and by what document."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.carriers.models.register import Carrier
from app.core.db import Base, Code, Recorded
from app.core.text import N_, Coded


class SuccessionKind(Coded):
    """How a carrier goes on in another."""

    MERGED = "merged", N_("合并")
    TAKEN_OVER = "taken_over", N_("承接")
    SET_UP = "set_up", N_("更名设立")


class CarrierSuccession(Recorded, Base):
    """From `day` on the successor stands for the predecessor; a merger has several of them.

    The service lets nobody close a circle. Rows that take the place of the former single column
    are written by the migration, in a revision of their own.
    """

    __tablename__ = "carrier_succession"
    __table_args__ = (
        Index("uq_carrier_succession", "predecessor_id", "successor_id", unique=True),
        CheckConstraint("predecessor_id <> successor_id", name="ends"),
    )

    predecessor_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"))
    successor_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"), index=True)
    kind: Mapped[SuccessionKind] = mapped_column(Code(SuccessionKind))
    day: Mapped[dt.date] = mapped_column(index=True)
    document: Mapped[str | None] = mapped_column(String(80))
    remark: Mapped[str | None] = mapped_column(String(200))

    predecessor: Mapped[Carrier] = relationship(foreign_keys=[predecessor_id])
    successor: Mapped[Carrier] = relationship(foreign_keys=[successor_id])

    def touches(self) -> set[tuple[str, int]]:
        """Both carriers."""
        return {("carrier", self.predecessor_id), ("carrier", self.successor_id)}
