"""`flask assess`, `flask judge`, `flask standard`: the rule book at the terminal."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import func, or_, select

from app.carriers.models import Carrier
from app.core.access import System
from app.core.days import FIRST_DAY, LAST_DAY, SHANGHAI, today
from app.core.db import cut_at, last_revision, session, write
from app.core.errors import DomainError, NotFound
from app.criteria import cases, daily, queries, service, verdicts
from app.criteria.models import Standard
from app.criteria.subjects import SUBJECTS
from app.criteria.verdict import Finding, Verdict
from app.criteria.wording import figure
from app.firms import uscc
from app.firms.models import Firm
from app.firms.queries import by_code

ACTOR = System("rules")


class Day(click.ParamType[dt.date]):
    """A day as YYYY-MM-DD within the years that the system knows."""

    name = "day"

    def convert(self, value: Any, param: Any, ctx: Any) -> dt.date:
        if isinstance(value, dt.date):
            return value
        try:
            day = dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day as YYYY-MM-DD", param, ctx)
        if not FIRST_DAY <= day <= LAST_DAY:
            self.fail(f"{value} lies outside {FIRST_DAY.year}-{LAST_DAY.year}", param, ctx)
        return day


class Moment(click.ParamType[dt.datetime]):
    """An instant in ISO 8601; without a zone it is Shanghai's."""

    name = "instant"

    def convert(self, value: Any, param: Any, ctx: Any) -> dt.datetime:
        try:
            at = dt.datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no instant as 2026-11-24T09:30", param, ctx)
        return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def firm_of(code: str) -> Firm:
    """The firm of a code; ClickException says what is wrong."""
    code = uscc.normalise(code)
    problem = uscc.shape_problem(code)
    if problem:
        raise click.ClickException(problem)
    found = by_code(code)
    if found is None:
        raise click.ClickException(f"no firm with code {code} is recorded")
    return found


def carrier_of(name: str) -> Carrier:
    """The carrier of a public id or a name, long or short; ClickException when there is none."""
    named = or_(Carrier.pid == name, Carrier.name == name, Carrier.short_name == name)
    found = session.scalars(select(Carrier).where(named).order_by(Carrier.id)).all()
    if len(found) != 1:
        problem = "no carrier is" if not found else "several carriers are"
        raise click.ClickException(f"{problem} called {name}")
    return found[0]


def as_json(verdict: Verdict, subject: Firm | Carrier) -> dict[str, Any]:
    """What `assess --json` prints. Money in fen, heads in 24ths, months in 32nds, shares in bp."""
    s = verdict.standard
    return {
        "rule": s.rule,
        "standard": f"{s.rule} v{s.version}",
        "instrument": " ".join(one for one in (s.document, s.clause.zh) if one),
        "as_of": verdict.day.isoformat(),
        "cut": verdict.cut,
        **({"firm": subject.code} if isinstance(subject, Firm) else {"carrier": subject.pid}),
        "outcome": verdict.outcome.value,
        "candidate": verdict.candidate,
        "manual_review": verdict.manual_review,
        "score_low": verdict.score_low,
        "score_high": verdict.score_high,
        "findings": [
            {
                "clause": f.clause,
                "outcome": f.outcome.value,
                "low": f.low,
                "high": f.high,
                "unit": f.unit,
                "threshold": f.threshold,
                "gap": f.gap,
            }
            for f in verdict.findings
        ],
    }


def line(finding: Finding) -> str:
    """One finding for people."""
    parts = [finding.clause, finding.display, str(finding.text)]
    if finding.unit not in (None, "flag", "code") and finding.threshold is not None:
        unit = finding.unit or ""
        low = figure(finding.low, unit) if finding.low is not None else "?"
        high = figure(finding.high, unit) if finding.high is not None else "?"
        parts.append(f"{low} ~ {high} ({finding.op} {figure(finding.threshold, unit)})")
    return "  ".join(parts)


@click.command("assess")
@click.option("--rule", required=True, help="Name of the rule, such as incubator.graduation.")
@click.option("--firm", "code", help="The firm's unified social credit code.")
@click.option("--carrier", help="The carrier's public id or name.")
@click.option("--all", "every", is_flag=True, help="Judge all anew and keep the verdicts.")
@click.option("--as-of", "as_of", type=Day(), help="Day of the assessment; today if not given.")
@click.option("--known-at", type=Moment(), help="Read the record as it was known at this instant.")
@click.option("--kind", type=click.Choice(["new", "review"]), default="new", show_default=True)
@click.option("--json", "machine", is_flag=True, help="Print JSON.")
@with_appcontext
def assess_command(
    rule: str, code: str | None, carrier: str | None, every: bool, as_of: dt.date | None,
    known_at: dt.datetime | None, kind: str, machine: bool,
) -> None:  # fmt: skip
    """Check a firm or carrier, or all of them, against a rule."""
    if rule not in queries.rules():
        known = ", ".join(queries.rules()) or "none is loaded: type flask seed"
        raise click.BadParameter(f"{rule!r}; there are: {known}", param_hint="--rule")
    if every:
        if code or carrier or known_at or machine or (as_of and as_of != today()):
            raise click.UsageError("--all judges all of them today; leave the other options out")
        judge([rule])
        return
    subject, day = subject_of(rule, code, carrier), as_of or today()
    cut = cut_at(known_at) if known_at else last_revision()
    try:
        found = queries.assess(rule, subject.id, day, cut=cut, kind=kind)
    except NotFound as error:
        missing = (
            f"no version of {rule} for --kind {kind} is in force on {day}"
            if error.code == "standard_not_in_force"
            else f"{code or carrier} was not on record at revision {cut}"
        )
        raise click.ClickException(missing) from None
    except DomainError as error:
        raise click.ClickException(error.message) from None
    if machine:
        click.echo(json.dumps(as_json(found, subject), ensure_ascii=False, indent=1))
        return
    click.echo(f"{subject.name}  {found.standard.title}  {found.display}  {found.reason}")
    for finding in found.findings:
        click.echo(line(finding))


