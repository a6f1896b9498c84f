"""Looking after accounts: first passwords, sessions, disabling, 离任交接."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import passwords, queries, service
from app.accounts.blueprint import bp
from app.accounts.forms import HandoverForm
from app.accounts.views.people import both, show_once, unchosen
from app.core.access import viewer
from app.core.days import today
from app.core.db import write
from app.core.errors import DomainError
from app.core.text import _


@bp.post("/people/<pid>/first-password")
@both
def first_password(pid: str) -> ResponseReturnValue:
    """Make a first password and show it once."""
    made = passwords.first_password()
    hashed = passwords.make_hash(made)
    with write("account:password:issue", actor=viewer()):
        person = queries.find_person(viewer(), pid, today())
        service.issue_first_password(actor=viewer(), person=person, hashed=hashed, today=today())
    return show_once(pid, made)


@bp.post("/people/<pid>/sessions/end")
@both
def end_sessions_of(pid: str) -> ResponseReturnValue:
    """End all sessions and tokens of a person."""
    with write("account:session:end", actor=viewer()):
        person = queries.find_person(viewer(), pid, today())
        sessions, tokens = service.end_access(actor=viewer(), today=today(), person=person)
    flash(_("已结束 %(n)s 个会话和 %(m)s 个访问令牌。", n=sessions, m=tokens), "ok")
    return redirect(url_for("accounts.person", pid=pid), 303)


@bp.post("/people/<pid>/use")
@both
def use_account(pid: str) -> ResponseReturnValue:
    """Bar somebody from signing in, or let them in again."""
    bar = request.form.get("disable") == "1"
    act = service.disable if bar else service.enable
    with write("account:person:disable" if bar else "account:person:enable", actor=viewer()):
        person = queries.find_person(viewer(), pid, today())
        act(actor=viewer(), today=today(), person=person)
    flash(_("账号已停用，会话全部结束。") if bar else _("账号已恢复使用。"), "ok")
    return redirect(url_for("accounts.person", pid=pid), 303)


@bp.route("/people/<pid>/handover", methods=["GET", "POST"])
@both
def hand_over(pid: str) -> ResponseReturnValue:
    """离任交接: posts and open work go to a successor in one act."""
    leaver = queries.find_person(viewer(), pid, today())
    form = HandoverForm()
    choices = queries.colleagues(viewer(), leaver, today())
    form.successor.choices = unchosen([(one.pid, f"{one.name} · {one.login}") for one in choices])
    if request.method == "GET":
        form.day.data = today()
    if form.validate_on_submit():
        try:
            passed = _hand_over(pid, form)
        except DomainError as error:
            form.refuse(error)
        else:
            said = _("、").join(f"{_(name)} {n}" for name, n in passed.items())
            flash(_("已交接：%(what)s。", what=said), "ok")
            return redirect(url_for("accounts.person", pid=pid), 303)
        leaver = queries.find_person(viewer(), pid, today())
    page = render_template(
        "accounts/handover.html",
        person=leaver,
        form=form,
        posts=[p for p in queries.posts(viewer(), leaver) if not p[0].ends or p[0].ends > today()],
        work=queries.open_work(leaver),
    )
    return page, form.answer


def _hand_over(pid: str, form: HandoverForm) -> dict[str, int]:
    with write("account:person:handover", actor=viewer()):
        return service.hand_over(
            actor=viewer(),
            today=today(),
            leaver=queries.find_person(viewer(), pid, today()),
            successor=queries.find_person(viewer(), form.successor.data, today()),
            day=form.day.data or today(),
            leave=form.leave.data,
        )
