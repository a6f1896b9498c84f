"""Commands on reports."""

from __future__ import annotations

import click
from flask.cli import AppGroup, with_appcontext

from app.core.text import _
from app.statistics.reports.service import NUMBER
from app.statistics.reports.verify import verify

report_group = AppGroup("report", help="Numbered reports.")


@report_group.command("verify")
@click.argument("number", required=False)
@with_appcontext
def verify_reports(number: str | None) -> None:
    """Count every report, or one, again at its own cut. Exit 1 when one does not hold."""
    wanted = None
    if number is not None:
        match = NUMBER.fullmatch(number.strip())
        if match is None:
            raise click.BadParameter(_("报告编号形如 TJ-2026-0012。"))
        wanted = int(match[1]), int(match[2])
    found = list(verify(wanted))
    if wanted is not None and not found:
        raise click.ClickException(_("没有编号为“%(number)s”的报告。", number=number))
    for one in found:
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
    click.echo(_("共 %(n)s 份，一致 %(m)s 份", n=len(found), m=sum(one.holds for one in found)))
    if not all(one.holds for one in found):
        raise SystemExit(1)
