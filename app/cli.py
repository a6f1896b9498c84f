"""Commands that look after a deployment. Rooms add their own in their `init_app`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask import Flask, g
from flask.cli import AppGroup, ScriptInfo, with_appcontext
from sqlalchemy.exc import DBAPIError, OperationalError

from app.core import audit, backup, doctor
from app.core.db import guards, session
from app.core.errors import DomainError
from app.core.handlers import no_table
from app.core.text import _

SIGNS = {doctor.Level.OK: "✓", doctor.Level.WARN: "!", doctor.Level.FAIL: "✗"}


def speak() -> None:
    """Answer in the language of the terminal: English where it says so, else Chinese."""
    asked = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")
    g.locale = "en" if asked.startswith("en") else "zh"


@contextmanager
def refusals() -> Iterator[None]:
    """Say a refusal as a sentence with exit status 1, not as a traceback."""
    speak()
    try:
        yield
    except DomainError as error:
        raise click.ClickException(error.message) from None


def plain(group: click.Group) -> None:
    """Let every command of a group say in a sentence that the database is not there."""
    for command in group.commands.values():
        if isinstance(command, click.Group):
            plain(command)
        elif command.callback is not None and not hasattr(command.callback, "plain"):
            command.callback = _plain(command.callback)


def _plain(run: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(run)
    def said(*args: Any, **kwargs: Any) -> Any:
        try:
            return run(*args, **kwargs)
        except DBAPIError as error:
            if not (missing := no_table(error)) and not isinstance(error, OperationalError):
                raise
            with click.get_current_context().ensure_object(ScriptInfo).load_app().app_context():
                speak()
                why = DomainError("no_tables").message if missing else doctor.unreachable(error)
            raise click.ClickException(why) from None

    said.plain = True  # type: ignore[attr-defined]
    return said


@click.command("doctor")
@with_appcontext
def examine() -> None:
    """Say what is wrong with this deployment; exit 1 when something is."""
    speak()
    bad = 0
    for finding in doctor.examine():
        click.echo(f"{SIGNS[finding.level]} {finding.message}")
        bad += finding.level is doctor.Level.FAIL
    if bad:
        click.echo(_("共 %(n)s 处有误", n=bad), err=True)
        sys.exit(1)


audit_group = AppGroup("audit", help="The audit: check it, or note its last entry.")


@audit_group.command("verify")
@click.option("--head", "kept", metavar="REV:HASH", help="An entry noted earlier by `audit head`.")
def verify(kept: str | None) -> None:
    """Check every entry and all that it wrote; exit 1 when one is damaged."""
    speak()
    noted = None
    if kept is not None:
        number, _colon, digest = kept.partition(":")
        if not number.isdigit() or len(digest) != 64:
            raise click.BadParameter("REV:HASH is meant, as `flask audit head` prints it")
        noted = (int(number), digest)
    with click.progressbar(length=audit.size(), file=sys.stderr) as bar:
        faults = list(audit.verify(kept=noted, seen=lambda _rev: bar.update(1)))
    for fault in faults:
        click.echo(f"{fault.rev} {fault.damage} {fault.damage.label}")
    if faults:
        sys.exit(1)
    click.echo(_("审计链完整，共 %(n)s 条", n=audit.size()))


@audit_group.command("head")
def head() -> None:
    """Print number and hash of the last entry, to be kept somewhere else."""
    number, digest = audit.head()
    click.echo(f"{number}:{digest}")


guards_group = AppGroup("guards", help="The promises that the database itself keeps.")


@guards_group.command("rebuild")
def rebuild() -> None:
    """Make every declared trigger and exclusion anew."""
    connection = session.connection(execution_options={"writing": True})
    guards.rebuild(connection)
    names = guards.existing(connection)
    connection.commit()
    click.echo(len(names))


@click.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@with_appcontext
def make_backup(folder: Path) -> None:
    """Copy database and evidence into an empty FOLDER while the program runs."""
    with refusals():
        made = backup.make(folder)
    click.echo(_("已备份 %(n)s 个文件到 %(where)s", n=len(made.files), where=folder))
    click.echo(made.audit_head)


@click.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@with_appcontext
def restore_backup(folder: Path) -> None:
    """Fill an empty database and evidence store from a backup; then migrate and verify."""
    with refusals():
        made = backup.restore(folder)
    click.echo(_("已恢复 %(at)s 的备份；接着执行：", at=made.made_at))
    click.echo("  alembic upgrade head")
    click.echo(f"  flask audit verify --head {made.audit_head}")


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in (examine, audit_group, guards_group, make_backup, restore_backup):
        app.cli.add_command(command)
