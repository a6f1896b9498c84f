"""Signing in and out, and the post one acts under."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import demo, entering, preferences, sessions
from app.accounts.blueprint import bp
from app.accounts.events import Event, record
from app.accounts.forms import SignInForm
from app.core.access import Permission, public, requires, viewer
from app.core.errors import DomainError, NotFound
from app.core.shell import safe_next


def _page(form: SignInForm, refusal: DomainError | None = None) -> ResponseReturnValue:
    offers = [(one.role.label, one.organisation, one.login) for one in demo.offered()]
    message = refusal.message if refusal else None
    page = render_template("accounts/sign_in.html", form=form, message=message, demo=offers)
    return page, refusal.status if refusal else 422 if form.errors else 200


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """The way in; whoever is signed in goes straight on."""
    if g.get("viewer") is not None:
        return redirect(safe_next(request.args.get("next")), 303)
    return _page(SignInForm(formdata=None, next=request.args.get("next")))


@bp.post("/sign-in")
@public
def sign_in_post() -> ResponseReturnValue:
    """Check the password and start a session."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _page(form)
    try:
        entering.enter(login=form.login.data, password=form.password.data)
    except DomainError as refusal:
        return _page(form, refusal)
    return redirect(safe_next(form.next.data), 303)


@bp.post("/sign-in/demo")
@public
def demo_sign_in() -> ResponseReturnValue:
    """The button beside a demo account; there is no such address outside of demo mode."""
    person_id = demo.recognise(request.form.get("login", ""), None)
    if person_id is None:
        raise NotFound()
    entering.open_for(person_id)
    return redirect(url_for("workbench.home"), 303)


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this session; its id is worth nothing from here on."""
    held = sessions.standing()
    sessions.end()
    if held is not None:
        record(Event.SIGNED_OUT, person_id=held.person_id)
    return redirect(url_for("accounts.sign_in"), 303)


@bp.post("/post")
@requires(Permission.ACCOUNT_OWN)
def switch_post() -> ResponseReturnValue:
    """Go on under another post, or under all of them where they may be combined."""
    person, wanted = viewer(), request.form.get("post", "")
    chosen = next((p.id for p in person.posts if str(p.id) == wanted), None)
    if chosen is None and not (wanted == "all" and person.combinable):
        raise NotFound()
    sessions.switch(chosen)
    preferences.save(person, "post", chosen)
    record(Event.POST_SWITCHED, person_id=person.person_id)
    return redirect(url_for("workbench.home"), 303)
