"""入驻: new ties, and particulars of those in place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.carriers.models import INCUBATOR, Carrier
from app.core.access import Permission, Viewer
from app.core.db import session
from app.core.text import N_, _
from app.exchange.sheets import firms, subjects
from app.exchange.sheets.base import Given, Ground, Kind, Planned, Sheet, Trouble, add
from app.exchange.sheets.comparing import changes
from app.exchange.sheets.fields import Field, keyed
from app.exchange.sheets.firms import REASON
from app.exchange.sheets.subjects import CODE, NAME, Known, Subject
from app.firms.models import Firm, Residency, ResidencyKind
from app.pipeline import service as chain
from app.pipeline.queries.ties import my_carriers
from app.pipeline.words import COUNTED_KINDS, SIDE_KINDS

CARRIER, STARTS, KIND = (
    firms.TIE[0],
    firms.TIE[1],
    Field("kind", N_("入驻方式"), "word", words=lambda: [(k.value, k.label) for k in SIDE_KINDS]),
)
PARTICULARS = (
    Field("ends", N_("离园日期"), "day", aliases=("结束日期",)),  # zh: parsed
    Field("agreement_on", N_("孵化协议签订日期"), "day"),
    Field(
        "area_m2",
        N_("使用面积"),
        "count",
        aliases=("面积", "租赁面积"),  # zh: parsed
        hint=N_("平方米，整数"),
    ),
    Field("lease_ends", N_("租期至"), "day", aliases=("租赁到期日",)),  # zh: parsed
    Field("signed_on", N_("签约日期"), "day"),
    Field("registered_on", N_("注册迁入日期"), "day"),
    Field("taxed_on", N_("税收迁入日期"), "day"),
    Field("remark", N_("备注"), longest=1_000),
)
OF_TIE, ENTRY = keyed(*PARTICULARS), keyed(CARRIER, STARTS, KIND, *PARTICULARS)
#: What only a correction of a tie in place may set.
LATER = ("ends",)
AT_INCUBATOR = ("agreement_on", "area_m2", "lease_ends", "remark")
ELSEWHERE = ("area_m2", "lease_ends", "signed_on", "registered_on", "taxed_on", "remark")


def prepare(ground: Ground, rows: list[Given]) -> None:
    """Firms, rights, and the ties at the viewer's carriers."""
    subjects.prepare(ground, rows)
    ground.held["carriers"] = my_carriers(ground.viewer)
    ids = [carrier.id for carrier in ground.held["carriers"]]
    found: dict[tuple[int, int], list[Residency]] = {}
    ties = select(Residency).where(Residency.carrier_id.in_(ids))
    for tie in session.scalars(ties.order_by(Residency.starts, Residency.id)):
        found.setdefault((tie.firm_id, tie.carrier_id), []).append(tie)
    ground.held["ties"] = found


def plan(ground: Ground, row: Given) -> Planned:
    """Find the tie that a row means, or plan a new one."""
    planned, subject = subjects.begin(ground, row)
    if subject is None:
        return planned
    carrier = firms.carrier_of(ground, row) or Trouble("carrier", "", _("请填写入驻载体。"))
    if isinstance(carrier, Trouble):
        row.troubles.append(carrier)
        return planned
    starts = row.values.get("starts")
    if starts is None:
        row.lacks("starts", _("请填写入驻日期，例如 2026-03-31。"))
        return planned
    held: list[Residency] = []
    if isinstance(subject, Known):
        held = ground.held["ties"].get((subject.id, carrier.id), [])
    same = [tie for tie in held if tie.starts == starts]
    if row.values.get("kind"):
        same = [tie for tie in same if tie.kind.value == row.values["kind"]] or same
    if same:
        return _known(ground, row, planned, same[0])
    running = [tie for tie in held if tie.counted and tie.ends is None]
    side = _kind(row) not in COUNTED_KINDS
    if running and not side:
        words = _(
            "已有 %(day)s 起的入驻记录，没有重复登记；起始日登记有误的，在企业页更正。",
            day=running[0].starts,
        )
        row.troubles.append(Trouble("starts", row.texts["starts"], words, str(running[0].starts)))
        return planned
    return _new(ground, row, planned, subject, carrier)


