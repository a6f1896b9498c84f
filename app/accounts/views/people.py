"""People: list, card, posts; for the administrator and for a carrier's own."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import passwords, queries, service
from app.accounts.blueprint import bp
from app.accounts.forms import EngageForm, NameForm, PostForm
from app.accounts.models import Role, TokenState
from app.core.access import Permission, requires, viewer
from app.core.days import now, today
from app.core.db import session, write
from app.core.errors import Conflict, DomainError, Forbidden, NotFound
from app.core.paging import asked, paginate
from app.core.text import N_, _

STATES = (
    ("", N_("全部")),
    ("here", N_("在任")),
    ("gone", N_("无在任岗位")),
    ("disabled", N_("已停用")),
)
both = requires(Permission.ACCOUNT_ALL, Permission.ACCOUNT_COLLEAGUES)


@bp.get("/people")
@both
def people() -> ResponseReturnValue:
    """People in the viewer's charge."""
    args = request.args
    q, state, place = asked("q"), args.get("state", ""), args.get("organisation")
    where = queries.find_organisation(viewer(), place) if place else None
    statement = queries.people(viewer(), today(), q=q, state=state, organisation=where)
    page = paginate(statement)
    held = queries.posts_of_many(viewer(), [one.id for one in page.items], today())
    return render_template(
        "accounts/people.html", page=page, held=held, q=q, state=state, states=STATES, where=where
    )


def unchosen(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Choices of which none is taken beforehand, unless there is only one."""
    return choices if len(choices) == 1 else [("", _("未选择")), *choices]


def _posts(form: PostForm) -> PostForm:
    """Fill the choices of organisation and post."""
    places = list(session.scalars(queries.organisations(viewer(), closed=False)))
    form.organisation.choices = unchosen([(place.pid, place.name) for place in places])
    roles = {role: None for place in places for role in queries.grantable(viewer(), place)}
    form.role.choices = unchosen([(role.value, role.label) for role in Role if role in roles])
    if request.method == "GET":
        form.starts.data = form.starts.data or today()
    return form


@bp.route("/people/new", methods=["GET", "POST"])
@both
def new_person() -> ResponseReturnValue:
    """Somebody new: an account, a first post, a first password."""
    form = _posts(EngageForm())
    if form.validate_on_submit():
        try:
            return _engage(form)
        except DomainError as error:
            form.refuse(error)
    return render_template("accounts/new_person.html", form=form), form.answer


def _engage(form: EngageForm) -> ResponseReturnValue:
    made = passwords.first_password()
    hashed = passwords.make_hash(made)
    with write("account:person:engage", actor=viewer()):
        person, fresh = service.engage(
            actor=viewer(),
            today=today(),
            name=form.name.data,
            login=form.login.data,
            organisation=queries.find_organisation(viewer(), form.organisation.data),
            role=Role(form.role.data),
            starts=form.starts.data or today(),
            ends=form.ends.data,
        )
        pid = person.pid
        if fresh:
            service.issue_first_password(
                actor=viewer(), person=person, hashed=hashed, today=today()
            )
    if fresh:
        return show_once(pid, made)
    flash(_("此人已有账号，已给予岗位，密码不变。"), "ok")
    return redirect(url_for("accounts.person", pid=pid), 303)


def show_once(pid: str, made: str) -> ResponseReturnValue:
    """The page with a first password: shown once, stored nowhere."""
    person = queries.find_person(viewer(), pid, today())
    hours = current_app.config["PASSWORD_FIRST_HOURS"]
    return render_template("accounts/first_password.html", person=person, made=made, hours=hours)


@bp.get("/people/<pid>")
@both
def person(pid: str) -> ResponseReturnValue:
    """One person: posts, account, sessions, open work."""
    return _card(pid)


def _card(pid: str, posting: PostForm | None = None, naming: NameForm | None = None) -> str:
    found = queries.find_person(viewer(), pid, today())
    return render_template(
        "accounts/person.html",
        person=found,
        posts=queries.posts(viewer(), found),
        mine=queries.manageable(viewer(), found, today()),
        credential=queries.credential(found),
        sessions=queries.sessions_of(found, now(), current_app.config["SESSION_IDLE"]),
        tokens=[
            one
            for one in queries.tokens_of(found, now(), today())
            if one.state is TokenState.IN_USE
        ],
        colleagues=queries.colleagues(viewer(), found, today()),
        posting=posting or _posts(PostForm()),
        naming=naming or NameForm(obj=found),
        at=now(),
    )


@bp.post("/people/<pid>/posts")
@both
def give_post(pid: str) -> ResponseReturnValue:
    """Give a post to somebody known."""
    form = _posts(PostForm())
    if not form.validate_on_submit():
        return _card(pid, posting=form), 422
    try:
        with write("account:post:give", actor=viewer()):
            service.give_post(
                actor=viewer(),
                today=today(),
                person=queries.find_person(viewer(), pid, today()),
                organisation=queries.find_organisation(viewer(), form.organisation.data),
                role=Role(form.role.data),
                starts=form.starts.data or today(),
                ends=form.ends.data,
            )
    except DomainError as error:
        if isinstance(error, (Forbidden, NotFound)):
            raise
        form.refuse(error)
        return _card(pid, posting=form), error.status
    flash(_("岗位已生效。"), "ok")
    return redirect(url_for("accounts.person", pid=pid), 303)


@bp.post("/people/<pid>/posts/<post_pid>/end")
@both
def end_post(pid: str, post_pid: str) -> ResponseReturnValue:
    """End a post today."""
    with write("account:post:end", actor=viewer()):
        post = queries.find_post(viewer(), post_pid)
        service.end_post(actor=viewer(), today=today(), post=post, ends=today())
    flash(_("岗位已结束，下一次操作起失效。"), "ok")
    return redirect(url_for("accounts.people"), 303)


@bp.post("/people/<pid>/name")
@both
def rename(pid: str) -> ResponseReturnValue:
    """Correct a name."""
    form = NameForm()
    if not form.validate_on_submit():
        return _card(pid, naming=form), 422
    try:
        with write("account:person:edit", actor=viewer()):
            service.edit_person(
                actor=viewer(),
                today=today(),
                person=queries.find_person(viewer(), pid, today()),
                rev=form.rev.data or 0,
                name=form.name.data,
            )
    except Conflict as error:
        form.refuse(error, queries.find_person(viewer(), pid, today()))
        return _card(pid, naming=form), error.status
    flash(_("已保存。"), "ok")
    return redirect(url_for("accounts.person", pid=pid), 303)