def subject_of(rule: str, code: str | None, carrier: str | None) -> Firm | Carrier:
    """Whom a rule is asked about; UsageError when the other kind was named, or none."""
    about = queries.book()[rule][0].tree.subject
    named = {"firm": code, "carrier": carrier}
    if not named.pop(about) or any(named.values()):
        word = "a firm with --firm CODE" if about == "firm" else "a carrier with --carrier NAME"
        raise click.UsageError(f"name {word}, or --all")
    return firm_of(code or "") if about == "firm" else carrier_of(carrier or "")


def judge(rules: list[str] | None) -> None:
    """Judge everybody under some rules, with a bar."""
    held = {s: set(queries.in_force(today(), subject=s)) for s in SUBJECTS}
    asked = {s: own if rules is None else own & set(rules) for s, own in held.items()}
    firms = session.scalar(select(func.count(Firm.id)).where(Firm.merged_into_id.is_(None))) or 0
    houses = session.scalar(select(func.count(Carrier.id))) or 0
    length = (firms if asked["firm"] else 0) + (houses if asked["carrier"] else 0)
    session.rollback()
    with click.progressbar(length=length, label="judged", file=sys.stderr) as bar:
        changed = verdicts.judge_all(today(), actor=ACTOR, rules=rules, seen=bar.update)
    parts = {"firm": f"{firms} firms", "carrier": f"{houses} carriers"}
    told = [f"{text}, {len(asked[s])} rules" for s, text in parts.items() if asked[s]]
    click.echo(f"{'; '.join(told)}, {changed} changes")


@click.command("judge")
@click.option("--if-stale", is_flag=True, help="Do nothing when all verdicts are of today.")
@with_appcontext
def judge_command(if_stale: bool) -> None:
    """Judge everybody under every rule; a timer runs this once a day after midnight."""
    if not if_stale:
        judge(None)
    elif not verdicts.stale(today()):
        click.echo("verdicts are of today")
    else:
        changed = daily.judge_day()
        said = "another process is judging" if changed is None else f"{changed} changes"
        click.echo(said)


standard_group = AppGroup("standard", help="The rule book.")


@standard_group.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load_command(file: Path) -> None:
    """Check FILE and keep it as a draft; a second person approves it."""
    try:
        with write("standard:load", actor=ACTOR):
            made = service.load_draft(actor=ACTOR, today=today(), path=file)
            shown = f"{made.rule} v{made.version} is a draft" if made else "nothing new"
    except DomainError as error:
        raise click.ClickException(error.message) from None
    click.echo(shown)


@standard_group.command("list")
def list_command() -> None:
    """Every version with its state and hash."""
    for one in session.scalars(select(Standard).order_by(Standard.rule, Standard.version)):
        click.echo(f"{one.rule} v{one.version}  {one.state.value}  {one.content_hash[:12]}")


@standard_group.command("cases")
@click.argument("rule", required=False)
def cases_command(rule: str | None) -> None:
    """Run the cases beside the rules, and each threshold below, at and above its number."""
    book = queries.book()
    if rule is not None and rule not in book:
        raise click.BadParameter(f"{rule!r}; there are: {', '.join(sorted(book))}")
    try:
        held = cases.files(service.CASES)
    except DomainError as error:
        raise click.ClickException(error.message) from None
    failed = 0
    for version in (one for name in sorted(book) for one in book[name]):
        if rule not in (None, version.rule):
            continue
        own = [f for f in held if (f.rule, f.version) == (version.rule, version.number)]
        edges = cases.edges(version)
        answers = cases.run(version, edges, today())
        for file in own:
            answers += cases.run(version, file.cases, today(), file.kind)
        wrong = [one for one in answers if one.wrong]
        failed += len(wrong)
        told = f"{len(answers) - len(edges)} cases, {len(edges)} edges, {len(wrong)} wrong"
        click.echo(f"{version.rule} v{version.number}  {told}")
        for one in wrong:
            said = "; ".join(
                f"{clause or version.rule}: {now.value if now else 'not asked'} instead of "
                f"{was.value if was else 'any'}"
                for clause, was, now in one.wrong
            )
            click.echo(f"  {one.case.name.zh}: {said}")
    if failed:
        raise click.exceptions.Exit(1)


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in (assess_command, judge_command, standard_group):
        app.cli.add_command(command)
