"""Commands on reports."""

from __future__ import annotations

import click
from flask.cli import AppGroup, with_appcontext

from app.core.text import _
from app.statistics.citations import service as citations
from app.statistics.models import Citation, Report
from app.statistics.reports.verify import Checked, verify

report_group = AppGroup("report", help="Numbered reports and cited figures.")


@report_group.command("verify")
@click.argument("number", required=False)
@with_appcontext
def verify_reports(number: str | None) -> None:
    """Count every report and cited figure, or one, again at its own cut. Exit 1 when one does
    not hold."""
    report = Report.read(number) if number else None
    figure = Citation.read(number) if number and report is None else None
    if number and report is None and figure is None:
        raise click.BadParameter(_("编号形如 TJ-2026-0012 或 SJ-2026-0012。"))
    held = [] if figure else [_said(one) for one in verify(report)]
    held += [] if report else [_cited(row, same) for row, same in citations.verify(figure)]
    if number and not held:
        raise click.ClickException(_("没有编号为“%(number)s”的报告或数据出处。", number=number))
    click.echo(_("共 %(n)s 份，一致 %(m)s 份", n=len(held), m=sum(held)))
    if not all(held):
        raise SystemExit(1)


def _said(one: Checked) -> bool:
    """Tell what a report's figures are when they are counted again."""
    if one.holds:
        click.echo(_("%(number)s 一致", number=one.row.number))
    if not one.whole:
        click.echo(_("%(number)s 内容与摘要不符", number=one.row.number))
    if not one.cells:
        click.echo(_("%(number)s 表中有格与重算不同", number=one.row.number))
    for change in one.changes:
        click.echo(
            _("%(number)s %(code)s：报告中 %(a)s，重算 %(b)s", number=one.row.number,
              code=change.was.indicator.code, a=change.was.value, b=change.now.value)
        )  # fmt: skip
    return one.holds


def _cited(row: Citation, same: bool) -> bool:
    """Tell whether a cited figure is the same when it is counted again."""
    number = row.number
    click.echo(
        _("%(number)s 一致", number=number) if same else _("%(number)s 与重算不同", number=number)
    )
    return same
