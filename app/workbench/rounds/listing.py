"""The rounds, and the firms of one: state, what each lacks and by when."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy import Select, func, select

from app.carriers.models import Carrier
from app.carriers.queries import directory
from app.core.access import AnyViewer, Permission, Viewer
from app.core.db import session
from app.core.paging import Page, page_of, paginate
from app.core.terms import term_choices
from app.core.text import N_, _
from app.criteria.plan import Version
from app.criteria.queries import assess_many
from app.criteria.verdict import Verdict
from app.firms import fields
from app.firms.models import Firm, Residency
from app.pipeline.models import Application, ApplicationRound, ApplicationState
from app.pipeline.moves.application import last_step
from app.pipeline.queries import rounds
from app.workbench.candidates.asked import Asked, Frame, asked, bare, chips, offered
from app.workbench.candidates.lacking import lacks
from app.workbench.columns import NONE, carrier_cells, counting
from app.workbench.doors import countable_where

ROUNDS, PAGE, COUNTS = "workbench.rounds", "workbench.round_firms", "workbench.round_counts"
#: which rounds are shown
STANDINGS = {"open": N_("未截止"), "past": N_("已截止")}
WAYS = {"carrier": N_("载体"), "sector": N_("领域")}


def within(viewer: AnyViewer, day: dt.date, conditions: dict[str, str]) -> Select[Any]:
    """Applications of the firms under some conditions, whose milestones the viewer may read."""
    firms = countable_where(viewer, day, conditions)
    firms = firms.join(Application, Application.firm_id == Firm.id)
    return firms.where(fields.current(viewer, "milestones", day))


def tallies(viewer: AnyViewer, day: dt.date, conditions: dict[str, str]) -> dict[int, Counter[str]]:
    """How many firms are in each state, and under an empty word in all, by round."""
    rows = session.execute(
        within(viewer, day, conditions)
        .order_by(None)
        .with_only_columns(
            Application.round_id, Application.state, func.count(), maintain_column_froms=True
        )
        .group_by(Application.round_id, Application.state)
    )
    found: dict[int, Counter[str]] = {}
    for number, state, count in rows:
        told = found.setdefault(number, Counter())
        told[str(state)] += count
        told[""] += count
    return found


@dataclass(frozen=True)
class Line:
    """One round with its counts, each the door to as many firms."""

    row: ApplicationRound
    name: str
    cells: list[tuple[int, str]]


@dataclass(frozen=True)
class Overview:
    """Everything the page of all rounds shows."""

    asked: Asked
    page: Page
    lines: list[Line]
    tabs: list[dict[str, Any]]
    rules: list[tuple[str, str]]
    rule: str
    standing: str
    chips: list[Any]
    bare: str


def rounds_asked() -> tuple[str, str]:
    """(standing, rule) of the address."""
    standing, rule = request.args.get("standing", ""), request.args.get("rule", "")
    return standing if standing in STANDINGS else "", rule if rule in rounds.TITLES else ""


def every(standing: str, rule: str, day: dt.date) -> list[ApplicationRound]:
    """Rounds that still run first, the next last day in front; then the past ones, newest first."""
    statement = select(ApplicationRound).order_by(ApplicationRound.id)
    if rule:
        statement = statement.where(ApplicationRound.rule == rule)
    rows = list(session.scalars(statement))
    running = sorted((r for r in rows if r.last_day >= day), key=lambda r: (r.last_day, r.id))
    past = sorted((r for r in rows if r.last_day < day), key=lambda r: (r.last_day, r.id))[::-1]
    return {"open": running, "past": past}.get(standing, running + past)


def line(row: ApplicationRound, counts: dict[int, Counter[str]], found: Asked) -> Line:
    """A round with the doors to its firms."""
    told = counts.get(row.id, Counter())
    cells = [
        (told[state], found.url(PAGE, {"pid": row.pid}, state=state))
        for state in ("", *(str(one) for one in ApplicationState))
    ]
    return Line(row, rounds.name_of(row), cells)


def overview(viewer: Viewer, day: dt.date) -> Overview:
    """The rounds as the address asks for them."""
    found, (standing, rule) = asked(viewer), rounds_asked()
    counts = tallies(viewer, day, found.now)
    page = page_of(every(standing, rule, day))
    tabs = [
        {"text": text, "href": found.url(ROUNDS, {}, standing=key, rule=rule),
         "count": len(every(key, rule, day)), "current": key == standing}
        for key, text in [("", _("全部")), *((k, _(t)) for k, t in STANDINGS.items())]
    ]  # fmt: skip
    return Overview(
        found, page, [line(row, counts, found) for row in page.items], tabs,
        [(key, title.label) for key, title in rounds.TITLES.items()], rule, standing,
        chips(found, ROUNDS, {}, standing=standing, rule=rule), bare(found, ROUNDS, rule=rule),
    )  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One firm in the round; None for what its reader may not see."""

    application: Application
    firm: Firm
    place: dict[str, Any]
    day: dt.date
    verdict: Verdict | None
    lacks: str | None


