"""An incubator's firm with everything that can hang on it: what others must not find."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy import select

from app.accounts.models import Organisation, Post
from app.carriers import models as carriers
from app.carriers.models import CarrierStated, Return, ReturnState, Site, Verification
from app.core.days import now
from app.core.db import session, write
from app.criteria.models import Standard
from app.exchange.models import Intake
from app.firms.models import (
    Contact,
    Demand,
    DemandState,
    Evidence,
    Milestone,
    MilestoneKind,
    Occupancy,
    StatedFigure,
)
from app.pipeline.models import (
    Claim,
    ClaimState,
    Graduation,
    GraduationState,
    TransferRequest,
    TransferState,
)
from app.pipeline.models.handover import Handover, HandoverBody, HandoverState
from app.pipeline.models.mediation import Mediation, MediationState, Opinion
from app.pipeline.models.meeting import Meeting, MeetingState
from app.statistics.models import Citation, Report, ReportState
from app.workbench.models import TrialRun
from seed import reference
from tests.conftest import TODAY
from tests.factories import chain as chains
from tests.factories.carriers import make_carrier

SECRET = "金丝雀"


@dataclass
class Others:
    """Pids of what belongs to somebody else, by kind; `second` fills a rule's other places."""

    pids: dict[str, str] = field(default_factory=dict)
    second: dict[str, str] = field(default_factory=dict)


def planted() -> Others:
    """An incubator's firm with everything that can hang on it; nothing of it is in the pool."""
    reference.load()
    made = chains.chain(TODAY)
    asking = make_carrier().id
    with write("test:secret", actor=chains.SEEDER):
        made.firm(SECRET)
        firm = made.firms[SECRET]
        tie = made.tie(SECRET, "incubator", counted=False)
        made.graduation(SECRET, TODAY - dt.timedelta(days=5), GraduationState.DECLINED)
        made.claim(SECRET, "rival", ClaimState.OPEN, TODAY + dt.timedelta(days=20))
        home = made.carriers["incubator"]
        entry = Milestone(
            firm_id=firm.id, kind=MilestoneKind.OTHER, name=f"{SECRET}的大事", day=TODAY,
            verification=Verification.CARRIER,
        )  # fmt: skip
        sheet = Return(
            carrier_id=home.id, year=2026, quarter=3, state=ReturnState.DRAFT, due_on=TODAY
        )
        asked = TransferRequest(
            firm_id=firm.id, from_id=home.id, to_id=asking, state=TransferState.OPEN,
            asked_on=TODAY, due_on=TODAY, wanted_on=TODAY,
        )  # fmt: skip
        site = Site(carrier_id=home.id, name="一号楼", address="金科路1号", starts=TODAY)
        stated = StatedFigure(
            firm_id=firm.id, key="own_brand", day=TODAY, until=TODAY + dt.timedelta(days=365),
            low=1, high=1, verification=Verification.CARRIER,
        )  # fmt: skip
        own = CarrierStated(
            carrier_id=home.id, key="independent", day=TODAY, until=stated.until,
            low=1, high=1, verification=Verification.CARRIER,
        )  # fmt: skip
        mediated = Mediation(
            firm_id=firm.id, host_id=home.id, asked_by_id=home.id, asked_on=TODAY, due_on=TODAY,
            state=MediationState.ADVISED, wish=f"{SECRET}的意愿",
        )  # fmt: skip
        met = Meeting(title=SECRET, day=TODAY, starts_at="09:00", ends_at="10:00", place=SECRET,
                      host="区", state=MeetingState.HELD, answer_by=TODAY,
                      notified_on=TODAY)  # fmt: skip
        wish = Demand(
            firm_id=firm.id, state=DemandState.OPEN, opened_on=TODAY, checked_on=TODAY,
            area_low=1, area_high=2, uses=("office",), needed_by=TODAY,
        )  # fmt: skip
        sent = Handover(
            firm_id=firm.id, from_id=home.id, to_id=made.carriers["rival"].id, year=2026, serial=1,
            state=HandoverState.SENT, sent_on=TODAY, due_on=TODAY, cut=1, digest="0" * 64,
        )  # fmt: skip
        session.add_all([entry, sheet, asked, site, stated, own, mediated, met, wish, sent])
        session.add(Contact(firm_id=firm.id, name=f"{SECRET}联系人", phone="13900007777"))
        session.flush()
        session.add(HandoverBody(handover_id=sent.id, text=f'{{"{SECRET}":1}}'))
        session.add(
            Opinion(
                mediation_id=mediated.id, turn=1, year=2026, serial=1, day=TODAY, text=SECRET,
                sides="{}", digest="0" * 64,
            )
        )  # fmt: skip
        room = carriers.Unit(carrier_id=home.id, site_id=site.id, floor=1, number=SECRET,
                             area_dm2=100, starts=TODAY, rent=1)  # fmt: skip
        session.add(room)
        session.flush()
        used = Occupancy(firm_id=firm.id, unit_id=room.id, area_dm2=100, starts=TODAY, tied=False)
        session.add(used)
        session.flush()
        paper = Evidence(
            firm_id=firm.id, milestone_id=entry.id, sha256="0" * 64, name=f"{SECRET}.pdf",
            size=1, media_type="application/pdf", added_at=now(),
        )  # fmt: skip
        session.add(paper)
        person = made.people["incubator"]
        upload = Intake(
            person_id=person.id, name=f"{SECRET}.xlsx", added_at=now(), content="[]",
            encoding="", lines=0, written=0,
        )  # fmt: skip
        session.add(upload)
        session.flush()
        standard = session.scalars(select(Standard).order_by(Standard.id)).first()
        assert standard is not None
        run = TrialRun(
            rule=standard.rule, name=SECRET, author_id=person.id, day=TODAY, boxes="{}", before=0,
            standard_id=standard.id, after=0, gained=0, lost=0, undecided=0, area_m2=0, bare=0,
        )  # fmt: skip
        report = Report(
            year=2026, serial=1, title=SECRET, state=ReportState.ISSUED, as_of=TODAY, cut=1,
            made_by=person.id, made_on=TODAY, digest="0" * 64,
        )  # fmt: skip
        cited = Citation(
            year=2026, serial=1, indicator="G-01", scope='{"whole":true}', question="0" * 64,
            text=SECRET, digest="0" * 64, made_by=person.id, made_on=TODAY,
        )  # fmt: skip
        session.add_all([run, report, cited])
        session.flush()
        post = session.scalars(select(Post).where(Post.person_id == person.id)).one()
        pids = {
            "firm": firm.pid, "residency": tie.pid, "evidence": paper.pid, "return": sheet.pid,
            "intake": upload.pid, "transfer": asked.pid, "carrier": home.pid, "person": person.pid,
            "trial": run.pid, "report": report.pid, "mediation": mediated.pid,
            "handover": sent.pid, "unit": room.pid, "meeting": met.pid, "demand": wish.pid,
            "citation": cited.number,
            "organisation": session.get_one(Organisation, home.organisation_id).pid,
            "claim": session.scalars(select(Claim.pid)).one(),
            "graduation": session.scalars(select(Graduation.pid)).one(),
        }  # fmt: skip
        second = {
            "entry_pid": entry.pid, "post_pid": post.pid, "site_pid": site.pid, "tie_pid": tie.pid,
            "demand_pid": wish.pid, "number": cited.number,
            "key": stated.key, "item": own.key, "day": stated.day.isoformat(),
            "period": "2025", "source": "audit", "use": used.pid,
        }  # fmt: skip
    return Others(pids, second)
