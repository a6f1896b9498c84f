"""上市储备库: firms with one of the two 小巨人 titles, since when, by which, and why they left.

The plan (四（七）4) puts 小巨人 firms into the reserve of firms to be listed. The national and
the Shanghai title are two flags; a firm stays while either is valid. A title counts once it is
filed or issued, a 公示 is none yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from sqlalchemy import func, or_, select

from app.core.access import Viewer
from app.core.days import add_months
from app.core.db import session
from app.core.kept import kept
from app.core.paging import page_of
from app.core.text import N_, Coded, _
from app.criteria.queries import book
from app.firms import fields
from app.firms.models import DealKind, Firm, Milestone, MilestoneKind, Title
from app.workbench.candidates.asked import Asked, Frame, asked, bare, chips, offered
from app.workbench.columns import carrier_cells
from app.workbench.doors import countable_where, posts

PAGE = "workbench.reserve"
SOURCES = (Title.LITTLE_GIANT, Title.SH_TECH_GIANT)
#: rules whose terms may say how long their title is valid, of which no last day is entered
RULES = {Title.LITTLE_GIANT: "little_giant", Title.SH_TECH_GIANT: "sh_tech_giant"}


class Exit(Coded):
    """Why a firm left the reserve."""

    LISTED = "listed", N_("已上市")
    CLOSED = "closed", N_("注销吊销")
    REVOKED = "revoked", N_("资格取消")
    EXPIRED = "expired", N_("有效期届满未续")


@dataclass(frozen=True)
class Flag:
    """One recognition: days [starts, ends], and what ended it before its term."""

    title: Title
    number: str | None
    starts: dt.date
    ends: dt.date | None
    revoked: bool
    #: whether its end follows from the term of the title, the last day not being entered
    reckoned: bool = False

    def holds(self, day: dt.date) -> bool:
        """Whether it is valid on a day."""
        return self.ends is None or self.ends >= day


@dataclass
class Member:
    """A firm that is or was in the reserve."""

    id: int
    flags: list[Flag] = field(default_factory=list)
    listed: dt.date | None = None
    closed: dt.date | None = None
    left: tuple[dt.date, Exit] | None = None
    #: the titles valid on the day that it was settled for
    holding: tuple[Title, ...] = ()

    @property
    def entered(self) -> dt.date:
        """The day of the first recognition."""
        return min(one.starts for one in self.flags)

    @property
    def sources(self) -> list[Title]:
        """The titles it has or had, each once."""
        return [title for title in SOURCES if any(one.title == title for one in self.flags)]

    @property
    def by(self) -> Sequence[Title]:
        """The titles by which it is in the reserve; of one that has left, those it had."""
        return self.holding if self.left is None else self.sources

    def last(self, title: Title) -> Flag:
        """The recognition under a title that lasts longest."""
        own = [one for one in self.flags if one.title == title]
        return max(own, key=lambda one: (one.ends or dt.date.max, one.starts))

    def settle(self, day: dt.date) -> None:
        """Whether, when and why it has left by a day: listing and closing before all, else the
        last valid day of the title that lasted longest."""
        ends: list[tuple[dt.date, Exit]] = []
        if self.listed is not None:
            ends.append((self.listed, Exit.LISTED))
        if self.closed is not None and self.closed <= day:
            ends.append((self.closed, Exit.CLOSED))
        held = {one.title for one in self.flags if one.holds(day)}
        self.holding = tuple(title for title in SOURCES if title in held)
        if not ends and not held:
            last = max(self.flags, key=lambda one: one.ends or dt.date.max)
            why = Exit.REVOKED if last.revoked else Exit.EXPIRED
            ends.append((last.ends or day, why))
        self.left = min(ends, default=None)


def members(viewer: Viewer, day: dt.date, found: Asked) -> list[Member]:
    """Everybody who is or was in the reserve, under the conditions on firms; by name."""
    key = (PAGE, posts(viewer), day, frozenset(found.now.items()))
    return kept(key, lambda: _members(viewer, day, found))


def _members(viewer: Viewer, day: dt.date, found: Asked) -> list[Member]:
    firms = countable_where(viewer, day, found.now).where(fields.current(viewer, "milestones", day))
    since = func.coalesce(Milestone.issued_on, Milestone.filed_on)
    rows = session.execute(
        firms.join(Milestone, Milestone.firm_id == Firm.id)
        .where(
            or_(
                Milestone.title.in_(SOURCES) & (since <= day),
                (Milestone.deal == DealKind.LISTED) & (Milestone.day <= day),
            ),
            Milestone.kind.in_((MilestoneKind.RECOGNITION, MilestoneKind.DEAL)),
        )
        .order_by(None)
        .order_by(Firm.sort_key, Firm.id, Milestone.id)
        .with_only_columns(
            Firm.id, Firm.closed_on, Milestone.title, Milestone.number, since.label("since"),
            Milestone.expires_on, Milestone.revoked_on, Milestone.day,
            maintain_column_froms=True,
        )
    )  # fmt: skip
    held: dict[int, Member] = {}
    for row in rows:
        one = held.setdefault(row.id, Member(row.id, closed=row.closed_on))
        if row.title is None:
            one.listed = min(row.day, one.listed or row.day)
            continue
        one.flags.append(_flag(row, day))
    found_ = [one for one in held.values() if one.flags]
    for one in found_:
        one.settle(day)
    return found_


def term_of(title: Title, since: dt.date) -> int | None:
    """Months for which a title given on a day is valid, by the version of its rule that was in
    force, or by the first one where none was yet; None where the rule gives no term."""
    versions = book().get(RULES[title], [])
    then = next((v for v in versions if v.in_force(since, "new")), None)
    held = then or next((v for v in versions if "valid" in v.tree.terms), None)
    return held.tree.terms.get("valid") if held is not None else None


def _flag(row: Any, day: dt.date) -> Flag:
    """A recognition as of a day, by its last day, else by the term of its title."""
    ends, months = row.expires_on, term_of(row.title, row.since)
    reckoned = ends is None and months is not None
    if ends is None and months is not None:
        ends = add_months(row.since, months)
    revoked = row.revoked_on is not None and row.revoked_on <= day
    if revoked:
        ends, reckoned = row.revoked_on - dt.timedelta(days=1), False
    return Flag(row.title, row.number, row.since, ends, revoked, reckoned)


#: states of the list
STATES = {"in": N_("在库"), "out": N_("已出库")}


@dataclass(frozen=True)
class Listing(Frame):
    """Everything the page shows. `firms`: the page's members with their names."""

    state: str
    source: str
    reason: str
    firms: dict[int, Firm]
    places: dict[int, Any]

    @property
    def boxes(self) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
        """The page's own conditions: (name, label, word for none, choices)."""
        sources = [(str(one), one.label) for one in SOURCES]
        boxes = [("source", _("来源"), _("不限来源"), sources)]
        if self.state != "in":
            boxes.append(("reason", _("出库原因"), _("不限原因"), Exit.choices()))
        return boxes


