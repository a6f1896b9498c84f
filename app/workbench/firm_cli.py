"""`flask firm show CODE`: all that is recorded about a firm, for people and for scripts."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.carriers.models import Carrier
from app.core.db import last_revision, session
from app.firms import queries, uscc
from app.firms.models import Figures, Firm, FirmName, Milestone, Residency

firm_group = AppGroup("firm", help="Look into one firm.")

HIDDEN = {"id", "rev", "firm_id", "carrier_id", "pid"}


def plain(row: Any) -> dict[str, Any]:
    """A recorded row as JSON values: dates as text, money in fen, without empty columns."""
    values = {column.name: getattr(row, column.name) for column in row.__table__.columns}
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in values.items()
        if value is not None and name not in HIDDEN and not name.endswith("_id")
    }


def find(code: str) -> Firm:
    """The firm of a code, present or former; ClickException says what is wrong otherwise."""
    code = uscc.normalise(code)
    problem = uscc.shape_problem(code)
    if problem:
        raise click.ClickException(problem)
    found = queries.by_code(code)
    if found is None:
        raise click.ClickException(f"no firm with code {code} is recorded")
    return found


def file_of(firm: Firm) -> dict[str, Any]:
    """Everything recorded, oldest first."""

    def rows(model: Any, *order: Any) -> list[Any]:
        return list(session.scalars(select(model).where(model.firm_id == firm.id).order_by(*order)))

    carriers = dict(session.execute(select(Carrier.id, Carrier.name).order_by(Carrier.id)).all())
    return {
        "firm": plain(firm),
        "cut": last_revision(),
        "former_names": [plain(r) for r in rows(FirmName, FirmName.starts)],
        "residencies": [
            {"carrier": carriers[r.carrier_id], **plain(r)}
            for r in rows(Residency, Residency.starts, Residency.id)
        ],
        "milestones": [plain(r) for r in rows(Milestone, Milestone.day, Milestone.id)],
        "figures": [plain(r) for r in rows(Figures, Figures.year, Figures.quarter, Figures.source)],
    }


@firm_group.command("show")
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; money in fen.")
def show(code: str, as_json: bool) -> None:
    """Show what is recorded about the firm of a unified social credit CODE."""
    content = file_of(find(code))
    if as_json:
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    for name, value in content["firm"].items():
        click.echo(f"{name:22} {value}")
    for part in ("former_names", "residencies", "milestones", "figures"):
        click.echo(f"\n{part} ({len(content[part])})")
        for row in content[part]:
            click.echo("  " + "  ".join(f"{k}={v}" for k, v in row.items()))
