"""The move table of mediations (意向协调). Nothing here moves a firm or decides a claim."""

from __future__ import annotations

from app.core.access import Permission as P
from app.core.access import System
from app.core.db import session
from app.core.text import N_, Coded
from app.pipeline.models import MediationState as S
from app.pipeline.models import Opinion
from app.pipeline.moves.cases import MediationCase
from app.pipeline.moves.sides import is_district
from app.pipeline.moves.table import Effect, Move, Need, Side, Table, move
from app.pipeline.papers import layout
from app.pipeline.queries import chain, mediations, ties
from app.pipeline.words import Absent
from app.pipeline.words import MediationAct as A

NONE = Absent.MEDIATION
LIVE = mediations.LIVE


def _is_party(case: MediationCase) -> bool:
    """One of the actor's carriers has a live claim, or has the firm."""
    if case.carrier is None or not ties.acts_for(case.actor, case.carrier):
        return False
    if any(c.carrier_id == case.carrier.id for c in chain.live_claims(case.firm, case.today)):
        return True
    return _is_host(case)


def _is_host(case: MediationCase) -> bool:
    tie = ties.latest(case.firm, case.today)
    return (
        tie is not None
        and case.carrier is not None
        and tie.carrier_id == case.carrier.id
        and ties.acts_for(case.actor, tie.carrier)
    )


PARTY: Side[MediationCase] = Side(N_("有进行中意向的一方，或企业所在载体"), _is_party)
HOST: Side[MediationCase] = Side(N_("企业所在载体"), _is_host)
ASKER: Side[MediationCase] = Side(
    N_("提请的一方"), lambda c: ties.acts_for(c.actor, c.there.asked_by)
)
DISTRICT: Side[MediationCase] = Side(N_("区主管部门"), lambda c: is_district(c.actor))
ITSELF: Side[MediationCase] = Side(N_("系统"), lambda c: isinstance(c.actor, System))

COURTED = Need[MediationCase](
    "mediation:no_claim", N_("企业没有进行中的意向，没有可以协调的。"),
    lambda c: bool(chain.live_claims(c.firm, c.today)),
)  # fmt: skip
UNCHOSEN = Need[MediationCase](
    "mediation:chosen", N_("企业已选定，由企业的选择为准，不再协调。"),
    lambda c: chain.accepted_claim(c.firm) is None,
)  # fmt: skip
UNASKED = Need[MediationCase](
    "mediation:running", N_("这家企业已有一项意向协调在进行。"),
    lambda c: mediations.live_of(c.firm) is None,
)  # fmt: skip


def _another(case: MediationCase) -> bool:
    first = next(iter(mediations.opinions([case.there]).get(case.there.id, [])), None)
    return first is None or first.author_id is None or first.author_id != case.actor.person_id


ANOTHER = Need[MediationCase](
    "mediation:author", N_("再次协调由另一人出具意见；第一次的意见由您出具。"), _another
)


def _wish(case: MediationCase) -> None:
    row = case.there
    row.wish, row.wish_on = case.note, case.today


def _opinion(state: S) -> Effect[MediationCase]:
    def run(case: MediationCase) -> None:
        row = case.there
        text, digest = layout.freeze(row, mediations.claims(row, case.today), case.today)
        year = case.today.year
        session.add(
            Opinion(
                mediation_id=row.id, turn=1 if state is S.ADVISED else 2, year=year,
                serial=Opinion.next_serial(year), day=case.today,
                author_id=case.actor.person_id, text=case.text, sides=text, digest=digest,
            )
        )  # fmt: skip
        row.state = state

    return Effect(N_("编号存档并发给各方；不指派企业，不影响任何一步"), run)


def _again(case: MediationCase) -> None:
    row = case.there
    assert case.carrier is not None
    row.state, row.again_on, row.again_by_id = S.AGAIN, case.today, case.carrier.id
    row.again_reason = case.note
    row.due_on = mediations.due(case.today)


def _close(state: S) -> Effect[MediationCase]:
    def run(case: MediationCase) -> None:
        row = case.there
        row.state, row.ended_on, row.end_reason = state, case.today, case.code

    return Effect(N_("协调结束，已出具的意见留存"), run)


ASKED: Effect[MediationCase] = Effect(
    N_("报区主管部门，按期限出具意见；意向照常进行"), MediationCase.insert
)
WISH: Effect[MediationCase] = Effect(N_("记下企业的意愿和日期"), _wish)
AGAIN: Effect[MediationCase] = Effect(N_("由区里另一人再出具一次意见"), _again)


def _moves() -> dict[tuple[Coded, Coded], Move[MediationCase]]:
    ask, advise = P.MEDIATION_ASK, P.MEDIATION_ADVISE
    moves: dict[tuple[Coded, Coded], Move[MediationCase]] = {
        (NONE, A.ASK): move(S.ASKED, ask, PARTY, ASKED, needs=(COURTED, UNCHOSEN, UNASKED)),
        (S.ASKED, A.ADVISE): move(S.ADVISED, advise, DISTRICT, _opinion(S.ADVISED)),
        (S.ADVISED, A.AGAIN): move(S.AGAIN, ask, PARTY, AGAIN),
        (S.AGAIN, A.READVISE): move(
            S.READVISED, advise, DISTRICT, _opinion(S.READVISED), needs=(ANOTHER,)
        ),
        (S.ASKED, A.WITHDRAW): move(S.WITHDRAWN, ask, ASKER, _close(S.WITHDRAWN)),
    }
    for state in LIVE:
        moves[state, A.WISH] = move(state, ask, HOST, WISH)
    # one that has run out of claims by the days is only written down
    moves[S.ENDED, A.END] = move(S.ENDED, P.FIRM_READ, ITSELF, _close(S.ENDED))
    return moves


MEDIATION: Table[MediationCase] = Table(N_("意向协调"), (*S, NONE), A, _moves())
