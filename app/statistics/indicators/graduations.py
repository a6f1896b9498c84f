"""Graduations, and entries with what became of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import FromClause, Select, String, and_, case, func, literal, not_, select

from app.core.text import N_, Coded
from app.statistics.asof import Count
from app.statistics.ground import SERVED_FORMS, SERVED_TIES, Ground, quarter_of, year_of
from app.statistics.indicators.base import PERCENT, Indicator, Rows, firm_rows


class Outcome(Coded):
    """What became of an entry by the day."""

    GRADUATED = "graduated", N_("已毕业")
    PENDING = "pending", N_("毕业待计入")
    INSIDE = "inside", N_("仍在孵")
    LEFT = "left", N_("未毕业离园")


def graduation_site(ground: Ground, graduations: FromClause) -> FromClause:
    """街镇 and 片区 of the firm's last counting tie with the carrier it graduated from."""
    tie, g = ground.ties.c, graduations.c
    order = func.row_number().over(partition_by=tie.firm_id, order_by=tie.starts.desc())
    numbered = (
        select(tie.firm_id, tie.town, tie.area, order.label("place"))
        .join(graduations, and_(g.firm_id == tie.firm_id, g.carrier_id == tie.carrier_id))
        .where(tie.starts <= g.graduated_on)
        .subquery("site_numbered")
    )
    return select(numbered).where(numbered.c.place == 1).subquery("graduation_site")


def graduation_rows(ground: Ground, graduations: FromClause | None = None) -> Select[Any]:
    """Graduations that the question's counting takes in, or some of them."""
    if graduations is None:
        graduations = ground.graduations()
    site = graduation_site(ground, graduations)
    g, firm, carrier = graduations.c, ground.firm.c, ground.carriers.c
    return (
        select(
            firm.id.label("firm_id"),
            g.carrier_id,
            carrier.tier,
            carrier.type,
            firm.sector,
            func.coalesce(site.c.town, carrier.town).label("town"),
            func.coalesce(site.c.area, carrier.area).label("area"),
            g.graduated_on.label("day"),
            g.period_year.label("year"),
            g.period_quarter.label("quarter"),
            g.state,
            g.basis,
            g.late,
            g.pid,
        )
        .select_from(ground.firm)
        .join(graduations, g.firm_id == firm.id)
        .join(ground.carriers, carrier.id == g.carrier_id)
        .outerjoin(site, site.c.firm_id == firm.id)
        .where(ground.single)
    )


def _counting(count: Count) -> Rows:
    def rows(ground: Ground) -> Select[Any]:
        return graduation_rows(Ground(ground.asof.counting(count)))

    return rows


def entry_rows(ground: Ground) -> Select[Any]:
    """Firms whose incubation has begun, each once, and what became of it by the day.

    `day` is the 入孵日期, which passes on through transfers; `seen_on` the day from which the
    firm is on record, later for one that was taken over from older lists.
    """
    tie = ground.entries()
    graduations, held, firm = ground.graduations(), ground.holding(), ground.firm.c
    began = func.coalesce(tie.c.incubated_on, tie.c.starts)
    outcome = case(
        (graduations.c.firm_id.is_not(None), literal(Outcome.GRADUATED.value, String)),
        (held.c.firm_id.is_not(None), literal(Outcome.PENDING.value, String)),
        (tie.c.inside == 1, literal(Outcome.INSIDE.value, String)),
        else_=literal(Outcome.LEFT.value, String),
    )
    return (
        firm_rows(
            ground,
            tie,
            began,
            year_of(began).label("year"),
            quarter_of(began).label("quarter"),
            tie.c.starts.label("seen_on"),
            graduations.c.graduated_on,
            outcome.label("outcome"),
        )
        .outerjoin(graduations, graduations.c.firm_id == firm.id)
        .outerjoin(held, held.c.firm_id == firm.id)
        .where(not_(ground.team), tie.c.kind.not_in(SERVED_TIES))
        .where(func.coalesce(firm.legal_form.not_in(SERVED_FORMS), True))
    )


GRADUATED = N_("毕业日期")
ENTERED = N_("入孵日期")
REPORTS = N_("载体办理毕业记录、区级核定记录")
CHAIN = N_("规划四（六）4、四（七）2")

GRADUATIONS = (
    Indicator(
        "G-01",
        N_("毕业企业（核定）"),
        N_(
            "毕业日期不晚于统计时点、区级已核定的毕业，按计入报告期归入年度和季度；一家企业只计一次。"
            "补报的自办理之日起计入，最迟自所计入报告期末起计入。"
        ),
        N_("家"),
        REPORTS,
        _counting(Count.VERIFIED),
        GRADUATED,
        columns=("carrier_period", "basis", "state"),
    ),
    Indicator(
        "G-02",
        N_("毕业企业（申报）"),
        N_("载体已办理的全部毕业，含未核定和已退回的；时间规则与核定数相同。"),
        N_("家"),
        REPORTS,
        _counting(Count.REPORTED),
        GRADUATED,
        columns=("carrier_period", "basis", "state"),
    ),
    Indicator(
        "F-01",
        N_("新入孵企业"),
        N_(
            "首次计数归属于孵化器的企业，按入孵日期归入年度；转入其他孵化器、离园后再入不重复计。"
            "因载体关停或合并整体转入其他孵化器的仍为在孵，不计为未毕业离园。"
            "统计时点上仍是团队的，以及服务企业，不计。"
        ),
        N_("家"),
        N_("企业登记与入驻记录（计数归属）"),
        entry_rows,
        ENTERED,
        columns=("outcome",),
        version=2,
    ),
    Indicator(
        "F-02",
        N_("入孵企业毕业率"),
        N_(
            "某一时段入孵的企业中，到统计时点已毕业的比例。曲线按入孵后足月数计算：仍在孵的到统计时点"
            "作删失处理，登记晚于入孵的自登记之月起观察，未毕业离园的留在分母、不再计为毕业。"
        ),
        "%",
        REPORTS,
        entry_rows,
        ENTERED,
        rounding=PERCENT,
        numerator=N_("其中到统计时点已毕业的企业"),
        denominator=N_("该时段入孵的企业"),
        part=(("outcome", Outcome.GRADUATED.value),),
        columns=("outcome",),
        version=2,
    ),
)
