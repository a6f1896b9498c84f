"""After graduation: where firms went, who landed in parks, who stayed in Pudong."""

from __future__ import annotations

import datetime as dt
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
    null,
    or_,
    select,
    union_all,
)

from app.carriers.models import ACCELERATOR, PARK
from app.core.text import N_, Coded
from app.firms.models import Destination, Place, PlaceKind
from app.statistics.asof import covers
from app.statistics.ground import Ground, quarter_of, year_of
from app.statistics.indicators.base import PERCENT, ROW, Indicator, firm_rows
from app.statistics.indicators.graduations import GRADUATED, REPORTS, graduation_rows

#: Division code of the district whose plan this is.
DISTRICT = "310115"
#: Graduates of this many years are looked at for retention.
RETENTION_YEARS = 3


class End(Coded):
    """Where a graduate is by the day."""

    PARK = "park", N_("特色产业园区")
    BUILDING = "building", N_("区内楼宇或自建")
    ACCELERATING = "accelerating", N_("仍在加速")
    STAYING = "staying", N_("毕业留驻")
    INCUBATOR = "incubator", N_("其他孵化器")
    CITY = "city", N_("市内他区")
    OUTSIDE = "outside", N_("市外、境外")
    ENDED = "ended", N_("被并购或注销")
    UNKNOWN = "unknown", N_("不明")


class Origin(Coded):
    """Where a firm of the flow, or a firm that landed, came from."""

    GRADUATE = "graduate", N_("孵化器毕业")
    ACCELERATING = "accelerating", N_("年初在加速")
    INCUBATED = "incubated", N_("未毕业离园")
    DIRECT = "direct", N_("直接引进")


class Yes(Coded):
    """Whether a row belongs to the numerator."""

    YES = "yes", N_("是")
    NO = "no", N_("否")


def flag(condition: ColumnElement[bool]) -> ColumnElement[str]:
    """A condition as `yes` or `no`; what is not known is no."""
    return case((condition, literal(Yes.YES.value, String)), else_=literal(Yes.NO.value, String))


#: Destination told by the carrier → where the firm is held to be without a tie of its own.
TOLD = {
    Destination.PARK: End.PARK,
    Destination.BUILDING: End.BUILDING,
    Destination.ACCELERATOR: End.ACCELERATING,
    Destination.INCUBATOR: End.INCUBATOR,
    Destination.CITY: End.CITY,
    Destination.OUTSIDE: End.OUTSIDE,
    Destination.ABROAD: End.OUTSIDE,
    Destination.ACQUIRED: End.ENDED,
    Destination.DISSOLVED: End.ENDED,
}


def _end(
    last: FromClause, home: ColumnElement[int], told: ColumnElement[Any], day: dt.date
) -> ColumnElement[str]:
    """Where a firm is: at its counting tie of the day, else where it was told to have gone."""
    here = covers(last, day)
    named = func.coalesce(last.c.destination, told)
    places: list[tuple[ColumnElement[bool], End]] = [
        (and_(here, last.c.tier == PARK), End.PARK),
        (and_(here, last.c.tier == ACCELERATOR), End.ACCELERATING),
        (and_(here, last.c.carrier_id == home), End.STAYING),
        (here, End.INCUBATOR),
        *((named == destination, end) for destination, end in TOLD.items()),
    ]
    return case(
        *((when, literal(end.value, String)) for when, end in places),
        else_=literal(End.UNKNOWN.value, String),
    )


def destination_rows(ground: Ground, graduations: FromClause | None = None) -> Select[Any]:
    """Graduates with where they are by the day, and whether they passed an accelerator."""
    if graduations is None:
        graduations = ground.graduations()
    g = graduation_rows(ground, graduations).subquery("graduate")
    last = ground.last_before(graduations, ground.day, "last")
    past = ground.history(graduations)
    end = _end(last, g.c.carrier_id, graduations.c.destination, ground.day)
    via = or_(end == End.ACCELERATING.value, past.c.accelerated_last >= g.c.day)
    return (
        select(g, end.label("end"), flag(via).label("via"))
        .add_columns(literal(Origin.GRADUATE.value, String).label("origin"))
        .select_from(g)
        .join(graduations, graduations.c.firm_id == g.c.firm_id)
        .outerjoin(last, last.c.firm_id == g.c.firm_id)
        .outerjoin(past, past.c.firm_id == g.c.firm_id)
    )


def _accelerating_rows(ground: Ground) -> Select[Any]:
    """Firms that stood at an accelerator as the year began, and where they are by the day."""
    new_year = dt.date(ground.day.year, 1, 1)
    standing = ground.standing(new_year, "new_year")
    # written down once: PostgreSQL would scan all ties again for each of these few firms
    tie = select(standing).where(standing.c.tier == ACCELERATOR).cte().prefix_with("MATERIALIZED")
    last = ground.last_before(tie, ground.day, "last_of_accelerated")
    end = _end(last, cast(null(), Integer), cast(null(), String), ground.day)
    return firm_rows(
        ground,
        tie,
        tie.c.starts,
        literal(ground.day.year).label("year"),
        end.label("end"),
        literal(Yes.YES.value, String).label("via"),
        literal(Origin.ACCELERATING.value, String).label("origin"),
    ).join(last, last.c.firm_id == tie.c.firm_id)


