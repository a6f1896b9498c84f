"""One's personal tokens for programs."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import posts, queries, service, tokens
from app.accounts.blueprint import bp
from app.accounts.forms import TokenForm
from app.accounts.models import Person, TokenState
from app.accounts.service.tokens import carries
from app.accounts.sessions import hashed
from app.core.access import Permission, requires, viewer
from app.core.days import add_months, now, today
from app.core.db import write
from app.core.errors import DomainError
from app.core.text import _

#: Months that the form offers; a year is the most.
MONTHS = 6


def _form() -> TokenForm:
    """The form with the posts that can carry a token; the one acted under comes first."""
    form, person = TokenForm(), viewer()
    able = sorted(
        (post for post in person.posts if carries(post.role)),
        key=lambda post: post.id != person.post_id,
    )
    form.post.choices = [
        (str(post.id), f"{post.organisation} · {posts.label_of(post)}") for post in able
    ]
    if form.until.data is None and not form.is_submitted():
        form.until.data = add_months(today(), MONTHS)
    return form


def _held(person: Person) -> list[queries.HeldToken]:
    return queries.tokens_of(person, now(), today())


def _page(form: TokenForm, secret: str | None = None) -> ResponseReturnValue:
    held = _held(queries.myself(viewer()))
    in_use = sum(one.state is TokenState.IN_USE for one in held)
    page = render_template(
        "accounts/tokens.html", form=form, held=held, in_use=in_use, secret=secret
    )
    return page, form.answer


@bp.get("/me/tokens")
@requires(Permission.ACCOUNT_OWN)
def tokens_page() -> ResponseReturnValue:
    """The tokens of one's own, and the form for another."""
    return _page(_form())


@bp.post("/me/tokens")
@requires(Permission.ACCOUNT_OWN)
def make_token() -> ResponseReturnValue:
    """Make one; the secret stands on this answer and nowhere else."""
    form, secret = _form(), tokens.new_secret()
    if not form.validate_on_submit():
        return _page(form)
    try:
        assert form.until.data is not None
        with write("account:token:make", actor=viewer(), reason=form.scope.data):
            held = _held(queries.myself(viewer()))
            service.make_token(
                actor=viewer(), today=today(), post_id=int(form.post.data), name=form.name.data,
                writes=form.scope.data == "write", until=form.until.data,
                secret_hash=hashed(secret),
                held=sum(one.state is TokenState.IN_USE for one in held),
            )  # fmt: skip
    except DomainError as error:
        form.refuse(error)
        return _page(form)
    return _page(TokenForm(formdata=None), secret)


@bp.post("/me/tokens/<pid>/end")
@requires(Permission.ACCOUNT_OWN)
def end_token(pid: str) -> ResponseReturnValue:
    """End one of one's own."""
    queries.find_token(queries.myself(viewer()), pid)
    with write("account:token:end", actor=viewer()):
        token = queries.find_token(queries.myself(viewer()), pid)
        service.end_token(actor=viewer(), today=today(), token=token)
    flash(_("访问令牌已结束，用它的程序随即不能再读写。"), "ok")
    return redirect(url_for("accounts.tokens_page"), 303)
