"""Stocks: who is where on the day, and which carriers are registered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    union_all,
)

from app.carriers.models import ACCELERATOR, INCUBATOR, PARK, CarrierStatus, Site, StatusAct
from app.core.text import N_, Coded
from app.firms.models import FirmKind, Milestone, MilestoneKind, Title
from app.pipeline.stage import Stage, stages, told
from app.statistics.ground import SERVED_FORMS, SERVED_TIES, Ground, kept
from app.statistics.indicators.base import Indicator, Rows, firm_rows

#: Columns of milestones that certificates are told from.
CERTIFICATE = "firm_id kind title issued_on expires_on revoked_on"
REGISTER = N_("企业登记与入驻记录（计数归属）")


class Standing(Coded):
    """What a firm is where it stands on the day."""

    TEAM = "team", N_("创业团队")
    INCUBATING = "incubating", N_("在孵企业")
    SERVED = "served", N_("服务企业")
    STAYING = "staying", N_("毕业留驻企业")
    ACCELERATING = "accelerating", N_("加速期企业")
    SETTLED = "settled", N_("落地园区企业")


def _standing(ground: Ground, tie: FromClause, held: FromClause) -> ColumnElement[str]:
    firm = ground.firm.c
    stage = told(tie, tie.c.tier, held.c.firm_id, ground.day)
    served = or_(
        func.coalesce(firm.legal_form.in_(SERVED_FORMS), False), tie.c.kind.in_(SERVED_TIES)
    )
    words: list[tuple[ColumnElement[bool], Standing]] = [
        (and_(stage == Stage.INCUBATING, ground.team), Standing.TEAM),
        (stage == Stage.GRADUATED, Standing.STAYING),
        (and_(stage == Stage.INCUBATING, served), Standing.SERVED),
        (stage == Stage.INCUBATING, Standing.INCUBATING),
        (stage == Stage.ACCELERATING, Standing.ACCELERATING),
    ]
    return case(
        *((when, literal(word.value, String)) for when, word in words),
        else_=literal(Standing.SETTLED.value, String),
    )


def standing_rows(ground: Ground) -> Select[Any]:
    """Everybody with a counting tie on the day, and what they are there; and companies that
    have an address or services of an incubator only, who are served.
    """
    tie, held = ground.standing(), ground.holding()
    rows = firm_rows(ground, tie, tie.c.starts, _standing(ground, tie, held).label("standing"))
    counted = rows.outerjoin(held, held.c.firm_id == tie.c.firm_id).subquery("counted")
    loose = ground.served(tie, held)
    word = literal(Standing.SERVED.value, String).label("standing")
    served = firm_rows(ground, loose, loose.c.starts, word).where(not_(ground.team))
    both = union_all(select(counted), served).subquery("both")
    return select(both)


def _only(*words: Standing) -> Rows:
    def rows(ground: Ground) -> Select[Any]:
        every = standing_rows(ground).subquery("every")
        return select(every).where(every.c.standing.in_([word.value for word in words]))

    return rows


def stage_rows(ground: Ground) -> Select[Any]:
    """Everybody that existed or had moved in by the day, with the stage on it."""
    asof, firm, carrier = ground.asof, ground.firm.c, ground.carriers.c
    site = asof.at(Site, "stage_site", "id town area ends")
    stage = stages(ground.day, None if asof.current else asof.cut)
    kind = case(
        (ground.team, literal(FirmKind.TEAM.value, String)),
        else_=literal(FirmKind.FIRM.value, String),
    )
    return (
        select(
            firm.id.label("firm_id"),
            stage.c.carrier_id,
            carrier.tier,
            carrier.type,
            firm.sector,
            func.coalesce(site.c.town, carrier.town).label("town"),
            func.coalesce(site.c.area, carrier.area).label("area"),
            stage.c.starts.label("day"),
            stage.c.stage,
            kind.label("kind"),
        )
        .select_from(ground.firm.join(stage, stage.c.firm_id == firm.id))
        .outerjoin(ground.carriers, carrier.id == stage.c.carrier_id)
        .outerjoin(
            site,
            and_(site.c.id == stage.c.site_id, or_(not_(stage.c.present), kept(site, ground.day))),
        )
        .where(ground.single)
        .where(
            or_(
                stage.c.stage != Stage.REGISTERED,
                firm.founded_on.is_(None),
                firm.founded_on <= ground.day,
            )
        )
    )


def registered_rows(ground: Ground) -> Select[Any]:
    """Carriers whose registration is in force: the last act but 变更 is 登记 or 恢复.

    Of two acts on one day the one entered later holds.
    """
    status = ground.asof.at(CarrierStatus, "status_", "id carrier_id act day document")
    s, carrier = status.c, ground.carriers.c
    order = func.row_number().over(partition_by=s.carrier_id, order_by=(s.day.desc(), s.id.desc()))
    acts = (
        select(s.carrier_id, s.act, s.day, s.document, order.label("place"))
        .where(s.day <= ground.day, s.act != StatusAct.CHANGED)
        .subquery("acts")
    )
    return (
        select(
            cast(null(), Integer).label("firm_id"),
            carrier.id.label("carrier_id"),
            carrier.tier,
            carrier.type,
            carrier.lead.label("sector"),
            carrier.town,
            carrier.area,
            acts.c.day,
            acts.c.document,
            carrier.capacity,
        )
        .join(acts, acts.c.carrier_id == carrier.id)
        .where(acts.c.place == 1, acts.c.act.in_((StatusAct.REGISTERED, StatusAct.RESUMED)))
    )


def _tier(*tiers: int) -> Rows:
    def rows(ground: Ground) -> Select[Any]:
        every = registered_rows(ground).subquery("every")
        return select(every).where(every.c.tier.in_(tiers))

    return rows


def valid_hnte_rows(ground: Ground) -> Select[Any]:
    """Firms standing at a carrier that hold a certificate in force on the day."""
    tie = ground.standing()
    m = ground.asof.at(Milestone, "milestone_", CERTIFICATE).c
    certificates = (
        select(m.firm_id, func.max(m.issued_on).label("issued_on"))
        .where(m.kind == MilestoneKind.RECOGNITION, m.title == Title.HNTE)
        .where(m.issued_on <= ground.day, m.expires_on >= ground.day)
        .where(or_(m.revoked_on.is_(None), m.revoked_on > ground.day))
        .group_by(m.firm_id)
        .subquery("certificates")
    )
    return firm_rows(ground, tie, certificates.c.issued_on).join(
        certificates, certificates.c.firm_id == tie.c.firm_id
    )


STARTED = N_("入驻日期")


def _firms(code: str, text: str, definition: str, rows: Rows, **more: Any) -> Indicator:
    return Indicator(
        code, text, definition, more.pop("unit", N_("家")), REGISTER, rows, STARTED, "stock",
        columns=("standing",), **more,
    )  # fmt: skip


STOCK = (
    _firms(
        "S-01",
        N_("在孵企业"),
        N_(
            "统计时点上计数归属于孵化器、尚未毕业的企业。不含创业团队；个体工商户、分公司和"
            "仅注册、仅赋能的企业计入服务企业。"
        ),
        _only(Standing.INCUBATING),
    ),
    _firms(
        "S-02",
        N_("创业团队"),
        N_(
            "统计时点上计数归属于孵化器、尚无统一社会信用代码的团队。之后注册成企业的，注册日前仍计为团队。"
        ),
        _only(Standing.TEAM),
        unit=N_("个"),
    ),
    _firms(
        "S-03",
        N_("服务企业"),
        N_(
            "统计时点上计数归属于孵化器、不计入在孵企业的个体工商户、分公司，以及在孵化器仅注册、仅赋能，"
            "未毕业且不计入任何载体的企业；与几家有关系的，只计入最早的一家。"
        ),
        _only(Standing.SERVED),
        version=2,
    ),
    _firms(
        "S-04",
        N_("毕业留驻企业"),
        N_("统计时点上已毕业、计数归属仍在孵化器的企业。"),
        _only(Standing.STAYING),
    ),
    _firms(
        "S-05",
        N_("加速期企业"),
        N_("统计时点上计数归属于加速器的企业。"),
        _only(Standing.ACCELERATING),
    ),
    _firms(
        "S-06",
        N_("落地园区企业"),
        N_("统计时点上计数归属于特色产业园区的企业，含直接引进的。"),
        _only(Standing.SETTLED),
    ),
    _firms(
        "S-07",
        N_("孵化器内企业总数"),
        N_("统计时点上在孵化器的全部企业：在孵、服务和毕业留驻三类之和，不含创业团队。"),
        _only(Standing.INCUBATING, Standing.SERVED, Standing.STAYING),
        version=2,
    ),
    _firms(
        "S-10",
        N_("各层企业与团队"),
        N_("统计时点上计数归属于某一载体的全部企业和团队，以及服务企业，按所处层次分。"),
        standing_rows,
        version=2,
    ),
    Indicator(
        "S-11",
        N_("各阶段企业与团队"),
        N_("统计时点前已成立或已入驻的全部企业和团队，按统计时点的阶段分；已合并的登记不重复计。"),
        N_("家"),
        REGISTER,
        stage_rows,
        STARTED,
        "stock",
        columns=("stage",),
    ),
    Indicator(
        "K-01",
        N_("登记孵化器"),
        N_(
            "统计时点上登记有效的孵化器：状态记录中最后一次登记、恢复、暂停、取消或注销为登记或恢复。"
        ),
        N_("家"),
        N_("载体登记状态清单（文号、批次）"),
        _tier(INCUBATOR),
        N_("登记日期"),
        "stock",
        "carrier",
        columns=("document", "capacity"),
    ),
    Indicator(
        "K-02",
        N_("登记加速器"),
        N_("统计时点上登记有效的科技企业加速器，判断方法与登记孵化器相同。"),
        N_("家"),
        N_("载体登记状态清单（文号、批次）"),
        _tier(ACCELERATOR),
        N_("登记日期"),
        "stock",
        "carrier",
        columns=("document", "capacity"),
    ),
    Indicator(
        "K-03",
        N_("特色产业园区"),
        N_("统计时点上登记有效的特色产业园区，判断方法与登记孵化器相同。"),
        N_("家"),
        N_("载体登记状态清单（文号、批次）"),
        _tier(PARK),
        N_("登记日期"),
        "stock",
        "carrier",
        columns=("document", "capacity"),
    ),
    Indicator(
        "K-04",
        N_("双创载体"),
        N_("登记孵化器与登记加速器之和。"),
        N_("家"),
        N_("载体登记状态清单（文号、批次）"),
        _tier(INCUBATOR, ACCELERATOR),
        N_("登记日期"),
        "stock",
        "carrier",
        columns=("document", "capacity"),
    ),
    Indicator(
        "H-03",
        N_("载体内有效高企"),
        N_("统计时点上有计数归属、高新技术企业证书在有效期内且未被取消的企业。"),
        N_("家"),
        N_("企业资质记录"),
        valid_hnte_rows,
        N_("发证日期"),
        "stock",
    ),
)
