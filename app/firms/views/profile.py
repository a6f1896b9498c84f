"""The register entry of a firm: profile, name, places, tags, contacts, links, merging, 作废."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import session, write
from app.core.errors import DomainError, NotFound
from app.core.posting import submitted
from app.core.terms import term
from app.core.text import N_, _
from app.firms import fields, queries, service
from app.firms.forms.firm import (
    PROFILE_FIELDS,
    ContactForm,
    FoundForm,
    LinkForm,
    MergeForm,
    NameForm,
    PlaceForm,
    ProfileForm,
    TagsForm,
)
from app.firms.forms.milestone import VoidForm
from app.firms.models import Contact, Firm, FirmKind, FirmTag, LinkKind, Place, PlaceKind
from app.firms.views.blueprint import bp

RECORD = (Permission.FIRM_RECORD, Permission.FIRM_VERIFY)
#: part of the page → its form
FORMS: dict[str, Any] = {
    "profile": ProfileForm,
    "name": NameForm,
    "place": PlaceForm,
    "tags": TagsForm,
    "contact": ContactForm,
    "found": FoundForm,
    "link": LinkForm,
    "merge": MergeForm,
}
SAVED = N_("已保存。")


def _firm(pid: str) -> Firm:
    firm = queries.find(viewer(), pid)
    fields.need_record(viewer(), firm.id, today())
    return firm


@bp.get("/firms/<pid>/edit")
@requires(*RECORD)
def edit(pid: str) -> ResponseReturnValue:
    """Everything in the register entry, each part with its own button."""
    return _page(_firm(pid))


def _page(firm: Firm, status: int = 200, **typed: Any) -> ResponseReturnValue:
    forms = {name: made(formdata=None, prefix=f"{name}-") for name, made in FORMS.items()}
    for name in ("profile", "name", "found"):
        forms[name] = FORMS[name](formdata=None, obj=firm, prefix=f"{name}-")
    tags = select(FirmTag.tag).where(FirmTag.firm_id == firm.id).order_by(FirmTag.tag)
    forms["tags"].tags.data = list(session.scalars(tags))
    forms["tags"].seen.data = ",".join(forms["tags"].tags.data)
    query = select(Place).where(Place.firm_id == firm.id).order_by(Place.kind, Place.starts)
    places = session.scalars(query).all()
    forms["place"].rev.data = max((place.rev for place in places), default=0)
    forms["void"] = VoidForm(formdata=None, obj=firm)
    forms |= typed
    contacts = select(Contact).where(Contact.firm_id == firm.id).order_by(Contact.id)
    page = render_template(
        "firms/edit.html",
        firm=firm,
        forms=forms,
        fields=PROFILE_FIELDS,
        places=places,
        term=term,
        contacts=session.scalars(contacts).all(),
        consent=bool(fields.consents([firm.id], today())),
        team=firm.kind is FirmKind.TEAM,
        reissue=queries.reissues([firm.id], today()).get(firm.id),
    )
    return page, status


def _save(pid: str, part: str, action: str, act: Callable[[Firm, Any], Any]) -> ResponseReturnValue:
    """Validate one part, run its verb in one write; the page again when it is refused."""
    firm = _firm(pid)
    form = FORMS[part](prefix=f"{part}-")
    if not form.validate_on_submit():
        return _page(firm, 422, **{part: form})
    reason = form.reason.data if part == "merge" else None
    try:
        with write(action, actor=viewer(), note=reason):
            act(firm, form)
    except DomainError as error:
        session.refresh(firm)
        form.refuse(error, _held(firm, part, form))
        return _page(firm, error.status, **{part: form})
    flash(_(SAVED), "ok")
    return redirect(url_for("firms.edit", pid=pid), 303)


def _held(firm: Firm, part: str, form: Any) -> Any:
    """The record that a stale form is set beside."""
    return service.present_place(firm, PlaceKind(form.kind.data)) if part == "place" else firm


@bp.post("/firms/<pid>/edit")
@requires(*RECORD)
def edit_save(pid: str) -> ResponseReturnValue:
    """Save the profile."""

    def act(firm: Firm, form: Any) -> None:
        service.edit_profile(
            actor=viewer(), today=today(), firm=firm, rev=form.rev.data, **form.profile()
        )

    return _save(pid, "profile", "firm:edit", act)


@bp.post("/firms/<pid>/name")
@requires(*RECORD)
def name_save(pid: str) -> ResponseReturnValue:
    """Give it a new name."""

    def act(firm: Firm, form: Any) -> None:
        service.rename(
            actor=viewer(), today=today(), firm=firm, name=form.name.data, day=form.day.data,
            rev=form.rev.data,
        )  # fmt: skip

    return _save(pid, "name", "firm:rename", act)


@bp.post("/firms/<pid>/places")
@requires(*RECORD)
def place_save(pid: str) -> ResponseReturnValue:
    """Record a place from a day on."""

    def act(firm: Firm, form: Any) -> None:
        service.set_place(
            actor=viewer(), today=today(), firm=firm, kind=PlaceKind(form.kind.data),
            district=form.district.data, area=form.area.data or None, town=form.town.data or None,
            address=form.address.data, starts=form.starts.data, rev=form.rev.data,
        )  # fmt: skip

    return _save(pid, "place", "firm:place", act)


@bp.post("/firms/<pid>/tags")
@requires(*RECORD)
def tags_save(pid: str) -> ResponseReturnValue:
    """Set the founder and team tags."""

    def act(firm: Firm, form: Any) -> None:
        seen = (form.seen.data or "").split(",")
        service.set_tags(actor=viewer(), today=today(), firm=firm, tags=form.tags.data, seen=seen)

    return _save(pid, "tags", "firm:tag", act)


@bp.post("/firms/<pid>/contacts")
@requires(*RECORD)
def contact_save(pid: str) -> ResponseReturnValue:
    """Add a contact."""

    def act(firm: Firm, form: Any) -> None:
        service.add_contact(
            actor=viewer(), today=today(), firm=firm, name=form.name.data, post=form.post.data,
            phone=form.phone.data, email=form.email.data,
        )  # fmt: skip

    return _save(pid, "contact", "contact:add", act)


@bp.post("/firms/<pid>/contacts/<int:number>/erase")
@requires(*RECORD)
def contact_erase(pid: str, number: int) -> ResponseReturnValue:
    """Erase a contact for good."""
    firm = _firm(pid)
    mine = select(Contact).where(Contact.id == number, Contact.firm_id == firm.id)
    with write("contact:erase", actor=viewer()):
        contact = session.scalars(mine).one_or_none()
        if contact is None:
            raise NotFound()
        service.erase_contact(actor=viewer(), today=today(), contact=contact)
    return redirect(url_for("firms.edit", pid=pid), 303)


@bp.post("/firms/<pid>/consent")
@requires(*RECORD)
def consent_save(pid: str) -> ResponseReturnValue:
    """Record the firm's consent, or that it ended."""
    firm = _firm(pid)
    held, gives = bool(fields.consents([firm.id], today())), request.form.get("gives") == "1"
    act = service.give_consent if gives else service.end_consent
    if held != gives:
        with write("consent:give" if gives else "consent:end", actor=viewer()):
            act(actor=viewer(), today=today(), firm=firm)
    return redirect(url_for("firms.edit", pid=pid), 303)


