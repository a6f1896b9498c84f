"""A sheet of conditions on paper: who the firm is, what is still missing, how to read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from app.carriers.models import INCUBATOR, Carrier
from app.core.db import Revision, session
from app.core.filters import day as day_text
from app.core.filters import instant, num
from app.core.panels import collect, registry
from app.core.terms import term
from app.core.text import _, language
from app.criteria.models import Outcome
from app.criteria.queries import version_of
from app.criteria.verdict import Ask, Text, Verdict
from app.criteria.wording import gap_words
from app.firms.models import Firm, Place, PlaceKind, Residency

#: lines of both tables: up to here set wide, and up to here close; beyond that dense: one table,
#: what is missing in its cells, and readings on the page of the standard; English is longer
WIDE = {"zh": 5, "en": 0}
CLOSE = {"zh": 9, "en": 5}
#: lines of a dense table, with what is to be entered, that are sure of one page
SINGLE = {"zh": 36, "en": 28}
#: the same for carriers, whose figures say at length where they come from
HOUSES = {"zh": 36, "en": 20}
#: lines that what is to be entered adds to a clause there
ASKED = {"zh": 1, "en": 2}
#: and those beside which there is room for forecasts
FORETOLD = {"zh": 30, "en": 24}


NO_FORECAST: Mapping[str, str] = {}
#: rows of up to two names with their values
Facts = list[list[tuple[str, object]]]


@dataclass(frozen=True)
class Way:
    """One clause that is still open: what is missing, and what to enter."""

    clause: str | None
    cite: str
    gap: Text | str
    ask: Ask | None
    #: by when it is expected to be met
    ahead: str | None = None


@dataclass(frozen=True)
class Paper:
    """What a printed sheet says beside its clauses."""

    number: str
    taken: str
    seal: str
    facts: Facts
    #: how each clause is cited, in the order of the findings
    cites: list[str]
    ways: list[Way]
    notes: list[str]
    close: bool
    dense: bool
    single: bool

    @property
    def by_clause(self) -> dict[str | None, Way]:
        """What is missing by clause."""
        return {way.clause: way for way in self.ways}


def firm_paper(verdict: Verdict, firm: Firm) -> Paper:
    """The paper of a firm's verdict; without forecasts where there is no room for them."""
    tie = _tie(firm, verdict.day)
    full = _lines(verdict) > FORETOLD[language()]
    ahead = [] if full else foretold(verdict, brief=True)
    notes = [text for clause, text in ahead if clause is None]
    if tie is not None and tie.ends is None and tie.last_day is not None:
        notes.append(_("在孵期限 %(day)s 届满。", day=day_text(tie.last_day)))
    by_clause = {clause: text for clause, text in ahead if clause}
    return paper(verdict, _facts(firm, tie, verdict.day), notes, by_clause, SINGLE)


def foretold(verdict: Verdict, brief: bool = False) -> list[tuple[str | None, str]]:
    """Forecasts of a firm's verdict: sentences by clause, remarks on them by None; `brief` leaves
    out what a forecast would need."""
    return collect(registry().foretell, verdict, brief)


def carrier_facts(carrier: Carrier) -> Facts:
    """Who the carrier is."""
    operator, since = carrier.operator, carrier.founded_on
    return [
        [(_("载体名称"), carrier.name), (_("类型"), carrier.type.label)],
        [(_("运营主体"), operator.name), (_("统一社会信用代码"), operator.code)],
        [
            (_("成立日期"), day_text(since) if since else None),
            (_("总面积"), _("%(n)s 平方米", n=num(carrier.area_m2)) if carrier.area_m2 else None),
        ],
    ]


def paper(
    verdict: Verdict, facts: Facts, notes: list[str], ahead: Mapping[str, str] = NO_FORECAST,
    most: Mapping[str, int] = HOUSES,
) -> Paper:  # fmt: skip
    """The paper of a verdict. Its number is that of its findings: printed again, it is the same."""
    digest = replace(verdict, cut=0).freeze()[1].upper()
    revision = session.get(Revision, verdict.cut)
    sealed = (revision.hash or "") if revision is not None else ""
    cites = _cites(verdict)
    ways = _ways(verdict, cites, ahead)
    lines = len(ways) + _lines(verdict) + len(ahead)
    asked = ASKED[language()] * sum(way.ask is not None for way in ways)
    dense = lines > CLOSE[language()]
    return Paper(
        number=f"HD-{verdict.day.year}-{digest[:8]}",
        taken=instant(revision.at if revision is not None else None),
        seal=f"{verdict.cut} · {_groups(sealed.upper()[:16])}",
        facts=facts,
        cites=cites,
        ways=ways,
        notes=_notes(verdict, dense) + notes,
        close=lines > WIDE[language()],
        dense=dense,
        single=not dense or _lines(verdict) + asked <= most[language()],
    )


