"""意向协调 and 企业输送单 of the demo, through the services, on the last days of its claims."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from app.accounts import viewing
from app.accounts.models import Post, Role
from app.carriers.models import Carrier
from app.core.access import AnyViewer
from app.core.days import working_days_after
from app.core.db import session, write
from app.core.errors import DomainError
from app.firms.models import Firm
from app.pipeline import service
from app.pipeline.claim_state import claim_state
from app.pipeline.models import Claim, ClaimState
from app.pipeline.queries import handovers, ties
from app.pipeline.words import ClaimStanding
from seed.demo.lastdays import LastDays
from seed.demo.making import Makers
from seed.demo.slots import SEED

DAY = dt.timedelta(days=1)
CARRIERS = (Role.CARRIER_CLERK, Role.CARRIER_HEAD)
PARKS = (Role.PARK_INVEST, Role.PARK_SERVICE)
OFFICE = (Role.DISTRICT_CLERK, Role.DISTRICT_HEAD)
#: how many of each at most, and days before the seeded day on which a mediation was asked for
MEDIATIONS, SHEETS, ASKED = 9, 16, (3, 9, 6, 14, 5, 11, 2, 8, 4)
REASONS = ("两家条件相近，企业拿不定主意", "首谈单位和后来的意向方都说已谈妥", None)
WISHES = (
    "希望留在张江，层高六米以上",
    "租金优先，搬迁不影响在手订单",
    "愿意分两期入驻，先研发后中试",
)
OPINIONS = (
    "各方条件相近。建议企业按中试条件和配套周期实地比较后自行选择；首谈单位优先安排一次对接。",
    "企业明年一季度前须投产，建议各方以书面列明交付时间，由企业选择。",
)
SERVICES = ("高企申报辅导、两次银行对接、中试平台机时补贴", "专利代理、路演三场、应届生招聘专场")
NEEDS = ("环评批复尚在办理，注册地址待迁", "中试线设备分两批搬迁，需临时仓储")
REMARKS = (None, "缺最近一期社保人数，请补", None, None)


class Relay:
    """Makes a few of each; the services themselves say what is allowed."""

    def __init__(self, make: Makers, days: LastDays) -> None:
        self.make, self.days, self.today = make, days, make.calendar.today

    def write(self) -> None:
        """Mediations on courted firms, then sheets for firms that have chosen or landed."""
        for number, firm in enumerate(self._courted()):
            self._mediate(number, firm)
        for number, claim in enumerate(self._going()):
            self._hand_on(number, claim)
        session.rollback()

    def _do(self, code: str, act: Callable[..., Any], actor: AnyViewer, **given: Any) -> Any:
        """One act through its service; what it refuses is left out."""
        session.rollback()
        at = self.days.ends_at
        try:
            with self.days.numbered(at), write(code, actor=actor, at=at):
                return act(actor=actor, **given)
        except DomainError:
            return None

    def _somebody(self, carrier: Carrier | None, *roles: Role) -> AnyViewer:
        """Whoever acts for a carrier, or for the district; the seed where nobody does."""
        statement = select(Post).where(Post.role.in_(roles), Post.ends.is_(None))
        if carrier is not None:
            statement = statement.where(Post.organisation_id == carrier.organisation_id)
        found = session.scalars(statement.order_by(Post.id).limit(1)).first()
        made = viewing.of_post(found, self.today) if found else None
        return made or SEED

    # ---- 意向协调 -----------------------------------------------------------------------------

    def _courted(self) -> list[Firm]:
        """Firms with several live claims and no choice, the most courted first."""
        live = claim_state(self.today) == ClaimStanding.OPEN
        chosen = select(Claim.firm_id).where(Claim.state == ClaimState.ACCEPTED)
        statement = (
            select(Firm)
            .join(Claim, Claim.firm_id == Firm.id)
            .where(live, Firm.id.not_in(chosen), Claim.opened_on < self.today - 15 * DAY)
            .group_by(Firm.id)
            .having(func.count(Claim.id) > 1)
            .order_by(func.count(Claim.id).desc(), Firm.id)
        )
        return list(session.scalars(statement.limit(MEDIATIONS)))

    def _mediate(self, number: int, firm: Firm) -> None:
        """Asked for by a park or the firm's carrier; answered, or waiting, or asked once more."""
        day = self.today - ASKED[number] * DAY
        tie = ties.latest(firm, day)
        claims = select(Claim).where(
            Claim.firm_id == firm.id, claim_state(self.today) == ClaimStanding.OPEN
        )
        row = session.scalars(claims.order_by(Claim.opened_on, Claim.id)).first()
        if tie is None or row is None:
            return
        host, park = tie.carrier, row.carrier
        asker = host if number % 3 == 2 else park
        actor = self._somebody(asker, *CARRIERS, *PARKS)
        made = self._do(
            "mediation:ask", service.ask_mediation, actor, today=day, firm=firm, carrier=asker,
            reason=REASONS[number % 3],
        )  # fmt: skip
        if made is None:
            return
        if number % 4 != 3:
            clerk = self._somebody(host, *CARRIERS)
            self._do("mediation:wish", service.state_wish, clerk, today=day, mediation=made,
                     wish=WISHES[number % 3])  # fmt: skip
        if number % 2:
            said = min(day + 3 * DAY, self.today)
            self._do("mediation:advise", service.advise, self._somebody(None, *OFFICE), today=said,
                     mediation=made, text=OPINIONS[number % 4 // 2])  # fmt: skip
            if number % 4 == 3:
                self._do("mediation:again", service.ask_again, actor, today=self.today,
                         mediation=made, reason="交付时间有变")  # fmt: skip

    # ---- 企业输送单 ---------------------------------------------------------------------------

    def _going(self) -> list[Claim]:
        """Choices that wait for the arrival, and claims done lately."""
        since = self.today - 60 * DAY
        statement = select(Claim).where(
            (Claim.state == ClaimState.ACCEPTED)
            | ((Claim.state == ClaimState.DONE) & (Claim.ended_on >= since))
        )
        return list(session.scalars(statement.order_by(Claim.state, Claim.id).limit(SHEETS)))

    def _sender(self, firm: Firm, park: Carrier) -> Carrier | None:
        """The carrier from which the firm goes there."""
        for tie in ties.all_of(firm):
            ways = handovers.receivers(firm, tie.carrier) if tie.counted else []
            if any(one.id == park.id for one in ways):
                return tie.carrier
        return None

    def _hand_on(self, number: int, claim: Claim) -> None:
        """Sent; confirmed, confirmed with a remark, waiting, or past its day."""
        if number % 5 == 4:
            return  # one in five is still to be sent
        firm, park = claim.firm, claim.carrier
        sender = self._sender(firm, park)
        if sender is None:
            return
        begun = claim.ended_on or claim.accepted_on or self.today
        sent = min(begun + 2 * DAY, self.today)
        made = self._do(
            "handover:send", service.send_handover, self._somebody(sender, *CARRIERS), today=sent,
            firm=firm, sender=sender, receiver=park, services=SERVICES[number % 2],
            needs=NEEDS[number // 2 % 2],
        )  # fmt: skip
        if made is None or number % 3 == 2:
            return
        answered = min(working_days_after(sent, 3), self.today)
        self._do("handover:confirm", service.confirm_handover, self._somebody(park, *PARKS),
                 today=answered, handover=made, remark=REMARKS[number % 4])  # fmt: skip