@bp.post("/firms/<pid>/found")
@requires(*RECORD)
def found_save(pid: str) -> ResponseReturnValue:
    """团队转企业."""

    def act(firm: Firm, form: Any) -> None:
        service.become_firm(
            actor=viewer(), today=today(), team=firm, name=form.name.data, code=form.code.data,
            founded_on=form.founded_on.data, code_reason=form.reason, rev=form.rev.data,
        )  # fmt: skip

    return _save(pid, "found", "firm:found", act)


def _other(code: str) -> Firm:
    other = queries.by_code(code)
    if other is None:
        raise DomainError("code_unknown", "code")
    return other


@bp.post("/firms/<pid>/links")
@requires(Permission.FIRM_VERIFY)
def link_save(pid: str) -> ResponseReturnValue:
    """承继: this firm follows the one with the code. The district only."""

    def act(firm: Firm, form: Any) -> None:
        service.link_firms(
            actor=viewer(), today=today(), older=_other(form.code.data), newer=firm,
            kind=LinkKind(form.kind.data), day=form.day.data,
            clock_passes=form.clock_passes.data, milestones_pass=form.milestones_pass.data,
        )  # fmt: skip

    return _save(pid, "link", "firm:link", act)


@bp.post("/firms/<pid>/merge")
@requires(Permission.FIRM_VERIFY)
def merge_save(pid: str) -> ResponseReturnValue:
    """Merge this record into the one with the code. The district only."""
    into: list[str] = []

    def act(firm: Firm, form: Any) -> None:
        stays = service.merge_firms(
            actor=viewer(), today=today(), firm=firm, into=_other(form.code.data),
            reason=form.reason.data,
        )  # fmt: skip
        into.append(stays.pid)

    answer = _save(pid, "merge", "firm:merge", act)
    return redirect(url_for("workbench.firm", pid=into[0]), 303) if into else answer


@bp.post("/firms/<pid>/void")
@requires(*RECORD)
def void(pid: str) -> ResponseReturnValue:
    """作废 of a wrong entry."""
    firm = _firm(pid)
    form = VoidForm()

    def act() -> None:
        service.void_firm(
            actor=viewer(), today=today(), firm=firm, reason=form.reason.data, rev=form.rev.data
        )

    if submitted(form, "firm:void", act, form.reason.data, firm):
        flash(_("已作废，原记录可在变动记录中查看。"), "ok")
        return redirect(url_for("workbench.firms"), 303)
    session.refresh(firm)
    return _page(firm, form.answer, void=form)
