"""Whose act a move is."""

from __future__ import annotations

from app.carriers.models import INCUBATOR, Carrier
from app.core.access import AnyViewer, System
from app.core.text import N_
from app.pipeline.moves.cases import ClaimCase, FirmCase, GraduationCase, TransferCase
from app.pipeline.moves.table import Side
from app.pipeline.queries.chain import accepted_claim
from app.pipeline.queries.ties import acts_for, all_of, latest, runs


def is_district(actor: AnyViewer) -> bool:
    """Whether somebody acts for the district or for the agency that works for it."""
    return actor.holds("district", "agency")


def _hosts(actor: AnyViewer, carrier: Carrier | None, case: FirmCase) -> bool:
    tie = case.present
    return (
        tie is not None
        and carrier is not None
        and tie.carrier_id == carrier.id
        and acts_for(actor, carrier)
    )


HOST: Side[FirmCase] = Side(N_("所在载体"), lambda c: _hosts(c.actor, c.carrier, c))
FORMER: Side[FirmCase] = Side(
    N_("所在或原所在载体"),
    lambda c: acts_for(c.actor, c.carrier) and (c.own is not None or c.made is not None),
)
RECEIVER: Side[FirmCase] = Side(N_("接收的载体"), lambda c: acts_for(c.actor, c.carrier))


def knows(case: FirmCase) -> bool:
    """A tie opens the firm's whole file, so nobody who only meets it in the pool may make one.

    A tie that an accelerator or a park once had beside the count of another carrier is no ground.
    """
    if not acts_for(case.actor, case.carrier):
        return False
    held = all_of(case.firm)
    if not any(tie.counted for tie in held):
        return True
    for tie in held:
        ground = tie.counted or tie.carrier.tier == INCUBATOR or runs(tie, case.today)
        if ground and acts_for(case.actor, tie.carrier):
            return True
    chosen = accepted_claim(case.firm)
    return chosen is not None and chosen.carrier_id == case.by.id


FAMILIAR: Side[FirmCase] = Side(N_("所在、原所在或企业选定的载体"), knows)
BY_DISTRICT: Side[FirmCase] = Side(N_("区主管部门"), lambda c: is_district(c.actor))
GIVER: Side[FirmCase] = Side(
    N_("所在载体；逾期未答时为区主管部门"),
    lambda c: _hosts(c.actor, c.carrier, c) or is_district(c.actor),
)

REPORTER: Side[GraduationCase] = Side(N_("办理的载体"), lambda c: acts_for(c.actor, c.carrier))
DISTRICT: Side[GraduationCase] = Side(N_("区主管部门"), lambda c: is_district(c.actor))

CLAIMANT: Side[ClaimCase] = Side(N_("意向方"), lambda c: acts_for(c.actor, c.carrier))


def _carrier_of(case: ClaimCase) -> Carrier | None:
    tie = latest(case.firm, case.today)
    return tie.carrier if tie else None


CHOOSER: Side[ClaimCase] = Side(
    N_("企业所在载体，或凭企业函件由意向方"),
    lambda c: acts_for(c.actor, _carrier_of(c)) or acts_for(c.actor, c.carrier),
)
ANYONE: Side[ClaimCase] = Side(N_("系统"), lambda c: True)

ASKER: Side[TransferCase] = Side(N_("申请的载体"), lambda c: acts_for(c.actor, c.carrier))
ASKED: Side[TransferCase] = Side(
    N_("企业所在载体"), lambda c: c.row is not None and acts_for(c.actor, c.row.from_carrier)
)
MEDIATOR: Side[TransferCase] = Side(N_("区主管部门"), lambda c: is_district(c.actor))
OF_ITSELF: Side[TransferCase] = Side(N_("系统"), lambda c: isinstance(c.actor, System))
