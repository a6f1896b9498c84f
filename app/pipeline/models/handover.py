"""企业输送(移交)单: what a carrier hands on with a firm, frozen when it is sent."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.carriers.models import Carrier
from app.core.db import Base, BigId, Code, Numbered, Public, Recorded
from app.core.text import N_, Coded
from app.firms.models import Firm


class HandoverState(Coded):
    """How far a sheet is. It holds back nothing, whatever its state."""

    SENT = "sent", N_("待接收方确认")
    CONFIRMED = "confirmed", N_("已确认")
    REMARKED = "remarked", N_("已确认，有说明")
    REPLACED = "replaced", N_("已由新单替代")
    WITHDRAWN = "withdrawn", N_("已撤回")


_STANDS = "state IN ('sent', 'confirmed', 'remarked')"


class Handover(Numbered, Public, Recorded, Base):
    """A numbered sheet of a sending carrier for the accelerator or park that receives a firm."""

    __tablename__ = "handover"
    SERIES = "SS"
    __table_args__ = (
        Index("uq_handover_number", "year", "serial", unique=True),
        Index(
            "uq_handover_standing", "firm_id", "from_id", "to_id", unique=True,
            sqlite_where=text(_STANDS), postgresql_where=text(_STANDS),
        ),
        CheckConstraint("from_id <> to_id", name="ends"),
    )  # fmt: skip

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("carrier.id"), index=True)
    state: Mapped[HandoverState] = mapped_column(Code(HandoverState), index=True)
    sent_on: Mapped[dt.date]
    #: the last day for the receiver's word; after it the sheet is on the district's list
    due_on: Mapped[dt.date]
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: the sheet that this one replaces
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("handover.id"))
    #: the revision at which the package was assembled
    cut: Mapped[int] = mapped_column(BigId)
    #: SHA-256 of the package
    digest: Mapped[str] = mapped_column(String(64))
    answered_on: Mapped[dt.date | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    remark: Mapped[str | None] = mapped_column(String(300))

    firm: Mapped[Firm] = relationship()
    from_carrier: Mapped[Carrier] = relationship(foreign_keys=[from_id])
    to_carrier: Mapped[Carrier] = relationship(foreign_keys=[to_id])
    sender: Mapped[Person | None] = relationship(foreign_keys=[sent_by])
    answerer: Mapped[Person | None] = relationship(foreign_keys=[answered_by])


class HandoverBody(Recorded, Base):
    """What a sheet froze, canonical JSON by language; apart, so that an answer copies no text."""

    __tablename__ = "handover_body"

    handover_id: Mapped[int] = mapped_column(ForeignKey("handover.id"), unique=True)
    text: Mapped[str] = mapped_column(Text)
