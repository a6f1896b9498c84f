"""Facts that milestones tell: money received, titles, intellectual property, deals, awards."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, or_

from app.core.text import N_
from app.criteria import moments
from app.criteria.facts.base import Fact, Finish, Param, Params, Rows, declare
from app.criteria.interval import Aggregate, Col, Count, Some, Total, among, flag
from app.firms.models import (
    AwardLevel,
    DealKind,
    IncidentKind,
    InvestorKind,
    IpType,
    MilestoneKind,
    Title,
)

if TYPE_CHECKING:
    from app.criteria.stage1 import Stage

HOME_CURRENCY = "CNY"
RowsOf = Callable[[Any, Params], Rows]
Since = Callable[[Params], Any]


def money(m: Any, p: Params) -> Rows:
    """融资: certain once received onshore from a kind of investor that counts.

    Agreed money, money of an unknown kind or offshore may still count. Money received after the
    day had surely not arrived on it.
    """
    day = moments.day()
    later = and_(m.money_state == "received", m.received_on > day)
    foreign = and_(m.currency.is_not(None), m.currency != HOME_CURRENCY)
    onshore = or_(m.onshore, and_(m.onshore.is_(None), or_(m.currency.is_(None), ~foreign)))
    arrived = and_(m.money_state == "received", m.received_on <= day, onshore)
    possible = and_(
        m.kind == "financing",
        m.day <= day,
        case((later, False), else_=True),
        among(m.investor, (*p["counts"], *p["unclear"])) | m.investor.is_(None),
    )
    sure = and_(possible, arrived, among(m.investor, p["counts"]), m.amount.is_not(None))
    return Rows(case((sure, m.amount), else_=0), case((possible, m.amount), else_=0), m.received_on)


def title(m: Any, p: Params) -> Rows:
    """资质: filed or issued, not revoked, not past its printed or legal term."""
    day = moments.day()
    began = or_(m.filed_on <= day, m.issued_on <= day)
    printed = and_(m.expires_on.is_not(None), m.expires_on >= day)
    first = case((m.issued_on.is_not(None), m.issued_on), else_=m.filed_on)
    legal = and_(m.expires_on.is_(None), first >= moments.within(p["months"]))
    alive = or_(m.revoked_on.is_(None), m.revoked_on > day)
    sure = flag(
        and_(m.kind == "recognition", m.title == p["title"], began, alive, or_(printed, legal))
    )
    return Rows(sure, sure, first)


def announced(m: Any, p: Params) -> Rows:
    """资质 in public notice (公示), not yet filed."""
    day = moments.day()
    open_ = and_(
        m.announced_on <= day,
        m.announced_on >= moments.within(p["months"]),
        or_(m.filed_on.is_(None), m.filed_on > day),
        or_(m.issued_on.is_(None), m.issued_on > day),
        or_(m.revoked_on.is_(None), m.revoked_on > day),
    )
    sure = flag(and_(m.kind == "recognition", m.title == p["title"], open_))
    return Rows(sure, sure, m.announced_on)


def property_(m: Any, p: Params) -> Rows:
    """知识产权: granted, the firm's own by the day, and in force.

    Whether it serves the main product may not be said, nor when a right taken over was granted.
    """
    day = moments.day()
    alive = and_(
        m.kind == "ip",
        among(m.ip_type, p["types"]),
        or_(m.obtained_on.is_(None), m.obtained_on <= day),
        or_(m.expires_on.is_(None), m.expires_on >= day),
        or_(m.revoked_on.is_(None), m.revoked_on > day),
    )
    granted = m.granted_on <= day
    perhaps = or_(granted, and_(m.granted_on.is_(None), m.obtained_on <= day))
    if p["use"] == "any":
        return Rows(flag(and_(alive, granted)), flag(and_(alive, perhaps)), m.granted_on)
    unrelated = case((m.related.is_(False), False), else_=True)
    return Rows(
        flag(and_(alive, granted, m.related)),
        flag(and_(alive, perhaps, unrelated)),
        m.granted_on,
    )


def deal(m: Any, p: Params) -> Rows:
    """并购上市: some kinds count for certain, others are for a person to judge."""
    done = and_(m.kind == "deal", m.day <= moments.day())
    sure = and_(done, among(m.deal, p["counts"]))
    maybe = and_(done, among(m.deal, (*p["counts"], *p["unclear"])))
    return Rows(flag(sure), flag(maybe), m.day)


def honour(kind: str) -> RowsOf:
    """An award or a standard of a level, within a window, up to a rank (0: any)."""

    def rows(m: Any, p: Params) -> Rows:
        day = moments.day()
        within = and_(
            m.kind == kind,
            m.day <= day,
            m.day >= moments.within(p["months"]),
            among(m.level, p["levels"]),
        )
        if not p["rank"]:
            sure = flag(within)
            return Rows(sure, sure, m.day)
        return Rows(
            flag(and_(within, m.rank <= p["rank"])),
            flag(and_(within, or_(m.rank <= p["rank"], m.rank.is_(None)))),
            m.day,
        )

    return rows


def institution(m: Any, p: Params) -> Rows:
    """研发机构 of a level that still exists."""
    day = moments.day()
    sure = flag(
        and_(
            m.kind == "institution",
            m.day <= day,
            or_(m.expires_on.is_(None), m.expires_on >= day),
            or_(m.ended_on.is_(None), m.ended_on > day),
            among(m.level, p["levels"]),
        )
    )
    return Rows(sure, sure, m.day)


def incident(m: Any, p: Params) -> Rows:
    """Serious incidents since 1 January some years ago; how serious may not be said."""
    day = moments.day()
    within = and_(
        m.kind == "incident",
        m.day <= day,
        m.day >= moments.year_start(p["years"]),
        among(m.incident, p["kinds"]),
    )
    grave = case((m.serious.is_(False), False), else_=True)
    return Rows(flag(and_(within, m.serious)), flag(and_(within, grave)), m.day)


def listed(m: Any, p: Params) -> Rows:
    """On a list of abnormal or illegal operation on the day."""
    day = moments.day()
    sure = flag(
        and_(
            m.kind == "incident",
            m.day <= day,
            or_(m.ended_on.is_(None), m.ended_on > day),
            among(m.incident, p["kinds"]),
        )
    )
    return Rows(sure, sure, m.day)


def _ever(_params: Params) -> Any:
    return None


def _months(params: Params) -> Any:
    return moments.within(params["months"])


def _years(params: Params) -> Any:
    return moments.year_start(params["years"])


def milestone(
    name: str,
    kind: MilestoneKind,
    text: str,
    rows: RowsOf,
    params: dict[str, Param],
    aggregate: Aggregate,
    unit: str = "flag",
    since: Since = _ever,
) -> Fact:
    """Declare a fact over milestones of one kind, whose completeness is attested since a day."""

    def build(stage: Stage, key: str, p: Params) -> Finish:
        stage.milestones.kinds.add(kind.value)
        asked = stage.attested.ask(kind.value, since(p), p["freshness"])
        made = rows(stage.milestone, p)

        def covered() -> Col:
            return stage.attested.covered(asked)

        return stage.collect(stage.milestones, key, made.low, made.high, aggregate, covered)

    return declare(
        Fact(
            name=name,
            kind="flag" if unit == "flag" else "quantity",
            unit=unit,
            text=text,
            build=build,
            params=params,
            terms=("freshness",),
            milestone=kind.value,
            rows=rows,
            aggregate=aggregate,
            entry=("milestone", kind.value),
        )
    )


def codes(words: Any, required: bool = True) -> Param:
    """A parameter that names some words of a closed list."""
    return Param("codes", [one.value for one in words], default=(), required=required)


LEVELED = {"levels": codes(AwardLevel)}
RANKED = {**LEVELED, "months": Param("months"), "rank": Param("count", default=0, required=False)}
TITLED = {"title": Param("code", [one.value for one in Title]), "months": Param("months")}
OF_DEALS = {"counts": codes(DealKind), "unclear": codes(DealKind, False)}
OF_MONEY = {"counts": codes(InvestorKind), "unclear": codes(InvestorKind, False)}
INCIDENTS = {"kinds": codes(IncidentKind)}
#: rights of the main product only, as most rules ask, or any right
OF_RIGHTS = {
    "types": codes(IpType),
    "use": Param("code", ["main", "any"], default="main", required=False),
}
KIND = MilestoneKind

milestone("equity_received", KIND.FINANCING, N_("到账股权融资"), money, OF_MONEY, Total(), "fen")
milestone("title_held", KIND.RECOGNITION, N_("有效资质"), title, TITLED, Some())
milestone(
    "title_announced", KIND.RECOGNITION, N_("公示中的资质"), announced, TITLED, Some(),
    since=_months,
)  # fmt: skip
milestone("ip_count", KIND.IP, N_("有效知识产权"), property_, OF_RIGHTS, Count(), "items")
milestone("deal_done", KIND.DEAL, N_("并购上市情况"), deal, OF_DEALS, Some())
milestone("award_won", KIND.AWARD, N_("科技奖励"), honour("award"), RANKED, Some(), since=_months)
milestone(
    "standard_led", KIND.STANDARD, N_("主导制定标准"), honour("standard"), RANKED, Some(),
    since=_months,
)  # fmt: skip
milestone("institution_held", KIND.INSTITUTION, N_("研发机构情况"), institution, LEVELED, Some())
milestone(
    "incident_serious", KIND.INCIDENT, N_("重大事故与失信"), incident,
    {**INCIDENTS, "years": Param("years")}, Some(), since=_years,
)  # fmt: skip
milestone("incident_listed", KIND.INCIDENT, N_("列入异常或失信名单"), listed, INCIDENTS, Some())