def flow_rows(ground: Ground) -> Select[Any]:
    """The year of the day: its graduates, and who was accelerating as it began; each firm once."""
    columns = (*ROW, "year", "end", "via", "origin")
    counted = ground.graduations("counted", year=ground.day.year)
    graduates = destination_rows(ground, counted).subquery("graduates")
    accelerated = _accelerating_rows(ground).subquery("accelerated")
    both = union_all(
        select(*(graduates.c[name] for name in columns)),
        select(*(accelerated.c[name] for name in columns)).where(
            accelerated.c.firm_id.not_in(select(counted.c.firm_id))
        ),
    ).subquery("flow")
    return select(both)


def landing_rows(ground: Ground) -> Select[Any]:
    """Firms that stand or stood in a park, each at its first landing, with where they came from."""
    tie, held = ground.landings(), ground.holding()
    past = ground.history(tie)
    came = case(
        (held.c.graduated_on <= tie.c.starts, literal(Origin.GRADUATE.value, String)),
        (past.c.incubated < tie.c.starts, literal(Origin.INCUBATED.value, String)),
        else_=literal(Origin.DIRECT.value, String),
    )
    rows = firm_rows(
        ground,
        tie,
        tie.c.starts,
        year_of(tie.c.starts).label("year"),
        quarter_of(tie.c.starts).label("quarter"),
        came.label("origin"),
        flag(past.c.accelerated < tie.c.starts).label("via"),
    )
    return rows.outerjoin(held, held.c.firm_id == tie.c.firm_id).outerjoin(
        past, past.c.firm_id == tie.c.firm_id
    )


def retention_rows(ground: Ground) -> Select[Any]:
    """Graduates of the last years with whether they are registered and work in the district."""
    lately = ground.graduations("lately", since=ground.asof.window(RETENTION_YEARS))
    rows = destination_rows(ground, lately).subquery("graduates")
    flags = []
    joined: FromClause = rows
    for kind in (PlaceKind.REGISTERED, PlaceKind.OPERATING):
        place = ground.asof.at(Place, f"place_{kind.value}", "firm_id kind district starts ends")
        joined = joined.outerjoin(
            place,
            and_(
                place.c.firm_id == rows.c.firm_id,
                place.c.kind == kind,
                covers(place, ground.day),
            ),
        )
        flags.append(flag(place.c.district == DISTRICT).label(kind.value))
    return select(rows, *flags).select_from(joined)


LANDED = N_("落地日期")
PLACES = N_("企业注册地、经营地记录")

FLOWS = (
    Indicator(
        "C-03",
        N_("落地特色产业园区"),
        N_(
            "首次计数归属于特色产业园区的企业，按落地日期归入年度。毕业后落地的、未毕业离园后落地的和直接引进的分开计。"
        ),
        N_("家"),
        N_("企业登记与入驻记录（计数归属）"),
        landing_rows,
        LANDED,
        columns=("origin", "via"),
    ),
    Indicator(
        "P-01",
        N_("毕业企业去向（年度流量）"),
        N_(
            "统计时点所在年度计入的毕业企业，以及年初计数归属于加速器的企业，到统计时点的去向；"
            "有计数归属的以归属为准，没有的以离园（退出）时登记的去向为准，未登记或失联的计为不明。"
        ),
        N_("家"),
        REPORTS,
        flow_rows,
        GRADUATED,
        columns=("origin", "via", "end"),
    ),
    Indicator(
        "P-02",
        N_("毕业企业去向"),
        N_("全部毕业企业到统计时点的去向，判断方法与年度流量相同。"),
        N_("家"),
        REPORTS,
        destination_rows,
        GRADUATED,
        columns=("via", "end", "carrier_period"),
    ),
    Indicator(
        "R-01",
        N_("留区率（经营口径）"),
        N_(
            "统计时点前三年内毕业的企业中，统计时点上经营地在浦东的比例。无经营地记录的、已注销的留在分母。"
        ),
        "%",
        PLACES,
        retention_rows,
        GRADUATED,
        rounding=PERCENT,
        numerator=N_("其中统计时点上经营地在浦东的企业"),
        denominator=N_("统计时点前三年内毕业的企业"),
        part=(("operating", Yes.YES.value),),
        columns=("registered", "operating", "end"),
    ),
    Indicator(
        "R-02",
        N_("留区率（注册口径）"),
        N_(
            "统计时点前三年内毕业的企业中，统计时点上注册地在浦东的比例。无注册地记录的、已注销的留在分母。"
        ),
        "%",
        PLACES,
        retention_rows,
        GRADUATED,
        rounding=PERCENT,
        numerator=N_("其中统计时点上注册地在浦东的企业"),
        denominator=N_("统计时点前三年内毕业的企业"),
        part=(("registered", Yes.YES.value),),
        columns=("registered", "operating", "end"),
    ),
    Indicator(
        "R-03",
        N_("去向不明率"),
        N_("统计时点前三年内毕业的企业中，去向为不明或失联的比例。"),
        "%",
        REPORTS,
        retention_rows,
        GRADUATED,
        rounding=PERCENT,
        numerator=N_("其中去向不明的企业"),
        denominator=N_("统计时点前三年内毕业的企业"),
        part=(("end", End.UNKNOWN.value),),
        columns=("registered", "operating", "end"),
    ),
)
