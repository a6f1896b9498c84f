"""`flask forecast-check`: how good forecasts of earlier days were, in numbers."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.core.days import today
from app.workbench.candidates import series
from app.workbench.outlook import record


@click.command("forecast-check")
@with_appcontext
def forecast_check() -> None:
    """Put the forecasts to the test on the record, keep the result for the pages and print it.

    A server does it by itself once a day.
    """
    series.check(today())
    for rule in record.tested(today()):
        record.check(rule, today())
    for method, row in series.records().items():
        click.echo(
            f"{method}: {row.hits} of {row.number} came true by then ({row.first} to {row.last}), "
            f"{row.missed} came true without a forecast, {row.few} had too little to go by"
        )
