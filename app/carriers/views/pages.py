"""The list of carriers and a carrier's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.carriers import queries, service
from app.carriers.forms import ActForm, EndForm, SiteForm, SuccessionForm, TitleForm
from app.carriers.models import (
    TIER_WORDS,
    Carrier,
    CarrierType,
    Level,
    StatusAct,
)
from app.carriers.queries import listing
from app.carriers.queries.figures import years
from app.carriers.queries.page import facts, people, returns_of
from app.carriers.views.blueprint import bp
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import session, write
from app.core.errors import DomainError, NotFound
from app.core.paging import asked, paginate
from app.core.panels import Column, Filter, collect, registry
from app.core.terms import term, term_choices
from app.core.text import N_, _

FORMS: dict[str, Any] = {
    "act": ActForm, "title": TitleForm, "site": SiteForm, "succession": SuccessionForm,
}  # fmt: skip
SAVED = N_("已保存。")
PLACES = ("top", "main", "side")


def _choices() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Conditions of the list: key, field, (code, word) pairs."""
    ended = [(act.value, _("已%(act)s", act=act.label)) for act in listing.ENDED]
    return [
        ("standing", _("状态"), [("registered", _("登记有效")), *ended]),
        ("type", _("类型"), CarrierType.choices()),
        ("level", _("级别"), Level.choices()),
        ("area", _("片区"), term_choices("area")),
        ("town", _("街镇"), term_choices("town")),
        ("sector", _("主导领域"), term_choices("sector")),
    ]


def _columns() -> list[Column]:
    return [one for one in registry().carrier_columns if one.shows(viewer())]


def _order(sort: str) -> Any:
    """The order asked for, where a column of a room above offers it."""
    key = sort.lstrip("-")
    wanted = next((one.sort for one in _columns() if one.key == key and one.sort), None)
    return wanted(viewer(), today()) if wanted else None


def _narrowing(more: list[Filter], conditions: dict[str, str]) -> Callable[[Any], Any]:
    """What the conditions of rooms above make of a statement."""
    asked_for = [(one, conditions[one.key]) for one in more if one.key in conditions]

    def narrow(statement: Any) -> Any:
        for one, value in asked_for:
            statement = one.apply(statement, viewer(), value, today())
        return statement

    return narrow


@bp.get("/carriers")
@requires(Permission.CARRIER_READ)
def index() -> ResponseReturnValue:
    """All carriers with what is public of each, and how many are registered today."""
    own = {key: asked(key) for key in listing.KEYS if asked(key)}
    q, sort = asked("q"), asked("sort") or "name"
    more = [one for one in registry().carrier_filters if one.shows(viewer())]
    conditions = own | {one.key: asked(one.key) for one in more if asked(one.key)}
    narrow = _narrowing(more, conditions)
    page = paginate(narrow(listing.listed(own, q, sort, today(), _order(sort))))
    ids = [c.id for c in page.items]
    return render_template(
        "carriers/index.html",
        page=page,
        acts=queries.standings(today(), ids),
        public=listing.public(ids, today()),
        conditions=conditions,
        choices=[*_choices(), *((one.key, _(one.text), one.choices()) for one in more)],
        columns=[(one, one.cells(viewer(), ids, today())) for one in _columns() if one.cells],
        q=q,
        sort=sort,
        tiers=TIER_WORDS,
        counts=listing.counts(own, q, today(), narrow),
        registered={t: queries.count_registered(today(), t) for t in TIER_WORDS},
        may_register=viewer().may(Permission.CARRIER_STATUS),
    )


@bp.get("/carriers/<pid>")
@requires(Permission.CARRIER_READ)
def show(pid: str) -> ResponseReturnValue:
    """One carrier. Those outside its scope read what is public; rooms above add the rest."""
    carrier = queries.find_public(pid)
    if not queries.opens(viewer(), carrier):
        return render_template(
            "carriers/public.html",
            carrier=carrier,
            facts=facts(viewer(), carrier, today()),
            told=listing.public([carrier.id], today())[carrier.id],
            tier=_(TIER_WORDS[carrier.tier]),
        )
    return show_page(carrier)


def show_page(carrier: Carrier, status: int = 200, **typed: Any) -> ResponseReturnValue:
    """The carrier's page for those whom it is open to, with forms as they were typed."""
    forms = {name: _form(name, carrier.pid, formdata=None) for name in FORMS} | typed
    found = collect(registry().carrier, viewer(), carrier, today())
    page = render_template(
        "carriers/show.html",
        carrier=carrier,
        facts=facts(viewer(), carrier, today()),
        told=listing.public([carrier.id], today())[carrier.id],
        forms=forms,
        panels={
            place: sorted((p for p in found if p.place == place), key=lambda p: p.position)
            for place in PLACES
        },
        tier=_(TIER_WORDS[carrier.tier]),
        word=term,
        people=people(viewer(), carrier, today()),
        figures=years(viewer(), carrier),
        returns=returns_of(viewer(), carrier),
        end=typed.get("end"),
        ending=typed.get("ending"),
        may_set=viewer().may(Permission.CARRIER_STATUS),
        may_edit=viewer().may(Permission.CARRIER_EDIT) or viewer().may(Permission.CARRIER_STATUS),
        may_read_returns=any(
            viewer().may(p)
            for p in (
                Permission.RETURN_SUBMIT, Permission.RETURN_CHECK, Permission.CARRIER_FIGURES,
            )
        ),
        may_fill=any(
            viewer().may(p) for p in (Permission.CARRIER_FIGURES, Permission.RETURN_CHECK)
        ),
    )  # fmt: skip
    return page, status


