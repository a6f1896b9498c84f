"""待办: leavers to be found, and years of graduates to be entered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from flask import url_for

from app.core.access import AnyViewer, Permission
from app.core.days import Period
from app.core.panels import Todo
from app.core.text import _
from app.firms.queries.scope import sees_all
from app.workbench.leaving import following, whereabouts

#: so many firms are named, the others counted
NAMED = 3


def todos(viewer: AnyViewer, day: dt.date) -> Iterator[Todo]:
    """For carriers: one line a carrier with leavers, one a year with figures missing."""
    if sees_all(viewer):
        return
    if viewer.may(Permission.RESIDENCY_MOVE):
        for carrier, found in whereabouts.by_carrier(whereabouts.rows(viewer, day)).items():
            yield Todo(
                Period.of(day).last_day, _("查明离园企业去向"), _told([one.name for one in found]),
                carrier, url_for("workbench.whereabouts"), _("登记去向"),
            )  # fmt: skip
    if viewer.may(Permission.FIRM_RECORD):
        found_years = following.rows(viewer, day)
        for year in following.columns(found_years):
            names = [one.name for one in found_years if year in one.missing]
            if names:
                yield Todo(
                    following.due(year, day), _("补填毕业企业年度数据"), _told(names),
                    _("%(year)s 年", year=year), url_for("workbench.following_year", year=year),
                    _("填报"),
                )  # fmt: skip


def _told(names: list[str]) -> str:
    told = _("、").join(names[:NAMED]) + ("…" if names[NAMED:] else "")
    return _("%(n)s 家：%(names)s", n=len(names), names=told)