@dataclass(frozen=True)
class Listing(Frame):
    """Everything the page of one round shows."""

    round: ApplicationRound
    name: str
    version: Version | None
    state: str
    rows: list[Row]
    listed: int


def state_asked() -> str:
    """The state of the address."""
    given = request.args.get("state", "")
    return given if given in [str(one) for one in ApplicationState] else ""


def chosen(
    viewer: AnyViewer, row: ApplicationRound, found: Asked, state: str, day: dt.date
) -> Select[Any]:
    """The applications of the list, by name."""
    statement = within(viewer, day, found.now).where(Application.round_id == row.id)
    if state:
        statement = statement.where(Application.state == state)
    return by_name(statement)


def build(viewer: Viewer, row: ApplicationRound, day: dt.date) -> Listing:
    """The list as the address asks for it."""
    found, state = asked(viewer), state_asked()
    counts = tallies(viewer, day, found.now).get(row.id, Counter())
    page = paginate(chosen(viewer, row, found, state, day), total=counts[state])
    path = {"pid": row.pid}
    tabs = [
        {"text": text, "href": found.url(PAGE, path, state=key), "count": counts[key],
         "current": key == state}
        for key, text in [("", _("全部")), *ApplicationState.choices()]
        if counts[key] or key in ("", state)
    ]  # fmt: skip
    return Listing(
        found, page, tabs, chips(found, PAGE, path, state=state), offered(viewer),
        bare(found, PAGE, path), row, rounds.name_of(row),
        rounds.version_in(row, basis_day(row, day)), state,
        rows(viewer, row, list(page.items), day), len(listed(viewer, row, day)),
    )  # fmt: skip


def step_day(row: Application) -> dt.date:
    """The day on which an application came to where it is."""
    return row.failed_on or last_step(row)[1]


def listed(viewer: AnyViewer, row: ApplicationRound, day: dt.date) -> list[Application]:
    """Firms of the round under way whose recognition is on record already, for the district."""
    if not viewer.may(Permission.APPLICATION_DECIDE):
        return []
    statement = within(viewer, day, {}).where(Application.round_id == row.id, rounds.listed())
    return list(session.scalars(by_name(statement)))


def by_name(statement: Select[Any]) -> Select[Any]:
    """The applications of some firms, in the order of names."""
    return statement.with_only_columns(Application, maintain_column_froms=True).order_by(
        None
    ).order_by(Firm.sort_key, Firm.id)  # fmt: skip


def rows(
    viewer: AnyViewer, row: ApplicationRound, some: list[Application], day: dt.date
) -> list[Row]:
    """What the viewer may see of some applications of the round."""
    ids = [one.firm_id for one in some]
    places = carrier_cells(viewer, ids, day) if ids else {}
    seen = fields.open_to_each(viewer, ids, day)
    judged = judge(row, [one for one in some if "values" in seen[one.firm_id]], day)
    return [
        Row(one, one.firm, places[one.firm_id], step_day(one), judged.get(one.firm_id),
            lacks(judged[one.firm_id]) if one.firm_id in judged else None)
        for one in some
    ]  # fmt: skip


