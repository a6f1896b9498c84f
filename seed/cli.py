"""`flask seed`: reference data for every installation, and the demo population."""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.core.collector import settle
from app.core.days import today as business_day
from app.exchange.heap import uncollected

#: Bounds of `--firms`; beyond the upper one codes and names would run out.
FEWEST, MOST = 40, 1_000_000


class Day(click.ParamType[dt.date]):
    """A date as 2026-11-24."""

    name = "day"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        """Read the date; a usage error on anything else."""
        if isinstance(value, dt.date):
            return value
        try:
            day = dt.date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a day like 2026-11-24", param, ctx)
        if not 2020 <= day.year <= 2090:
            self.fail(f"{value} lies outside 2020 to 2090", param, ctx)
        return day


@click.command("seed")
@click.option("--demo", is_flag=True, help="Also make the demo population (demo mode only).")
@click.option(
    "--firms",
    type=click.IntRange(FEWEST, MOST),
    default=4_400,
    show_default=True,
    metavar="N",
    help="Firms and teams in incubation today.",
)
@click.option("--today", type=Day(), help="Last day of the history (default: today in Shanghai).")
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="Another number makes another population of the same shape.",
)
@click.option("--if-empty", is_flag=True, help="Do nothing when firms are there already.")
@click.option("--refresh", is_flag=True, help="Bring codes and targets back to the shipped words.")
@with_appcontext
def seed_command(
    demo: bool, firms: int, today: dt.date | None, seed: int, if_empty: bool, refresh: bool
) -> None:
    """Load code lists, parks and the plan's targets; a second run changes nothing.

    With --demo, fill an empty database with an invented district.
    """
    if demo:
        _demo(firms, today or business_day(), seed, if_empty)
    else:
        _reference(refresh)


def _reference(refresh: bool) -> None:
    from seed import reference  # only this command needs the files

    result = reference.load(refresh=refresh)
    result.added += reference.load_rule_book(business_day())
    click.echo(f"reference data: {result.added} added, {result.changed} refreshed")
    for one in result.kept:
        click.echo(f"  differs from the shipped one, kept: {one}")


def _demo(firms: int, day: dt.date, number: int, if_empty: bool) -> None:
    if not current_app.config["DEMO"]:
        raise click.ClickException(
            "the demo population is for demo mode only: set DEMO=1 (never where real firms "
            "are kept), or run `flask seed` without --demo"
        )
    from seed.demo import run  # only this command needs the generator

    if run.half_made():
        raise click.ClickException(
            "the demo population in this database was interrupted half-way: make the database "
            "anew (drop and create it, or delete its file), run `alembic upgrade head`, seed again"
        )
    if not run.is_empty():
        if if_empty:
            click.echo("firms are there already: nothing to do")
            return
        raise click.ClickException(
            "this database already holds firms; the demo needs an empty one: name another in "
            "DATABASE_URL and run `alembic upgrade head`, or add --if-empty to leave it as it is"
        )
    settle()
    began = time.monotonic()
    with _bars() as progress, uncollected():
        made = run.populate(firms=firms, today=day, seed=number, progress=progress)
    took = time.monotonic() - began
    click.echo(
        f"demo population: {made.firms:,} firms ever, {firms:,} in incubation on {day}, "
        f"{made.rows:,} rows in {took:.1f} s"
    )


@contextmanager
def _bars() -> Iterator[Callable[[str, int, int], None]]:
    """One line that says which step is how far; plain lines where nobody watches."""
    shown = [-1]
    live = sys.stderr.isatty()

    def progress(step: str, done: int, whole: int) -> None:
        percent = 100 * done // max(whole, 1)
        if percent == shown[0]:
            return
        shown[0] = percent
        line = f"{step:<9} [{'#' * (percent // 3):<33}] {percent:3d} %"
        if live:
            click.echo(f"\r{line}", nl=False, err=True)
        elif percent % 25 == 0:
            click.echo(line, err=True)

    yield progress
    if live:
        click.echo(err=True)


def init_app(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(seed_command)
