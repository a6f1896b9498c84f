"""房源 on pages: the list, the floor table, one unit with everybody who used it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.carriers.models import Carrier, HoldKind, Unit, UnitUse
from app.carriers.queries import ended_last
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.errors import NotFound
from app.core.forms import BaseForm
from app.core.paging import asked, page_of
from app.core.posting import apart
from app.core.text import _
from app.firms import unit_words
from app.firms.forms.space import (
    ResizeForm,
    StatusForm,
    UseForm,
    VacateForm,
    WhyForm,
    measure,
)
from app.firms.queries import space, unit_list
from app.firms.queries.space import Stock, UnitState
from app.firms.room import may_keep, present_firms
from app.firms.views.blueprint import bp

READ = (Permission.UNIT_READ,)
#: columns of the floor table's grid, of which each unit has a share by its area
GRID = 96


def conditions() -> dict[str, str]:
    """The conditions in the address."""
    return {key: asked(key) for key in unit_list.KEYS if asked(key)}


@dataclass
class Shown:
    """What every page of units needs of some of them."""

    stocks: Sequence[Stock]
    carriers: Sequence[Carrier] | None = None

    def parts(self) -> dict[str, Any]:
        """Users, carriers and forms for the templates."""
        ids = [one.unit.id for one in self.stocks]
        mine = unit_list.carriers(viewer()) if self.carriers is None else self.carriers
        homes = {carrier.id: carrier for carrier in mine}
        keep = {c.id for c in homes.values() if may_keep(viewer(), c)}
        return {
            "users": unit_list.users(viewer(), ids, today()),
            "homes": homes,
            "keep": keep,
            "kinds": list(HoldKind),
            "now": today(),
        }


def unread(given: dict[str, str]) -> list[str]:
    """What is said of each condition that cannot be read."""
    names = {
        "tier": _("载体层次"), "state": _("状态"), "use": _("用途"),
        "area": _("可租面积不小于（㎡）"), "by": _("可租日期不晚于"),
    }  # fmt: skip
    return [f"{names[key]} “{given[key]}”" for key in unit_list.unread(given)]


@bp.get("/units")
@requires(*READ)
def units() -> ResponseReturnValue:
    """All units of one's carriers, or those under the conditions of the address."""
    given, sort = conditions(), asked("sort")
    found = unit_list.listed(viewer(), given, today(), sort)
    page = page_of(found)
    page = replace(page, items=space.whole(page.items))
    mine = unit_list.carriers(viewer())
    return render_template(
        "firms/units.html",
        page=page,
        filling=space.fill(found),
        given=given,
        unread=unread(given),
        sort=sort,
        states=unit_words.states(),
        tiers=unit_words.tiers(mine),
        uses=UnitUse.choices(),
        carriers=mine,
        offered=ended_last(mine, lambda one: one.short_name),
        buildings=unit_list.buildings(found),
        may_add=any(may_keep(viewer(), one) for one in mine),
        **Shown(page.items, mine).parts(),
    )


@dataclass(frozen=True)
class Cell:
    """A unit on its floor, with its share of the row."""

    stock: Stock
    span: int


@dataclass(frozen=True)
class Floor:
    """One floor of a building, from the top down."""

    label: str
    cells: list[Cell]
    rest: int


def floors_of(stocks: Sequence[Stock]) -> list[tuple[str, list[Floor]]]:
    """Building → floors from the top, each unit as wide as its share of the largest floor."""
    rows: dict[tuple[str, int, str], list[Stock]] = {}
    for one in stocks:
        unit = one.unit
        key = (unit.building, unit.floor, unit.floor_label or "")
        rows.setdefault(key, []).append(one)
    widest = max((sum(s.unit.area_dm2 for s in row) for row in rows.values()), default=1)
    found: dict[str, list[Floor]] = {}
    for (building, number, label), row in sorted(
        rows.items(), key=lambda item: (item[0][0], -item[0][1], item[0][2])
    ):
        spans = shares([one.unit.area_dm2 for one in row], widest)
        cells = [Cell(one, span) for one, span in zip(row, spans, strict=True)]
        words = label or _("%(n)s 层", n=number)
        found.setdefault(building, []).append(Floor(words, cells, max(0, GRID - sum(spans))))
    return list(found.items())