def basis_day(row: ApplicationRound, day: dt.date) -> dt.date:
    """The day as of which a firm is judged that has not handed in: today, at most the last one."""
    return min(day, row.district_on)


def judge(row: ApplicationRound, some: list[Application], day: dt.date) -> dict[int, Verdict]:
    """Verdicts by the version of the round: as of the day of filing, else of the basis day.

    One statement for each basis day.
    """
    by_day: dict[dt.date, list[int]] = {}
    for one in some:
        by_day.setdefault(one.filed_on or basis_day(row, day), []).append(one.firm_id)
    found: dict[int, Verdict] = {}
    for basis, ids in by_day.items():
        if rounds.version_in(row, basis) is not None:
            kind = rounds.kind_in(row, basis)
            found |= assess_many(row.rule, ids, basis, kind=kind, cycle=rounds.cycle_of(row))
    return found


# ---- by carrier or sector ---------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """How many firms of a round are in each state, by carrier or sector."""

    round: ApplicationRound
    name: str
    asked: Asked
    way: str
    heads: list[str]
    lines: list[tuple[str, list[tuple[int, str]]]]
    total: tuple[str, list[tuple[int, str]]]
    chips: list[Any]
    bare: str

    @property
    def page(self) -> Page:
        """The lines of the page that the address asks for."""
        return page_of(self.lines)


def counts(viewer: Viewer, row: ApplicationRound, day: dt.date) -> Counts:
    """The table; every firm of the list stands in one line."""
    found, way = asked(viewer), request.args.get("by", "carrier")
    way = way if way in WAYS else "carrier"
    statement = within(viewer, day, found.now).where(Application.round_id == row.id).order_by(None)
    key: Any = Firm.sector
    if way == "carrier":
        key = Carrier.pid
        statement = statement.outerjoin(
            Residency, (Residency.firm_id == Firm.id) & counting(day)
        ).outerjoin(Carrier, Carrier.id == Residency.carrier_id)
    told: dict[str, Counter[str]] = {}
    for place, state, number in session.execute(
        statement.with_only_columns(
            key, Application.state, func.count(), maintain_column_froms=True
        ).group_by(key, Application.state)
    ):
        one = told.setdefault(place or "", Counter())
        one[str(state)] += number
        one[""] += number
    states = ["", *(str(one) for one in ApplicationState)]

    def cells(numbers: Counter[str], **more: str) -> list[tuple[int, str]]:
        path = {"pid": row.pid}
        return [(numbers[s], found.url(PAGE, path, **more, state=s)) for s in states]

    lines = [(name, cells(told[k], **{way: k or NONE})) for k, name in names(viewer, way)
             if k in told]  # fmt: skip
    path = {"pid": row.pid}
    return Counts(
        row, rounds.name_of(row), found, way, heads(), lines,
        (_("合计"), cells(sum(told.values(), Counter()))),
        chips(found, COUNTS, path, by=way), bare(found, COUNTS, path, by=way),
    )  # fmt: skip


def names(viewer: AnyViewer, way: str) -> list[tuple[str, str]]:
    """Keys and names of the lines, those without a place last."""
    if way == "carrier":
        return [*((one.pid, one.short_name) for one in directory(viewer)), ("", _("不在载体"))]
    return [*term_choices("sector", retired=True), ("", _("未登记"))]


def heads() -> list[str]:
    """Words of the columns: all, then each state."""
    return [_("申报企业"), *(one.label for one in ApplicationState)]


def address(row: ApplicationRound, **more: Any) -> str:
    """The list of a round."""
    return url_for(PAGE, pid=row.pid, **more)
