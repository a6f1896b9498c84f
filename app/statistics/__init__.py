"""Statistics: the register of indicators, figures with their lists, the plan's targets."""

from __future__ import annotations

from flask import Flask

from app.core.access import AnyViewer, Permission
from app.core.panels import NavEntry, registry
from app.core.text import N_
from app.pipeline.moves.explained import explain
from app.statistics import carrier_facts as _facts  # noqa: F401  declares them
from app.statistics import filters, views
from app.statistics.changes.views import bp as changes_bp
from app.statistics.citations.views import bp as citations_bp
from app.statistics.reports import cli
from app.statistics.reports.moves import REPORT
from app.statistics.reports.views import bp as reports_bp
from app.statistics.scope import WHOLE
from app.statistics.summary import hooks as summary
from app.statistics.summary.views import bp as summary_bp


def init_app(app: Flask) -> None:
    """Register the pages, the rail's entries and conditions of the list of firms."""
    app.register_blueprint(views.bp)
    app.register_blueprint(reports_bp)
    app.register_blueprint(changes_bp)
    app.register_blueprint(citations_bp)
    app.register_blueprint(summary_bp)
    app.cli.add_command(cli.report_group)
    explain("report", REPORT)
    summary.init_app(app)
    filters.init_app(app)
    for position, (text, endpoint, icon, shows) in enumerate(
        (
            (N_("毕业统计"), "statistics.index", "bar-chart", _reads),
            (N_("规划目标"), "statistics.targets", "bullseye", _reads),
            (N_("统计报告"), "reports.index", "file-earmark-text", _reads_all),
        )
    ):
        registry(app).nav.append(
            NavEntry(
                group=N_("统计"),
                text=text,
                endpoint=endpoint,
                icon=icon,
                position=60 + position,
                shows=shows,
            )
        )


def _reads(reader: AnyViewer) -> bool:
    return reader.may(Permission.STATISTICS_READ)


def _reads_all(reader: AnyViewer) -> bool:
    return _reads(reader) and reader.holds(*WHOLE)
