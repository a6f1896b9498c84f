"""Commands on accounts."""

from __future__ import annotations

import json

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from app.accounts import demo, passwords, sessions
from app.accounts.models import Organisation, OrganisationKind, Role
from app.accounts.service import create_organisation, create_person, give_post, set_password
from app.core.access import System
from app.core.days import today
from app.core.db import session, write
from app.core.errors import DomainError
from app.core.text import _

ACTOR = System("command")


@click.command("create-admin")
@click.option("--login", prompt=True, help="Login of the first administrator.")
@click.option("--name", prompt=True, help="Name as it shall stand in the audit.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@with_appcontext
def create_admin(login: str, name: str, password: str) -> None:
    """Make an administrator of people and organisations. Asks; there is no default account."""
    try:
        passwords.refuse_weak(password, login, name)
        with write("account:administrator:create", actor=ACTOR):
            _administrator(login, name, password)
    except DomainError as error:
        raise click.ClickException(error.message) from None
    click.echo(_("系统管理员 %(login)s 已建立，可以登录了。", login=login))


def _administrator(login: str, name: str, password: str) -> None:
    day = today()
    place = session.scalars(
        select(Organisation)
        .where(Organisation.kind == OrganisationKind.PLATFORM, Organisation.closed_on.is_(None))
        .order_by(Organisation.id)
    ).first()
    if place is None:
        place = create_organisation(
            actor=ACTOR, today=day, kind=OrganisationKind.PLATFORM, name=_("系统管理")
        )
    person = create_person(actor=ACTOR, today=day, name=name, login=login)
    give_post(
        actor=ACTOR,
        today=day,
        person=person,
        organisation=place,
        role=Role.ADMINISTRATOR,
        starts=day,
    )
    set_password(actor=ACTOR, person=person, password=password, today=day)


@click.command("demo-accounts")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@with_appcontext
def demo_accounts(as_json: bool) -> None:
    """Print the demo accounts and their password; only in demo mode."""
    if not current_app.config["DEMO"]:
        raise click.ClickException("DEMO is off: there are no demo accounts")
    offered = demo.offered()
    kinds = demo.tiers() if offered else {}
    if as_json:
        rows = [
            {
                "account": one.login,
                "password": demo.DEMO_PASSWORD,
                "name": one.name,
                "role": one.role.value,
                "organisation": one.organisation,
                "organisation_kind": kinds.get(one.login),
            }
            for one in offered
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    if not offered:
        click.echo("no demo people yet: type flask seed --demo")
        return
    width = max(len(one.login) for one in offered)
    click.echo(f"password of all: {demo.DEMO_PASSWORD}")
    for one in offered:
        click.echo(f"  {one.login:<{width}}  {one.role.label} · {one.organisation}")


session_group = AppGroup("session", help="Sessions of signed-in people.")


@session_group.command("purge")
def purge() -> None:
    """Remove dead sessions."""
    click.echo(sessions.purge())


COMMANDS: tuple[click.Command, ...] = (create_admin, demo_accounts, session_group)
