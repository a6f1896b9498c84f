"""`flask seed`: reference data for every installation, and the demo population."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import with_appcontext


@click.command("seed")
@click.option("--refresh", is_flag=True, help="Bring codes and targets back to the shipped words.")
@with_appcontext
def seed_command(refresh: bool) -> None:
    """Load code lists, parks and the plan's targets; a second run changes nothing."""
    from seed import reference  # only this command needs the files

    result = reference.load(refresh=refresh)
    click.echo(f"reference data: {result.added} added, {result.changed} refreshed")
    for one in result.kept:
        click.echo(f"  differs from the shipped one, kept: {one}")


def init_app(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(seed_command)
