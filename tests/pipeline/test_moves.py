"""Every pair of state and act of the tables, on real rows: allowed or refused as stated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask

from app.carriers.models import ACCELERATOR, PARK
from app.carriers.service import close_carrier
from app.core.access import System
from app.core.db import session, write
from app.core.errors import DomainError
from app.core.text import _
from app.criteria.models import Outcome
from app.firms.models import Destination, LeaveReason, ResidencyKind
from app.pipeline import service
from app.pipeline.models import (
    Claim,
    ClaimState,
    GraduationState,
    GuestAnswer,
    Handover,
    HandoverState,
    Mediation,
    MediationState,
    Meeting,
    MeetingEntry,
    MeetingGuest,
    MeetingState,
    MeetingTalk,
    TalkOutcome,
    TransferRequest,
    TransferState,
)
from app.pipeline.moves.cases import (
    ClaimCase,
    FirmCase,
    GraduationCase,
    HandoverCase,
    MediationCase,
    MeetingCase,
    TieGiven,
    TransferCase,
)
from app.pipeline.moves.claim import CLAIM
from app.pipeline.moves.firm import FIRM
from app.pipeline.moves.graduation import GRADUATION
from app.pipeline.moves.graduation_effects import Report, ReportCase, incubation_of
from app.pipeline.moves.handover import HANDOVER
from app.pipeline.moves.mediation import MEDIATION
from app.pipeline.moves.meeting import MEETING
from app.pipeline.moves.transfer import TRANSFER
from app.pipeline.queries import ties
from app.pipeline.stage import Stage
from app.pipeline.words import (
    Absent,
    ClaimAct,
    ClaimStanding,
    FirmAct,
    GraduationAct,
    HandoverAct,
    MediationAct,
    MeetingAct,
    TransferAct,
)
from tests.acting import do
from tests.factories.carriers import ACTOR, make_carrier
from tests.factories.firms import make_firm
from tests.factories.pipeline import judge_says

TODAY = dt.date(2026, 11, 24)


class Undo(Exception):
    """Ends a write so that nothing of it stays."""


@contextmanager
def trial() -> Iterator[None]:
    """A write that is always taken back."""
    with pytest.raises(Undo), write("test:trial", actor=ACTOR):
        yield
        raise Undo


class World:
    """Carriers, and one firm for each stage, with variants where an act needs one."""

    def __init__(self) -> None:
        judge_says(Outcome.MET)
        self.home = make_carrier()
        self.sister = make_carrier(operator=self.home.operator)
        self.far = make_carrier()
        self.fast, self.faster = (make_carrier(tier=ACCELERATOR) for _ in range(2))
        self.park, self.rival = (make_carrier(tier=PARK) for _ in range(2))
        self.firms = {
            Stage.REGISTERED: make_firm(),
            Stage.INCUBATING: self.admitted(),
            Stage.GRADUATED: self.graduated(),
            Stage.ACCELERATING: self.landed(self.admitted(), self.fast),
            Stage.SETTLED: self.landed(self.admitted(), self.park),
            Stage.LEFT: self.left(self.admitted(), self.home, Destination.CITY),
        }
        out = self.left(self.graduated(), self.home, Destination.BUILDING)
        through = self.landed(self.graduated(), self.fast)
        self.variants = {
            (Stage.GRADUATED, FirmAct.STAY): out,
            (Stage.GRADUATED, FirmAct.TRACE): out,
            (Stage.GRADUATED, FirmAct.VOID): self.left(through, self.fast, Destination.BUILDING),
            (Stage.LEFT, FirmAct.STAY): self.left(self.graduated(), self.home, Destination.CITY),
        }

    def admitted(self) -> Any:
        firm = make_firm()
        do(service.admit, firm=firm, carrier=self.home, starts=dt.date(2024, 1, 10),
           agreement_on=dt.date(2024, 1, 8))  # fmt: skip
        return firm

    def graduated(self) -> Any:
        firm = self.admitted()
        report = Report(graduated_on=dt.date(2026, 5, 6))
        do(service.graduate, firm=firm, carrier=self.home, report=report)
        return firm

    def landed(self, firm: Any, carrier: Any) -> Any:
        do(service.land, firm=firm, carrier=carrier, arrived_on=dt.date(2026, 8, 3))
        return firm

    def left(self, firm: Any, carrier: Any, to: Destination) -> Any:
        do(service.leave, firm=firm, carrier=carrier, on=dt.date(2026, 10, 8), destination=to,
           reason=LeaveReason.NOT_GRADUATED)  # fmt: skip
        return firm

    def case(self, stage: Stage, act: FirmAct) -> FirmCase:
        """The firm of a stage before an act whose conditions hold."""
        firm = self.variants.get((stage, act)) or self.firms[stage]
        tie = ties.latest(firm, TODAY)
        host = tie.carrier if tie else self.home
        carrier = {
            FirmAct.ACCELERATE: self.faster, FirmAct.SETTLE: self.rival, FirmAct.CLAIM: self.rival,
            FirmAct.ADMIT: self.far, FirmAct.STAY: self.far, FirmAct.TRANSFER: self.sister,
            FirmAct.ASK: self.far, FirmAct.GRADUATE: self.home, FirmAct.PROPOSE: self.home,
            FirmAct.CONFIRM: self.home, FirmAct.TRACE: self.home,
        }.get(act, host)  # fmt: skip
        given = TieGiven(
            on=TODAY, kind=ResidencyKind.REGISTERED_ONLY if act == FirmAct.TIE
            else ResidencyKind.ON_SITE, destination=Destination.BUILDING,
            leave_reason=LeaveReason.NOT_GRADUATED, extended_to=dt.date(2030, 1, 1), reason="x",
        )  # fmt: skip
        case = FirmCase(ACTOR, TODAY, firm, carrier, given)
        if act == FirmAct.STAY:
            given.kind = ResidencyKind.GRADUATE_STAY
        if act in (FirmAct.CORRECT, FirmAct.VOID):
            if tie is None:
                tie = service.add_tie(
                    actor=ACTOR, today=TODAY, firm=firm, carrier=self.home,
                    kind=ResidencyKind.REGISTERED_ONLY, starts=TODAY,
                )  # fmt: skip
                case.carrier = self.home
            case.made, given.kind = tie, tie.kind
            given.on, given.ends = tie.starts, tie.ends
        if act in (FirmAct.UNPUSH, FirmAct.CLAIM) and stage == Stage.INCUBATING:
            service.push(actor=ACTOR, today=TODAY, firm=firm, carrier=self.home)
        if act == FirmAct.CONFIRM and (own := case.own) is not None:
            own.leave_confirmed = False
        if act == FirmAct.TRACE and (own := case.own) is not None and own.ends:
            own.destination = None
        if act == FirmAct.RESETTLE and tie is not None:
            case.carrier = {1: self.far, 2: self.faster, 3: self.rival}[host.tier]
            close_carrier(actor=ACTOR, today=TODAY, carrier=host, day=TODAY + dt.timedelta(days=30))
        if act == FirmAct.HAND_OVER:
            case.request = self.request(firm)
        if act in (FirmAct.GRADUATE, FirmAct.PROPOSE):
            self.report(case, act)
        return case

    def report(self, case: FirmCase, act: FirmAct) -> None:
        inner = ReportCase(
            ACTOR, TODAY, case.firm, self.home, report=Report(graduated_on=dt.date(2026, 5, 6))
        )
        inner.tie = incubation_of(inner)
        own = GraduationAct.PROPOSE if act == FirmAct.PROPOSE else GraduationAct.REPORT
        case.inner.append(lambda: GRADUATION.perform(own, inner))

    def request(self, firm: Any, state: TransferState = TransferState.OPEN) -> TransferRequest:
        row = TransferRequest(
            firm_id=firm.id, from_id=self.home.id, to_id=self.far.id, state=state,
            asked_on=dt.date(2026, 11, 2), due_on=dt.date(2026, 11, 9), wanted_on=TODAY,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row


@pytest.fixture
def world(rules: None) -> World:
    return World()


def check(table: Any, state: Any, act: Any, make: Callable[[], Any]) -> None:
    """Allowed: it ends in a state of the table's. Not allowed: the stated refusal."""
    with trial():
        case = make()
        assert case.state() == state
        move = table.moves.get((state, act))
        why = table.refusal(act, case)
        if move is None:
            assert why is not None
            assert why.code == "move:not_now"
            assert _(state.text) in why.message
            assert _(act.text) in why.message
            with pytest.raises(DomainError):
                table.perform(act, case)
            return
        assert why is None, f"({state}, {act}) is refused: {why}"
        table.perform(act, case)
        assert case.state() in move.to


