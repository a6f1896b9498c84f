"""待安置: who is counted at a carrier whose registration has ended, or ends on a coming day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import Select, func, or_, select

from app.carriers.models import Carrier, CarrierStatus, StatusAct
from app.carriers.queries import announced, over, succession
from app.core.access import AnyViewer, Permission
from app.core.days import today
from app.core.db import session
from app.core.kept import kept
from app.core.text import N_, _
from app.firms import demand_words, fields
from app.firms import queries as firm_queries
from app.firms.models import Demand, DemandState, Firm, FirmKind, Residency, ResidencyKind
from app.firms.queries import nameable
from app.firms.queries.scope import sees_all
from app.pipeline.queries.chain import own_carriers

#: conditions of the address
WHEN = {"over": N_("已取消或注销"), "announced": N_("预告")}
WANTS = {"yes": N_("有空间需求"), "no": N_("未登记空间需求")}


@dataclass(frozen=True)
class Ending:
    """A carrier that has ended or is announced to end, with who goes on with it."""

    id: int
    pid: str
    name: str
    act: StatusAct
    day: dt.date
    document: str | None
    announced: bool
    heir_id: int | None
    heir: str | None
    heir_pid: str | None


@dataclass(frozen=True)
class Waiting:
    """One firm or team to be settled, as far as the viewer may know it."""

    pid: str
    name: str
    #: None too where the viewer may not open the firm
    code: str | None
    team: bool
    carrier: Ending
    kind: ResidencyKind
    starts: dt.date
    incubated: dt.date | None
    #: days since the carrier ended; None while it has not
    days: int | None
    #: days until it ends; None once it has
    left: int | None
    #: what it looks for, where the viewer may read it; "" where nothing is open
    wants: str | None
    opens: bool


def applies(viewer: AnyViewer) -> bool:
    """Whether the viewer answers for firms: of carriers of their own, or of the district."""
    return viewer.may(Permission.RESIDENCY_MOVE) or viewer.may(Permission.TRANSFER_DECIDE)


def concerns(viewer: AnyViewer) -> bool:
    """Whether the viewer is shown the way to the list: who sees all, and whoever has rows on it."""
    if sees_all(viewer):
        return viewer.may(Permission.TRANSFER_DECIDE)
    return applies(viewer) and bool(numbers(viewer, today()))


def endings(day: dt.date) -> dict[int, Ending]:
    """carrier id → how it ends, for all that have ended or are announced to."""
    return kept(("carriers ending", day), lambda: _endings(day))


def _endings(day: dt.date) -> dict[int, Ending]:
    ended = over(day)
    acts: dict[int, CarrierStatus] = announced(day, ended) | ended
    stand = {on: succession.heirs(on) for on in {max(act.day, day) for act in acts.values()}}
    heirs = {number: stand[max(act.day, day)].get(number) for number, act in acts.items()}
    ids = {*acts, *(h for h in heirs.values() if h)}
    names = select(Carrier.id, Carrier.pid, Carrier.short_name).where(Carrier.id.in_(sorted(ids)))
    held = {row.id: row for row in session.execute(names.order_by(Carrier.id))}
    found = {}
    for number, act in acts.items():
        heir = held.get(heirs[number] or 0)
        found[number] = Ending(
            number, held[number].pid, held[number].short_name, act.act, act.day, act.document,
            act.day > day, heirs[number], heir.short_name if heir else None,
            heir.pid if heir else None,
        )  # fmt: skip
    return found


def rows(viewer: AnyViewer, day: dt.date) -> list[Waiting]:
    """Firms and teams counted there today, those of the carrier that ended first on top.

    The district reads all; others those of their own carriers, and those of carriers that theirs
    go on with. What a firm looks for is read only where the viewer may read its demand.
    """
    found = _concerned(viewer, day)
    if not found:
        return []
    ties = session.execute(_ties(viewer, list(found), day)).all()
    ids = [row.firm_id for row in ties]
    wants, visible = _wants(viewer, ids, day), _visible(viewer, ids)
    told = [_row(row, found[row.carrier_id], day, wants, visible) for row in ties]
    return sorted(told, key=lambda one: (one.carrier.day, one.carrier.name))  # else by name


def _concerned(viewer: AnyViewer, day: dt.date) -> dict[int, Ending]:
    found = endings(day)
    if not found or sees_all(viewer):
        return found
    mine = set(session.scalars(own_carriers(viewer).order_by(Carrier.id)))
    return {n: e for n, e in found.items() if n in mine or e.heir_id in mine}


def numbers(viewer: AnyViewer, day: dt.date) -> list[tuple[Ending, int]]:
    """Each carrier with the number of its rows on the list, in the order of the list."""
    return kept(("settling", viewer, day), lambda: _numbers(viewer, day))


def _numbers(viewer: AnyViewer, day: dt.date) -> list[tuple[Ending, int]]:
    found = _concerned(viewer, day)
    if not found:
        return []
    inner = _ties(viewer, list(found), day).order_by(None).subquery()
    here = inner.c.carrier_id
    statement = select(here, func.count()).group_by(here).order_by(here)
    told = [(found[number], held) for number, held in session.execute(statement)]
    return sorted(told, key=lambda one: (one[0].day, one[0].name))


def _row(
    row: Any, ending: Ending, day: dt.date, wants: dict[int, str | None], visible: set[int]
) -> Waiting:
    gone = None if ending.announced else (day - max(ending.day, row.starts)).days
    return Waiting(
        row.pid, row.short_name, row.code if row.firm_id in visible else None,
        row.firm_kind == FirmKind.TEAM, ending, row.kind, row.starts, row.incubated_on, gone,
        (ending.day - day).days if ending.announced else None, wants.get(row.firm_id),
        row.firm_id in visible,
    )  # fmt: skip


def _ties(viewer: AnyViewer, ids: list[int], day: dt.date) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Residency.firm_id, Residency.carrier_id, Residency.kind, Residency.starts,
            Residency.incubated_on, Firm.pid, Firm.short_name, Firm.code,
            Firm.kind.label("firm_kind"),
        )
        .join(Firm, Firm.id == Residency.firm_id)
        .where(
            Residency.carrier_id.in_(ids), Residency.counted, Residency.starts <= day,
            or_(Residency.ends.is_(None), Residency.ends > day), Firm.merged_into_id.is_(None),
            nameable(viewer, Residency.firm_id),
        )
        .order_by(Firm.sort_key, Firm.id)
    )  # fmt: skip


def _wants(viewer: AnyViewer, ids: list[int], day: dt.date) -> dict[int, str | None]:
    """firm id → its open search in words, "" for none; left out where it may not be read."""
    seen = fields.open_to_each(viewer, ids, day)
    open_ids = [number for number in ids if "demand" in seen[number]]
    statement = select(Demand).where(Demand.firm_id.in_(open_ids), Demand.state == DemandState.OPEN)
    found: dict[int, str | None] = dict.fromkeys(open_ids, "")
    for one in session.scalars(statement.order_by(Demand.id)):
        area = demand_words.area(one.area_low, one.area_high)
        until = _("%(day)s 前入驻", day=one.needed_by.isoformat())
        found[one.firm_id] = " · ".join((area, demand_words.brief(one), until))
    return found


def _visible(viewer: AnyViewer, ids: list[int]) -> set[int]:
    wanted = firm_queries.visible(viewer).where(Firm.id.in_(ids)).with_only_columns(Firm.id)
    return set(session.scalars(wanted)) if ids else set()


@dataclass(frozen=True)
class Asked:
    """The conditions of the address."""

    carrier: str
    when: str
    wants: str

    @classmethod
    def read(cls) -> Asked:
        """From the address; what is not known is left out."""
        when, wants = request.args.get("when", ""), request.args.get("wants", "")
        return cls(
            request.args.get("carrier", ""), when if when in WHEN else "",
            wants if wants in WANTS else "",
        )  # fmt: skip

    def meets(self, one: Waiting) -> bool:
        """Whether a row is asked for."""
        if self.carrier and one.carrier.pid != self.carrier:
            return False
        if self.when and one.carrier.announced != (self.when == "announced"):
            return False
        return not self.wants or bool(one.wants) == (self.wants == "yes")

    def words(self, found: Iterable[Waiting]) -> list[tuple[str, str]]:
        """The conditions in words, for a file."""
        name = next((r.carrier.name for r in found if r.carrier.pid == self.carrier), "")
        pairs = [(_("载体"), name), (_("载体状态"), _(WHEN[self.when]) if self.when else "")]
        pairs += [(_("空间需求"), _(WANTS[self.wants]) if self.wants else "")]
        return [(what, said) for what, said in pairs if said]


def by_carrier(found: Iterable[Waiting]) -> dict[Ending, list[Waiting]]:
    """The rows by carrier, in their order."""
    held: dict[Ending, list[Waiting]] = {}
    for one in found:
        held.setdefault(one.carrier, []).append(one)
    return held