def _lines(verdict: Verdict) -> int:
    """Lines of the table of clauses: the parts of a score have one each, or beside other clauses
    one together."""
    points = sum(len(f.points) for f in verdict.findings)
    alone = len(verdict.findings) == 1
    return len(verdict.findings) + (
        points if alone else sum(1 for f in verdict.findings if f.points)
    )


def _groups(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _tie(firm: Firm, day: dt.date) -> Residency | None:
    """The stay that counts on the day, else the last one before."""
    return session.scalars(
        select(Residency)
        .where(Residency.firm_id == firm.id, Residency.counted, Residency.starts <= day)
        .order_by(Residency.starts.desc())
    ).first()


def _facts(firm: Firm, tie: Residency | None, day: dt.date) -> Facts:
    host = tie is not None and (tie.ends is None or tie.ends > day)
    place = _("所在载体") if host or tie is None else _("原载体")
    return [
        [(_("企业名称"), firm.name), (_("统一社会信用代码"), firm.code)],
        [
            (place, tie.carrier.name if tie is not None else None),
            (_("入孵日期"), _since(tie)),
        ],
        [
            (_("注册地 / 经营地"), _places(firm, day)),
            (_("技术领域"), term("field", firm.field)),
        ],
    ]


def _since(tie: Residency | None) -> str | None:
    if tie is None or tie.carrier.tier != INCUBATOR:
        return None
    return day_text(tie.incubated_on or tie.starts)


def _places(firm: Firm, day: dt.date) -> str:
    held = {
        place.kind: term("district", place.district) or place.district
        for place in session.scalars(
            select(Place)
            .where(Place.firm_id == firm.id, Place.starts <= day)
            .where(Place.ends.is_(None) | (Place.ends > day))
            .order_by(Place.starts)
        )
    }
    return " / ".join(held.get(kind) or "—" for kind in (PlaceKind.REGISTERED, PlaceKind.OPERATING))


def _cites(verdict: Verdict) -> list[str]:
    """（二）; or 第八条（二） for every clause, where two articles have such a number."""
    cited: dict[str, set[str]] = {}
    for f in verdict.findings:
        cited.setdefault(str(f.label), set()).add(str(f.cited))
    whole = any(len(several) > 1 for several in cited.values())
    return [str(f.cited if whole else f.label) or "—" for f in verdict.findings]


def _ways(verdict: Verdict, cites: list[str], ahead: Mapping[str, str]) -> list[Way]:
    """Every clause that is not met and has a gap or a question, in the regulation's order."""
    if verdict.outcome in (Outcome.MET, Outcome.NOT_APPLICABLE):
        return []
    asks: dict[str, Ask] = {}
    for ask in verdict.asks:
        asks.setdefault(ask.clause, ask)
    above = {f.parent for f in verdict.findings}
    found = []
    for cite, f in zip(cites, verdict.findings, strict=True):
        told = f.display in ("met", "not_applicable") or f.remark
        if told or (f.clause in above and f.clause not in asks):
            continue
        gap = gap_words(f) if f.gap is not None and f.unit != "flag" else ""
        if str(gap) or f.clause in asks:
            found.append(Way(f.clause, cite, gap, asks.get(f.clause), ahead.get(f.clause)))
    return found


def _notes(verdict: Verdict, dense: bool) -> list[str]:
    """How to read it: the readings of the standard, or where they stand."""
    tree = version_of(verdict.rule, verdict.day, verdict.kind).tree
    notes = [_("“超过”不含本数。")] if any(f.op == "gt" for f in verdict.findings) else []
    notes += [str(one) for one in (*(() if dense else tree.assumptions), *tree.notices)]
    if dense and tree.assumptions:
        number = verdict.standard.version
        notes.append(_("口径 %(k)s 条见系统“标准”第 %(n)s 版。", k=len(tree.assumptions), n=number))
    return notes


__all__ = ["Paper", "Way", "carrier_facts", "firm_paper", "foretold", "paper"]
