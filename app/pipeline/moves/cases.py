"""What the moves act on: the rows, the actor, the day, and what the form gave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from app.carriers.models import Carrier, Site
from app.core.access import AnyViewer
from app.core.db import session
from app.core.text import Coded
from app.firms.models import Destination, Firm, LeaveReason, Residency, ResidencyKind, Route
from app.pipeline.claim_state import standing_now
from app.pipeline.models import (
    Claim,
    Graduation,
    Handover,
    Mediation,
    Meeting,
    TransferRequest,
)
from app.pipeline.queries import mediations, ties
from app.pipeline.stage import EFFECTIVE
from app.pipeline.words import Absent, ClaimStanding

R = TypeVar("R")


class Rowed(Generic[R]):
    """A case about one record, there or about to be."""

    row: R | None
    draft: R | None

    @property
    def there(self) -> R:
        """The record, where the table has made sure of one."""
        assert self.row is not None
        return self.row

    def insert(self) -> None:
        """Write the record that is about to be."""
        assert self.draft is not None
        session.add(self.draft)
        session.flush()
        self.row = self.draft


@dataclass
class TieGiven:
    """What a form says about a tie that begins, ends or is corrected."""

    on: dt.date | None = None
    kind: ResidencyKind = ResidencyKind.ON_SITE
    route: Route = Route.ADMITTED
    site: Site | None = None
    ends: dt.date | None = None
    area_m2: int | None = None
    lease_ends: dt.date | None = None
    agreement_on: dt.date | None = None
    signed_on: dt.date | None = None
    registered_on: dt.date | None = None
    taxed_on: dt.date | None = None
    destination: Destination | None = None
    destination_carrier: Carrier | None = None
    leave_reason: LeaveReason | None = None
    extended_to: dt.date | None = None
    reason: str | None = None
    remark: str | None = None

    @property
    def day(self) -> dt.date:
        """The day of the act."""
        assert self.on is not None
        return self.on


@dataclass
class FirmCase:
    """A firm under a carrier's hand."""

    actor: AnyViewer
    today: dt.date
    firm: Firm
    carrier: Carrier | None = None
    given: TieGiven = field(default_factory=TieGiven)
    request: TransferRequest | None = None
    made: Residency | None = None
    #: what a compound act of another table does in between (graduation, claim)
    inner: list[Callable[[], None]] = field(default_factory=list)

    def state(self) -> Coded:
        """The stage today."""
        return ties.stage_now(self.firm, self.today)

    @property
    def tie(self) -> Residency | None:
        """The counted tie begun last."""
        return ties.latest(self.firm, self.today)

    @property
    def present(self) -> Residency | None:
        """The counted tie that runs today."""
        return ties.here(self.firm, self.today)

    @property
    def own(self) -> Residency | None:
        """The counted tie that the acting carrier has or had."""
        return ties.latest_at(self.firm, self.carrier) if self.carrier else None

    @property
    def graduation(self) -> Graduation | None:
        """The firm's graduation, in whatever state."""
        return ties.graduation_of(self.firm)

    @property
    def graduated(self) -> bool:
        """Whether the firm has a graduation that holds."""
        row = self.graduation
        return row is not None and row.state in EFFECTIVE

    @property
    def running(self) -> Residency:
        """The counted tie that runs today, where the table has made sure of one."""
        tie = self.present
        assert tie is not None
        return tie

    @property
    def by(self) -> Carrier:
        """The acting carrier, where the table has made sure of one."""
        assert self.carrier is not None
        return self.carrier


@dataclass
class GraduationCase(Rowed[Graduation]):
    """A graduation, there or not yet."""

    actor: AnyViewer
    today: dt.date
    firm: Firm
    carrier: Carrier
    row: Graduation | None = None
    note: str | None = None
    code: str | None = None

    def state(self) -> Coded:
        """Its state; `Absent.GRADUATION` when there is none."""
        row = ties.graduation_of(self.firm)
        return row.state if row else Absent.GRADUATION


@dataclass
class ClaimCase(Rowed[Claim]):
    """A claim, there or about to be."""

    actor: AnyViewer
    today: dt.date
    firm: Firm
    carrier: Carrier
    row: Claim | None = None
    draft: Claim | None = None
    note: str | None = None
    code: str | None = None
    chosen_by: str | None = None

    def state(self) -> Coded:
        """Its standing today."""
        return standing_now(self.row, self.today) if self.row else ClaimStanding.NONE


@dataclass
class TransferCase(Rowed[TransferRequest]):
    """A request to take over a firm, there or about to be."""

    actor: AnyViewer
    today: dt.date
    firm: Firm
    carrier: Carrier
    row: TransferRequest | None = None
    draft: TransferRequest | None = None
    note: str | None = None
    code: str | None = None

    def state(self) -> Coded:
        """Its state; `Absent.TRANSFER` when there is none."""
        return self.row.state if self.row else Absent.TRANSFER


@dataclass
class MediationCase(Rowed[Mediation]):
    """A mediation on a firm, there or about to be; `carrier` is the side that acts."""

    actor: AnyViewer
    today: dt.date
    firm: Firm
    carrier: Carrier | None = None
    row: Mediation | None = None
    draft: Mediation | None = None
    note: str | None = None
    code: str | None = None
    text: str = ""
    #: its state today, where a list has read it with the others
    stands: Coded | None = None

    def state(self) -> Coded:
        """Its state today, as far as claims and days tell; `Absent.MEDIATION` when there is none.

        The firm's choice, its arrival and the end of every claim end it.
        """
        if self.row is None:
            return Absent.MEDIATION
        if self.stands is not None:
            return self.stands
        return mediations.standing(self.row, self.today)[0]


@dataclass
class HandoverCase(Rowed[Handover]):
    """A handover sheet between two carriers, there or about to be."""

    actor: AnyViewer
    today: dt.date
    firm: Firm
    sender: Carrier
    receiver: Carrier
    row: Handover | None = None
    draft: Handover | None = None
    note: str | None = None

    def state(self) -> Coded:
        """Its state; `Absent.HANDOVER` when there is none."""
        return self.row.state if self.row else Absent.HANDOVER


@dataclass
class MeetingCase(Rowed[Meeting]):
    """A meeting, there or about to be; `carrier` is the side that acts where it is no district's
    act, `firm` the firm that is put on the table, `work` what the act writes."""

    actor: AnyViewer
    today: dt.date
    row: Meeting | None = None
    draft: Meeting | None = None
    carrier: Carrier | None = None
    firm: Firm | None = None
    work: Callable[[], None] | None = None

    def state(self) -> Coded:
        """Its state; `Absent.MEETING` when there is none."""
        return self.row.state if self.row else Absent.MEETING

    def run(self) -> None:
        """Write what the act is about."""
        if self.work is not None:
            self.work()
