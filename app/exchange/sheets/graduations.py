"""毕业: graduations reported by the carrier, each judged as on its page."""

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
from app.exchange.sheets.subjects import CODE, NAME, Known
from app.firms.models import Destination, Firm
from app.pipeline import service
from app.pipeline.models import Graduation
from app.pipeline.moves.graduation_effects import Report
from app.pipeline.queries.ties import my_carriers

CARRIER = firms.TIE[0]
COLUMNS = (
    Field("graduated_on", N_("毕业日期"), "day", aliases=("毕业时间",)),  # zh: parsed
    Field("eligible_on", N_("条件达成日"), "day"),
    Field("agreement_on", N_("孵化协议签订日期"), "day", hint=N_("入驻时没有登记的才填")),
    Field("destination", N_("毕业后去向"), "word", words=Destination.choices,
          aliases=("去向",), hint=N_("不填为仍在本园（毕业留驻）")),  # zh: parsed
    Field("override", N_("资料不全仍办理的理由")),
)  # fmt: skip
BY_KEY = keyed(CARRIER, *COLUMNS)
BY_KEY = {one.key: one for one in COLUMNS}


def prepare(ground: Ground, rows: list[Given]) -> None:
    """Firms, the viewer's incubators, and the graduations on record."""
    subjects.prepare(ground, rows)
    ground.held["carriers"] = my_carriers(ground.viewer, INCUBATOR)
    ids = sorted(subjects.register(ground).meant)
    found: dict[int, Graduation] = {}
    for start in range(0, len(ids), subjects.PIECE):
        some = Graduation.firm_id.in_(ids[start : start + subjects.PIECE])
        for one in session.scalars(select(Graduation).where(some).order_by(Graduation.id)):
            found[one.firm_id] = one
    ground.held["graduations"] = found


def plan(ground: Ground, row: Given) -> Planned:
    """A new graduation, foreseen as the page would judge it; one on record is left alone."""
    planned, subject = subjects.begin(ground, row)
    if subject is None:
        return planned
    day = row.values.get("graduated_on")
    if day is None:
        row.lacks("graduated_on", _("请填写毕业日期。"))
        return planned
    held = ground.held["graduations"].get(subject.id) if isinstance(subject, Known) else None
    if held is not None:
        return _known(row, planned, held, day)
    carrier = firms.carrier_of(ground, row) or Trouble("carrier", "", _("请填写入驻载体。"))
    if isinstance(carrier, Trouble):
        row.troubles.append(carrier)
        return planned
    _differing, planned.changes = changes(row, BY_KEY, None)
    given: dict[str, Any] = {one.key: row.values.get(one.key) for one in COLUMNS}
    place = Destination(given["destination"]) if given["destination"] else None
    given |= {"destination": place, "leaves": place is not None}
    report = Report(**given)
    if isinstance(subject, Known) and not row.troubles:
        refusal = service.foresee(actor=ground.viewer, today=ground.today,
                                  firm=subjects.firm_of(subject), carrier=carrier,
                                  report=report)  # fmt: skip
        if refusal is not None:
            at = refusal.field if refusal.field in BY_KEY else "graduated_on"
            row.troubles.append(Trouble(at, row.texts.get(at, ""), refusal.message))
    carrier_id = carrier.id

    def act() -> None:
        service.graduate(
            actor=ground.viewer, today=ground.today, firm=subjects.firm_of(subject),
            carrier=session.get_one(Carrier, carrier_id), report=report,
        )  # fmt: skip

    planned.act = act
    return planned


def _known(row: Given, planned: Planned, held: Graduation, day: dt.date) -> Planned:
    planned.kind = Kind.SAME
    if held.graduated_on != day:
        words = _("已有 %(day)s 的毕业记录；更正、重报在企业页办理。", day=held.graduated_on)
        where = row.texts.get("graduated_on", "")
        row.troubles.append(Trouble("graduated_on", where, words, held.graduated_on.isoformat()))
    return planned


def may(viewer: Viewer) -> bool:
    """Whoever reports graduations for an incubator."""
    return viewer.may(Permission.GRADUATION_REPORT)


def rows(viewer: Viewer, _day: dt.date) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(id, version, values) of the graduations from the viewer's incubators."""
    mine = {carrier.id: carrier for carrier in my_carriers(viewer, INCUBATOR)}
    found = (
        select(Graduation, Firm)
        .join(Firm, Firm.id == Graduation.firm_id)
        .where(Graduation.carrier_id.in_(mine), Firm.code.is_not(None))
        .order_by(Graduation.graduated_on, Graduation.id)
    )
    for one, firm in session.execute(found):
        yield one.pid, one.rev, {
            "code": firm.code, "name": firm.name, "carrier": mine[one.carrier_id].short_name,
            "graduated_on": one.graduated_on, "eligible_on": one.eligible_on,
            "destination": one.destination.value if one.destination else None,
            "override": one.override,
        }  # fmt: skip


def init_app(app: Flask) -> None:
    """Register the sheet."""
    add(
        app,
        Sheet("graduations", N_("毕业记录"), (CODE, NAME, CARRIER, *COLUMNS), prepare, plan, may,
              rows,
              N_("按登记的内容逐家核对毕业条件，与在企业页办理相同；已有毕业记录的不改。")),
    )  # fmt: skip