def _kind(row: Given) -> ResidencyKind:
    return ResidencyKind(row.values.get("kind") or ResidencyKind.ON_SITE)


def _known(ground: Ground, row: Given, planned: Planned, tie: Residency) -> Planned:
    planned.kind = Kind.SAME
    now = {one.key: getattr(tie, one.key) for one in PARTICULARS}
    differing, planned.changes = changes(row, OF_TIE, now, tie)
    if not differing:
        return planned
    kept: dict[str, Any] = {**now, **differing}
    tie_id, rev = tie.id, tie.rev
    reason = row.values.get("reason") or _("按导入文件更正")

    def act() -> None:
        held = session.get_one(Residency, tie_id)
        chain.correct_tie(actor=ground.viewer, today=ground.today, tie=held, rev=rev,
                          starts=held.starts, reason=reason, site=held.site, **kept)  # fmt: skip

    planned.kind, planned.act = Kind.UPDATE, act
    return planned


def _new(
    ground: Ground, row: Given, planned: Planned, subject: Subject, carrier: Carrier
) -> Planned:
    starts, kind = row.values["starts"], _kind(row)
    if starts > ground.today:
        words = _("日期不能晚于今天 %(today)s。", today=ground.today)
        row.troubles.append(Trouble("starts", row.texts["starts"], words))
    _differing, planned.changes = changes(row, ENTRY, None)
    given = {one.key: row.values[one.key] for one in PARTICULARS if one.key in row.values}
    base: dict[str, Any] = {"actor": ground.viewer, "today": ground.today}

    def act() -> None:
        firm, place = subjects.firm_of(subject), session.get_one(Carrier, carrier.id)
        if kind not in COUNTED_KINDS:
            some = {k: v for k, v in given.items() if k in ("ends", "area_m2", "remark")}
            chain.add_tie(**base, firm=firm, carrier=place, kind=kind, starts=starts, **some)
        elif place.tier == INCUBATOR:
            some = {k: v for k, v in given.items() if k in AT_INCUBATOR}
            chain.admit(**base, firm=firm, carrier=place, starts=starts, kind=kind, **some)
        else:
            some = {k: v for k, v in given.items() if k in ELSEWHERE}
            chain.land(**base, firm=firm, carrier=place, arrived_on=starts, **some)

    planned.act = act
    return planned


def may(viewer: Viewer) -> bool:
    """Whoever moves firms."""
    return viewer.may(Permission.RESIDENCY_MOVE) or viewer.may(Permission.LANDING_BOOK)


def rows(viewer: Viewer, _day: dt.date) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(id, version, values) of the ties at the viewer's carriers."""
    mine = {carrier.id: carrier for carrier in my_carriers(viewer)}
    ties = (
        select(Residency, Firm)
        .join(Firm, Firm.id == Residency.firm_id)
        .where(Residency.carrier_id.in_(mine), Firm.code.is_not(None))
        .where(Residency.kind.in_(SIDE_KINDS))
        .order_by(Firm.sort_key, Residency.starts, Residency.id)
    )  # fmt: skip
    for tie, firm in session.execute(ties):
        yield tie.pid, tie.rev, {
            "code": firm.code, "name": firm.name, "carrier": mine[tie.carrier_id].short_name,
            "starts": tie.starts, "kind": tie.kind.value,
            **{one.key: getattr(tie, one.key) for one in PARTICULARS},
        }  # fmt: skip


def init_app(app: Flask) -> None:
    """Register the sheet."""
    add(
        app,
        Sheet("ties", N_("入驻"), (CODE, NAME, CARRIER, STARTS, KIND, *PARTICULARS, REASON),
              prepare, plan, may, rows,
              N_("入驻日期与登记的相同，即更新那一条；否则登记新的入驻记录。")),
    )  # fmt: skip