def test_every_pair_of_a_firm(app: Flask, world: World) -> None:
    tried = 0
    for stage in Stage:
        for act in FirmAct:
            app.config["GRADUATION_MODE"] = "approve" if act == FirmAct.PROPOSE else "report"
            check(FIRM, stage, act, lambda s=stage, a=act: world.case(s, a))  # type: ignore[misc]
            tried += 1
    assert tried == len(Stage) * len(FirmAct)


def test_every_pair_of_a_graduation(app: Flask, world: World) -> None:
    def make(state: Any, act: GraduationAct) -> GraduationCase:
        firm = world.firms[Stage.INCUBATING if state in NOT_HELD else Stage.GRADUATED]
        if state in NOT_HELD and state is not Absent.GRADUATION:
            app.config["GRADUATION_MODE"] = "approve"
            report = Report(graduated_on=dt.date(2026, 5, 6))
            service.graduate(actor=ACTOR, today=TODAY, firm=firm, carrier=world.home, report=report)
        row = ties.graduation_of(firm)
        if row is not None:
            row.state = state
            session.flush()
        agrees = act in (GraduationAct.PROPOSE, GraduationAct.APPROVE)
        app.config["GRADUATION_MODE"] = "approve" if agrees else "report"
        case = ReportCase(ACTOR, TODAY, firm, world.home, row, "说明", "dates")
        case.report = Report(graduated_on=dt.date(2026, 5, 6))
        case.tie = incubation_of(case)
        return case

    for state in (*GraduationState, Absent.GRADUATION):
        for act in GraduationAct:
            check(GRADUATION, state, act, lambda s=state, a=act: make(s, a))  # type: ignore[misc]