def asked_for() -> tuple[str, str, str]:
    """(state, source, reason of leaving) of the address."""
    state, source = request.args.get("state", ""), request.args.get("source", "")
    reason = request.args.get("reason", "")
    return (
        state if state in STATES else "",
        source if source in [str(one) for one in SOURCES] else "",
        reason if reason in [str(one) for one in Exit] and state != "in" else "",
    )


def mark(one: Member, title: Title) -> str | None:
    """What a file says of a title: valid, had once, or nothing."""
    if title in one.holding:
        return _("是")
    return _("已失效") if title in one.sources else None


def chosen(every: list[Member], state: str, source: str, reason: str) -> list[Member]:
    """Those in a state, by a source, who left for a reason."""
    return [
        one
        for one in every
        if (not state or (one.left is None) == (state == "in"))
        and (not source or source in [str(title) for title in one.by])
        and (not reason or (one.left is not None and one.left[1] == reason))
    ]


def build(viewer: Viewer, day: dt.date) -> Listing:
    """The list as the address asks for it."""
    found = asked(viewer)
    state, source, reason = asked_for()
    every = members(viewer, day, found)
    page = page_of(chosen(every, state, source, reason))
    ids = [one.id for one in page.items]
    firms = session.scalars(select(Firm).where(Firm.id.in_(ids)).order_by(Firm.id))
    tabs = []
    for key, text in {"": N_("全部"), **STATES}.items():
        count = len(chosen(every, key, source, ""))
        href = found.url(PAGE, {}, state=key, source=source)
        tabs.append({"text": _(text), "href": href, "count": count, "current": key == state})
    return Listing(
        found, page, tabs, chips(found, PAGE, {}, state=state, source=source), offered(viewer),
        bare(found, PAGE), state, source, reason, {firm.id: firm for firm in firms},
        carrier_cells(viewer, ids, day) if ids else {},
    )  # fmt: skip