def _form(part: str, pid: str, **given: Any) -> Any:
    form = FORMS[part](prefix=f"{part}-", **given)
    if isinstance(form, SuccessionForm):
        form.offer(queries.offered(viewer(), without=pid))
    return form


def save_part(pid: str, part: str, act: Callable[[Carrier, Any], Any]) -> ResponseReturnValue:
    """Save one of the forms on the page by an act on the carrier."""
    carrier = queries.find(viewer(), pid)
    form = _form(part, pid)
    if not form.validate_on_submit():
        return show_page(carrier, 422, **{part: form})
    try:
        with write(f"carrier:{part}", actor=viewer()):
            act(carrier, form)
    except DomainError as error:
        session.refresh(carrier)
        form.refuse(error)
        return show_page(carrier, error.status, **{part: form})
    flash(_(SAVED), "ok")
    return redirect(url_for("carriers.show", pid=pid), 303)


@bp.post("/carriers/<pid>/acts")
@requires(Permission.CARRIER_STATUS)
def act_save(pid: str) -> ResponseReturnValue:
    """Record an act on the registration."""

    def act(carrier: Carrier, form: Any) -> None:
        service.add_act(
            actor=viewer(), today=today(), carrier=carrier, act=StatusAct(form.act.data),
            day=form.day.data, document=form.document.data, batch=form.batch.data,
            remark=form.remark.data,
        )  # fmt: skip

    return save_part(pid, "act", act)


@bp.post("/carriers/<pid>/titles")
@requires(Permission.CARRIER_STATUS)
def title_save(pid: str) -> ResponseReturnValue:
    """Record a level."""

    def act(carrier: Carrier, form: Any) -> None:
        service.add_title(
            actor=viewer(), today=today(), carrier=carrier, level=Level(form.level.data),
            starts=form.starts.data, ends=form.ends.data, document=form.document.data,
        )  # fmt: skip

    return save_part(pid, "title", act)


@bp.post("/carriers/<pid>/sites")
@requires(Permission.CARRIER_EDIT, Permission.CARRIER_STATUS)
def site_save(pid: str) -> ResponseReturnValue:
    """Add a site."""

    def act(carrier: Carrier, form: Any) -> None:
        service.add_site(
            actor=viewer(), today=today(), carrier=carrier, name=form.name.data,
            address=form.address.data, starts=form.starts.data, town=form.town.data or None,
            area=form.area.data or None, area_m2=form.area_m2.data, ends=form.ends.data,
        )  # fmt: skip

    return save_part(pid, "site", act)


def _end(
    pid: str, action: str, ending: str, act: Callable[[Carrier, Any], Any]
) -> ResponseReturnValue:
    """A level or a site ends; a refusal stands in the box `ending` as it was typed."""
    carrier = queries.find(viewer(), pid)
    form = EndForm()
    if not form.validate_on_submit():
        return show_page(carrier, 422, end=form, ending=ending)
    try:
        with write(action, actor=viewer()):
            act(carrier, form)
    except NotFound:
        raise
    except DomainError as error:
        session.refresh(carrier)
        form.refuse(error)
        return show_page(carrier, error.status, end=form, ending=ending)
    flash(_(SAVED), "ok")
    return redirect(url_for("carriers.show", pid=pid), 303)


@bp.post("/carriers/<pid>/titles/<int:number>/end")
@requires(Permission.CARRIER_STATUS)
def title_end(pid: str, number: int) -> ResponseReturnValue:
    """A level ends on a day."""

    def act(carrier: Carrier, form: Any) -> None:
        titles = facts(viewer(), carrier, today()).titles
        held = next((t for t in titles if t.id == number), None)
        if held is None:
            raise NotFound()
        service.end_title(actor=viewer(), today=today(), title=held, ends=form.ends.data)

    return _end(pid, "carrier:title", f"title-{number}", act)


@bp.post("/carriers/<pid>/sites/<site_pid>/end")
@requires(Permission.CARRIER_EDIT, Permission.CARRIER_STATUS)
def site_end(pid: str, site_pid: str) -> ResponseReturnValue:
    """A site is given up on a day."""

    def act(carrier: Carrier, form: Any) -> None:
        held = next((s for s in facts(viewer(), carrier, today()).sites if s.pid == site_pid), None)
        if held is None:
            raise NotFound()
        service.end_site(
            actor=viewer(), today=today(), carrier=carrier, site=held, ends=form.ends.data
        )

    return _end(pid, "carrier:site", f"site-{site_pid}", act)
