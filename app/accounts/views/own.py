"""One's own account: password, sessions, posts."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import entering, gate, passwords, queries, service, sessions
from app.accounts.blueprint import bp
from app.accounts.forms import PasswordForm
from app.core.access import Permission, requires, viewer
from app.core.days import now, today
from app.core.db import write
from app.core.errors import DomainError
from app.core.text import _


@bp.get("/me")
@requires(Permission.ACCOUNT_OWN)
def me() -> ResponseReturnValue:
    """Posts, password and sessions."""
    person = queries.myself(viewer())
    idle = current_app.config["SESSION_IDLE"]
    held = sessions.standing()
    return render_template(
        "accounts/me.html",
        person=person,
        sessions=queries.sessions_of(person, now(), idle),
        here=held.id_hash if held else None,
        credential=queries.credential(person),
    )


@bp.route("/me/password", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN)
def password() -> ResponseReturnValue:
    """Change one's password; all sessions end and a new one starts here."""
    form = PasswordForm()
    held = sessions.standing()
    first = held is not None and gate.must_change(held)
    if held is None or held.one_use is None:
        raise DomainError("no_password")
    if form.validate_on_submit():
        try:
            _change(form)
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("密码已修改，其他设备上的登录都已结束。"), "ok")
            return redirect(url_for("workbench.home" if first else "accounts.me"), 303)
    return render_template("accounts/password.html", form=form, first=first)


def _change(form: PasswordForm) -> None:
    person = queries.myself(viewer())
    person_id = person.id
    service.refuse_password(
        person=person,
        password=form.password.data,
        new_password=form.new_password.data,
        again=form.again.data,
    )
    entering.confirm(login=person.login, password=form.password.data, person_id=person_id)
    hashed = passwords.make_hash(form.new_password.data)
    with write("account:password:change", actor=viewer()):
        person = queries.myself(viewer())
        service.change_password(actor=viewer(), person=person, hashed=hashed, today=today())
    sessions.begin(person_id, viewer().post_id)


@bp.post("/me/sessions/<handle>/end")
@requires(Permission.ACCOUNT_OWN)
def end_session(handle: str) -> ResponseReturnValue:
    """End one of one's sessions, or all the others."""
    held = sessions.standing()
    person = queries.myself(viewer())
    idle = current_app.config["SESSION_IDLE"]
    known = {one.handle: one.id_hash for one in queries.sessions_of(person, now(), idle)}
    if held is None or (handle != "others" and handle not in known):
        abort(404)
    with write("account:session:end", actor=viewer()):
        person = queries.myself(viewer())
        if handle == "others":
            service.end_sessions(actor=viewer(), today=today(), person=person, keep=held.id_hash)
        else:
            service.end_sessions(actor=viewer(), today=today(), person=person, only=known[handle])
    flash(_("会话已结束。"), "ok")
    return redirect(url_for("accounts.me"), 303)