NOT_HELD = (Absent.GRADUATION, GraduationState.PROPOSED, GraduationState.DECLINED)


def test_every_pair_of_a_claim(world: World) -> None:
    def make(standing: ClaimStanding, act: ClaimAct) -> ClaimCase:
        firm = world.firms[Stage.GRADUATED]
        lapsed = standing == ClaimStanding.LAPSED
        none = standing == ClaimStanding.NONE
        stored = ClaimState.OPEN if lapsed or none else ClaimState(standing.value)
        row = Claim(
            firm_id=firm.id, carrier_id=world.park.id, state=stored,
            token="t" * 20, opened_on=dt.date(2026, 9, 1),
            follow_until=dt.date(2026, 10, 1) if lapsed else dt.date(2026, 12, 24),
        )  # fmt: skip
        if none:
            return ClaimCase(ACTOR, TODAY, firm, world.park, draft=row)
        session.add(row)
        session.flush()
        return ClaimCase(ACTOR, TODAY, firm, world.park, row, "说明", "no_fit", "host")

    for standing in ClaimStanding:
        for act in ClaimAct:
            check(CLAIM, standing, act, lambda s=standing, a=act: make(s, a))  # type: ignore[misc]


def test_every_pair_of_a_request(world: World) -> None:
    def make(state: Any, act: TransferAct) -> TransferCase:
        firm = world.firms[Stage.INCUBATING]
        if state is Absent.TRANSFER:
            draft = TransferRequest(
                firm_id=firm.id, from_id=world.home.id, to_id=world.far.id, asked_on=TODAY,
                state=TransferState.OPEN, due_on=TODAY, wanted_on=TODAY,
            )  # fmt: skip
            return TransferCase(ACTOR, TODAY, firm, world.far, draft=draft)
        row = world.request(firm, state)
        return TransferCase(ACTOR, TODAY, firm, world.far, row, note="说明")

    for state in (*TransferState, Absent.TRANSFER):
        for act in TransferAct:
            check(TRANSFER, state, act, lambda s=state, a=act: make(s, a))  # type: ignore[misc]