def shares(areas: Sequence[int], whole: int, grid: int = GRID) -> list[int]:
    """How many columns of the grid each area gets: by its share, none too narrow to read."""
    least = max(1, min(10, grid // len(areas)))
    spans = [max(least, round(area * grid / whole)) for area in areas]
    while sum(spans) > grid and max(spans) > least:
        spans[spans.index(max(spans))] -= 1
    return spans


@bp.get("/units/floors")
@requires(*READ)
def unit_floors() -> ResponseReturnValue:
    """The floor table of one carrier: a row a floor, a cell a unit."""
    mine = unit_list.carriers(viewer())
    carrier = _chosen(mine)
    found = space.stock(viewer(), today(), Unit.carrier_id == carrier.id) if carrier else []
    return render_template(
        "firms/unit_floors.html",
        carrier=carrier,
        carriers=mine,
        offered=ended_last(mine, lambda one: one.short_name),
        sites=_by_site(carrier, found) if carrier else [],
        filling=space.fill(found),
        states=list(UnitState),
        may_add=carrier is not None and may_keep(viewer(), carrier),
        grid=GRID,
        **Shown(found).parts(),
    )


def _chosen(mine: Sequence[Carrier]) -> Carrier | None:
    """The carrier asked for, else the first of one's own; NotFound for one out of scope."""
    wanted = asked("carrier")
    if wanted:
        found = next((one for one in mine if one.pid == wanted), None)
        if found is None:
            raise NotFound()
        return found
    return next((one for one in mine if may_keep(viewer(), one)), mine[0] if mine else None)


def _by_site(carrier: Carrier, found: Sequence[Stock]) -> list[Any]:
    """(site, its floors by building) where there are units."""
    places = unit_list.sites_of(carrier)
    parts = [(site, [one for one in found if one.unit.site_id == site.id]) for site in places]
    return [(site, floors_of(part)) for site, part in parts if part]


@bp.get("/units/<pid>")
@requires(*READ)
def unit(pid: str) -> ResponseReturnValue:
    """One unit: what it is, how it stands, who used it."""
    return unit_page(unit_list.find_unit(viewer(), pid))


def unit_page(one: Unit, **typed: Any) -> ResponseReturnValue:
    """The page of a unit, with forms as they were typed where one was refused."""
    ended = one.ends is not None and one.ends <= today()
    stocks = [] if ended else space.stock(viewer(), today(), Unit.id == one.id)
    keep = may_keep(viewer(), one.carrier)
    forms: dict[str, Any] = {
        "status": StatusForm(formdata=None), "use": use_form(one, fresh=True),
        "resize": ResizeForm(formdata=None), "vacate": VacateForm(formdata=None),
        "why": WhyForm(formdata=None), "keep": BaseForm(formdata=None),
    }  # fmt: skip
    for name, form in forms.items():
        apart(form, name)
    shown = forms | typed
    before, after = unit_list.lineage(one)
    page = render_template(
        "firms/unit.html",
        unit=one,
        stock=stocks[0] if stocks else None,
        history=unit_list.history(viewer(), one),
        keepers=unit_list.keepers(viewer(), one),
        before=before,
        after=after,
        forms=shown,
        at=typed.get("at"),
        may_edit=keep and not ended,
        planned=one.ends is not None and not ended,
        may_keep=keep,
        list_url=url_for("firms.units", carrier=one.carrier.pid),
        **Shown(stocks).parts(),
    )
    return page, max(
        (form.answer for form in typed.values() if hasattr(form, "answer")), default=200
    )


def use_form(one: Unit, fresh: bool = False) -> UseForm:
    """The form for a firm's use of a unit, offering the firms that are at its carrier."""
    form = UseForm(formdata=None) if fresh else UseForm()
    measure(form, one, request.form if form.is_submitted() and not fresh else None)
    firms = present_firms(one.carrier, today())
    form.firm.choices = [("", "—"), *((firm.pid, firm.short_name) for firm in firms)]
    return form
