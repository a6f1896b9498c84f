"""`flask import` and `flask template`: the same plan, errors and services as the pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from app.accounts import viewing
from app.accounts.models import Person
from app.core.access import Viewer
from app.core.days import today
from app.core.db import session, write
from app.core.errors import DomainError
from app.exchange.intake import service
from app.exchange.intake.plan import Line, Plan, build
from app.exchange.out import forms
from app.exchange.reading import read
from app.exchange.sheets.base import WAITING, Sheet, sheets

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def acting(login: str) -> Viewer:
    """The person of a login, under all of their posts; ClickException when there is none."""
    person = session.scalars(select(Person).where(Person.login == login)).one_or_none()
    if person is None:
        raise click.ClickException(f"no person with the login {login}")
    if person.disabled:
        raise click.ClickException(f"the account {login} is disabled")
    return viewing.build(person.id, person.pid, person.name, today(), None)


def offered(viewer: Viewer) -> list[Sheet]:
    """The sheets of which a person may bring rows."""
    found = [one for one in sheets().values() if one.may(viewer) and not one.manual]
    if not found:
        raise click.ClickException("this person may not import anything")
    return found


def told(plan: Plan, wrote: int) -> dict[str, Any]:
    """The plan as JSON: counts, and each row that waits with its reasons."""
    waiting = plan.of(*WAITING)
    return {
        "counts": {kind.value: number for kind, number in plan.counts.items()},
        "written": wrote,
        "waiting": [
            {
                "sheet": line.kept.name,
                "row": line.row.number,
                "subject": line.planned.subject,
                "troubles": [
                    {
                        "field": one.field,
                        "column": _column(line, one.field),
                        "value": one.value,
                        "reason": one.reason,
                    }
                    for one in line.wrong
                ],
                "conflicts": [
                    {"field": c.field, "original": c.original, "now": c.old, "yours": c.new}
                    for c in line.planned.changes
                    if c.clashes
                ],
            }
            for line in waiting
        ],
    }


def _column(line: Line, field: str) -> str:
    """The head of a field; "" where a whole row is meant."""
    known = line.kept.sheet.by_key.get(field)
    return known.head if known is not None else ""


def show(answer: dict[str, Any]) -> None:
    """The same for people."""
    click.echo("  ".join(f"{kind} {n}" for kind, n in answer["counts"].items()))
    for line in answer["waiting"]:
        for one in line["troubles"]:
            why = f"{one['column']}: {one['reason']}" if one["column"] else one["reason"]
            click.echo(f"{line['sheet']} {line['row']}  {line['subject']}  {why}")
        for one in line["conflicts"]:
            click.echo(
                f"{line['sheet']} {line['row']}  {line['subject']}  {one['field']}: "
                f"{one['original']} / {one['now']} / {one['yours']}"
            )
    click.echo(f"{answer['written']} rows written")


@click.command("import", help="Import a workbook or .csv with the rights of a person.")
@click.argument("file", type=FILE)
@click.option("--as", "login", required=True, help="Login of the person who imports.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, write nothing.")
@click.option("--skip-bad", is_flag=True, help="Write the good rows although others are bad.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def import_file(file: Path, login: str, dry_run: bool, skip_bad: bool, as_json: bool) -> None:
    """Exit 1 and nothing written when a row is bad, unless told to skip it."""
    viewer = acting(login)
    try:
        upload = read(file.name, file.read_bytes())
        pid = service.receive(viewer, [upload], offered(viewer))
        session.rollback()
        plan, wrote = build(viewer, today(), service.find(viewer, pid)), 0
        if not dry_run:
            plan, wrote = _write(viewer, pid, plan, skip_bad)
        if not wrote:
            service.drop(service.find(viewer, pid))
    except DomainError as error:
        raise click.ClickException(error.message) from error
    answer = told(plan, wrote)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        show(answer)
    if plan.of(*WAITING) and not skip_bad:
        raise SystemExit(1)


def _write(viewer: Viewer, pid: str, plan: Plan, skip_bad: bool) -> tuple[Plan, int]:
    """Write a plan; the plan as it came out, with the rows that were refused as bad ones, and how
    many rows were written. With `skip_bad` what is left of it is tried again without those."""
    while plan.writes and (skip_bad or not plan.of(*WAITING)):
        try:
            with write("import:commit", actor=viewer):
                return plan, len(service.commit(viewer, today(), pid, plan.digest).writes)
        except service.RowsRefused as error:
            service.keep_refusals(viewer, pid, error)
            session.rollback()  # else it reads on as of before that
            plan = build(viewer, today(), service.find(viewer, pid))
    return plan, 0


@click.command("template", help="Write a blank template: a sheet's key, or all.")
@click.argument("what")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def template(what: str, file: Path) -> None:
    """A template holds no data, so nobody has to be named."""
    found = [o for o in sheets().values() if what in ("all", o.key) and not o.manual]
    if not found:
        keys = ", ".join(one.key for one in sheets().values() if not one.manual)
        raise click.ClickException(f"no sheet {what}; there are: all, {keys}")
    with file.open("wb") as into:
        forms.template(into, found)
