"""The two ends of a comparison, as the address asks for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from app.core.access import AnyViewer
from app.core.db import session
from app.core.text import _
from app.firms.queries.scope import sees_all
from app.statistics.asof import last_quarter, last_year_end
from app.statistics.dimensions import DIMENSIONS
from app.statistics.forms import Question, ask
from app.statistics.models import Report, ReportState
from app.statistics.reports.service import visible

#: name in the address of the earlier end → its name as a question
EARLIER = {"from_day": "as_of", "from_known": "known", "from_cut": "cut"}
#: how many issued reports are offered as the earlier end
REPORTS = 3


@dataclass(frozen=True)
class Ends:
    """起点 and 终点, with what else can be chosen as 起点."""

    then: Question
    now: Question
    #: (words, arguments) of other earlier ends
    offered: tuple[tuple[str, dict[str, str]], ...]
    #: whether the address asked for 可比口径, which a comparison of two points does not take
    joined: bool = False

    def chosen(self, given: Mapping[str, str]) -> bool:
        """Whether an offered end is the present one."""
        asof, known = self.then.asof, self.then.known_on.isoformat()
        same = given.get("from_cut") == str(asof.cut) or given.get("from_known") == known
        return same and given["from_day"] == asof.day.isoformat()

    @property
    def slips(self) -> tuple[str, ...]:
        """What could not be read, and an order that was turned round."""
        said = self.then.slips + self.now.slips
        if self.joined:
            said += (_("增减变动按各载体自己的数据计算，不用可比口径。"),)
        if self.backwards:
            said += (_("起点晚于终点：增减按从起点到终点计算。"),)
        return tuple(dict.fromkeys(said))

    @property
    def backwards(self) -> bool:
        """Whether the earlier end is the later one."""
        one, other = self.then.asof, self.now.asof
        return one.day > other.day or one.cut > other.cut


def ends(args: Mapping[str, str], viewer: AnyViewer, today: dt.date) -> Ends:
    """Both ends; without an earlier one, the newest report that was issued before, else 上季末."""
    now = ask({key: args[key] for key in args if key != "joined"}, today)
    offered = _offered(viewer, now)
    given = {key: args[key] for key in (*EARLIER, "from_count") if args.get(key)}
    wanted = given or offered[0][1]
    then = {EARLIER[key]: value for key, value in wanted.items() if key in EARLIER}
    then["count"] = wanted.get("from_count") or now.asof.count.value
    return Ends(ask(then, today), now, offered, bool(args.get("joined")) and sees_all(viewer))


def _offered(viewer: AnyViewer, now: Question) -> tuple[tuple[str, dict[str, str]], ...]:
    """Earlier ends: issued reports, then the ends of the last quarter and year as known then."""
    day, cut = now.asof.day, now.asof.cut
    issued = visible(viewer).where(
        Report.state == ReportState.ISSUED, Report.as_of <= day, Report.cut < cut
    )
    newest = issued.order_by(None).order_by(Report.as_of.desc(), Report.cut.desc())
    found = [
        (row.number, {"from_day": row.as_of.isoformat(), "from_cut": str(row.cut)})
        for row in session.scalars(newest.limit(REPORTS))
    ]
    before = day - dt.timedelta(days=1)
    for text, end in (
        (_("上季末的数据"), last_quarter(before).last_day),
        (_("上年末的数据"), last_year_end(day)),
        (_("前一日的数据"), before),
    ):
        found.append((text, {"from_day": end.isoformat(), "from_known": end.isoformat()}))
    return tuple(found)


def filters_of(args: Mapping[str, str]) -> dict[str, str]:
    """The conditions of a figure in the address."""
    return {key: args[key] for key in args if key in DIMENSIONS}