def test_every_pair_of_a_mediation(world: World) -> None:
    def make(state: Any, act: MediationAct) -> MediationCase:
        firm, office = world.firms[Stage.GRADUATED], MediationAct.END
        session.add(
            Claim(
                firm_id=firm.id, carrier_id=world.park.id, state=ClaimState.OPEN, token="m" * 20,
                opened_on=dt.date(2026, 11, 2), follow_until=dt.date(2026, 12, 24),
            )
        )  # fmt: skip
        row = Mediation(
            firm_id=firm.id, host_id=world.home.id, asked_by_id=world.park.id,
            state=state if isinstance(state, MediationState) else MediationState.ASKED,
            asked_on=TODAY, due_on=TODAY,
        )  # fmt: skip
        actor = System("mediation:end") if act == office else ACTOR
        carrier = world.home if act == MediationAct.WISH else world.park
        if state is Absent.MEDIATION:
            return MediationCase(actor, TODAY, firm, carrier, draft=row)
        session.add(row)
        session.flush()
        return MediationCase(actor, TODAY, firm, carrier, row, note="说明", text="意见")

    for state in (*MediationState, Absent.MEDIATION):
        for act in MediationAct:
            check(MEDIATION, state, act, lambda s=state, a=act: make(s, a))  # type: ignore[misc]


def test_every_pair_of_a_meeting(world: World) -> None:
    def make(state: Any, act: MeetingAct) -> MeetingCase:
        row = Meeting(
            title="对接会", day=TODAY, starts_at="14:00", ends_at="16:00", place="三楼", host="区",
            state=state if isinstance(state, MeetingState) else MeetingState.PREPARING,
            answer_by=TODAY, notified_on=TODAY,
            cancel_reason="改期" if state is MeetingState.CANCELLED else None,
        )  # fmt: skip
        if state is Absent.MEETING:
            return MeetingCase(ACTOR, TODAY, draft=row, carrier=world.park)
        session.add(row)
        session.flush()
        guest = MeetingGuest(meeting_id=row.id, carrier_id=world.park.id, answer=GuestAnswer.COMING)
        entry = MeetingEntry(meeting_id=row.id, firm_id=world.firms[Stage.GRADUATED].id, position=1)
        session.add_all([guest, entry])
        session.flush()
        session.add(MeetingTalk(entry_id=entry.id, guest_id=guest.id, outcome=TalkOutcome.AGAIN))
        session.flush()
        firm = world.firms[Stage.ACCELERATING] if act is MeetingAct.PUT else None

        def work() -> None:
            row.cancel_reason = "改期" if act is MeetingAct.CANCEL else None

        return MeetingCase(ACTOR, TODAY, row, carrier=world.park, firm=firm, work=work)

    for state in (*MeetingState, Absent.MEETING):
        for act in MeetingAct:
            check(MEETING, state, act, lambda s=state, a=act: make(s, a))  # type: ignore[misc]


def test_every_pair_of_a_handover(world: World) -> None:
    def make(state: Any, act: HandoverAct) -> HandoverCase:
        firm = world.firms[Stage.SETTLED]
        row = Handover(
            firm_id=firm.id, from_id=world.home.id, to_id=world.park.id, year=2026, serial=1,
            state=state if isinstance(state, HandoverState) else HandoverState.SENT,
            sent_on=TODAY, due_on=TODAY, cut=1, digest="0" * 64,
        )  # fmt: skip
        if state is Absent.HANDOVER:
            return HandoverCase(ACTOR, TODAY, firm, world.home, world.park, draft=row)
        session.add(row)
        session.flush()
        return HandoverCase(ACTOR, TODAY, firm, world.home, world.park, row, note="说明")

    for state in (*HandoverState, Absent.HANDOVER):
        for act in HandoverAct:
            check(HANDOVER, state, act, lambda s=state, a=act: make(s, a))  # type: ignore[misc]
