"""变动记录 of one carrier: who entered or changed what of its own entry, latest first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from app.carriers.models import (
    Carrier,
    CarrierFigures,
    CarrierSector,
    CarrierStated,
    CarrierStatus,
    CarrierSuccession,
    CarrierTitle,
    Site,
)
from app.core.db import session
from app.core.text import N_
from app.workbench.history import WORDS, Entry, Told, compared, told

SHOWN = 6
#: columns by which a record is the carrier's, where it is not the usual one
KEYS: dict[Any, tuple[str, ...]] = {
    Carrier: ("id",),
    CarrierSuccession: ("predecessor_id", "successor_id"),
}

WORDS |= {
    "carrier": {
        "name": N_("载体名称"),
        "short_name": N_("简称"),
        "area_m2": N_("总面积"),
        "capacity": N_("承载能力"),
        "incubating_m2": N_("在孵企业使用面积"),
        "founded_on": N_("成立日期"),
        "remark": N_("备注"),
    },
    "carrier_status": {"day": N_("日期"), "document": N_("文号")},
    "carrier_title": {"starts": N_("起始日"), "ends": N_("止日")},
    "carrier_sector": {},
    "carrier_succession": {"day": N_("日期"), "document": N_("文号")},
    "carrier_stated": {"range": N_("数值"), "until": N_("有效至")},
    "carrier_figures": {
        "total_income": N_("总收入"),
        "service_income": N_("服务收入"),
        "net_profit": N_("净利润"),
        "tax_paid": N_("上缴税金"),
        "verification": N_("核验"),
    },
    "site": {
        "name": N_("场地名称"),
        "address": N_("详细地址"),
        "area_m2": N_("面积"),
        "starts": N_("起始日"),
        "ends": N_("止日"),
    },
}


def latest(carrier: Carrier) -> tuple[list[Told], int]:
    """The latest changes with the people behind them, and how many there are."""
    found: list[Entry] = []
    for model in (
        Carrier, CarrierStatus, CarrierTitle, CarrierSector, CarrierFigures, CarrierStated, Site,
        CarrierSuccession,
    ):  # fmt: skip
        table, past = model.__table__, model.__history__
        keys = KEYS.get(model, ("carrier_id",))
        mine = [or_(*(t.c[key] == carrier.id for key in keys)) for t in (table, past)]
        now = select(table).where(mine[0]).order_by(table.c.id)
        old = select(past).where(mine[1]).order_by(past.c.id, past.c.rev)
        found += compared(table, list(session.execute(now)), list(session.execute(old)))
    found.sort(key=lambda entry: -entry.rev)
    return told(found[:SHOWN]), len(found)
