"""Judging many firms at once: the cache says what a fresh assessment says, and notes what moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from sqlalchemy import delete, func, select, update

from app.core.db import current_revision, session, write
from app.criteria import queries, service, verdicts
from app.criteria.models import Standard, StandardForce, StandardState, Verdict, VerdictChange
from app.criteria.verdicts import FIELDS, judge, judge_all, judge_stale, stale
from app.firms.models import Attestation, Figures, Firm, LegalForm, Milestone, Residency
from app.firms.service import register_team
from tests.criteria.conftest import ACTOR, TODAY, money, year
from tests.factories.carriers import make_carrier
from tests.factories.firms import make_firm

RULE = "incubator.graduation"
MILLION = 100_000_000  # fen
Row = dict[str, Any]


@pytest.fixture
def firms(rules: None) -> list[Firm]:
    """Seven subjects of different standing; each write has judged its firm already."""
    carrier = make_carrier()
    made = [
        make_firm(
            f"启明{n}号",
            at=carrier,
            since="2023-04-12",
            founded_on=dt.date(2022, 6, 8),
            legal_form=LegalForm.COMPANY,
        )
        for n in range(6)
    ]
    with write("test:team", actor=ACTOR):
        made.append(register_team(actor=ACTOR, today=TODAY, name="云帆团队", leader="江一舟"))
    with write("test:agreement", actor=ACTOR):
        session.execute(
            update(Residency).values(agreement_on=Residency.starts, rev=current_revision())
        )
    ids = [firm.id for firm in made]
    rows: list[tuple[type, int, Row]] = [
        (Milestone, 0, money(amount=5 * MILLION + 1)),
        (Milestone, 1, money(amount=5 * MILLION)),
        (Attestation, 1, {"kind": None, "starts": None, "ends": TODAY}),
        *((Figures, 1, year(y, revenue=MILLION)) for y in range(2022, 2026)),
        (Figures, 2, year(2024, revenue=4 * MILLION)),
        (Figures, 2, year(2025, revenue=6 * MILLION + 1)),
        (Figures, 3, year(2025, revenue=9 * MILLION)),
        (Milestone, 4, money(amount=6 * MILLION) | {"money_state": "agreed", "received_on": None}),
    ]
    for model, n, columns in rows:
        with write("test:enter", actor=ACTOR):
            session.add(model(firm_id=ids[n], **columns))
    return list(session.scalars(select(Firm).where(Firm.id.in_(ids)).order_by(Firm.id)))


def cache() -> dict[tuple[int, int], Row]:
    """Every kept verdict by standard and subject."""
    return {
        (row.standard_id, row.subject_id): {f: getattr(row, f) for f in ("day", *FIELDS)}
        for row in session.scalars(select(Verdict).order_by(Verdict.standard_id))
    }


def changes(since: int = 0) -> list[VerdictChange]:
    """What moved after a revision."""
    later = select(VerdictChange).where(VerdictChange.rev > since)
    return list(session.scalars(later.order_by(VerdictChange.id)))


def forget() -> int:
    """Empty the cache; returns the revision that did so."""
    with write("test:forget", actor=ACTOR) as txn:
        session.execute(delete(Verdict))
    return txn.rev


def test_a_range_gives_what_each_write_gave(firms: list[Firm]) -> None:
    kept, rules_ = cache(), list(queries.in_force(TODAY))
    assert len(kept) == len(firms) * len(queries.in_force(TODAY))
    assert len({row["outcome"] for row in kept.values()}) == 4
    for span in (1, 3, 5_000):
        emptied = forget()
        assert judge_all(TODAY, actor=ACTOR, span=span, rules=rules_) == 0
        assert cache() == kept
        assert judge_all(TODAY, actor=ACTOR, span=span, rules=rules_) == 0
        assert cache() == kept
        assert changes(emptied) == []


def test_many_firms_of_one_write_get_what_each_would_get_alone(
    firms: list[Firm], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, kept = [firm.id for firm in firms], cache()
    spoilt = {"outcome": "unknown", "day": TODAY - dt.timedelta(days=1)}
    found = []
    for alone in (True, False):
        monkeypatch.setattr(verdicts, "CHUNK", len(ids) if alone else 1)
        with write("test:spoil", actor=ACTOR) as txn:
            session.execute(update(Verdict).where(Verdict.outcome == "met").values(spoilt))
            session.execute(delete(Verdict).where(Verdict.subject_id == ids[1]))
        with write("test:judge", actor=ACTOR):
            moved = [judge([one], TODAY) for one in ids] if alone else [judge(ids, TODAY)]
        assert cache() == kept
        noted = {
            (c.rule, c.subject_id, c.day, c.before, c.after, c.clauses_before, c.clauses_after)
            for c in changes(txn.rev)
        }
        assert sum(moved) == len(noted) > len(queries.in_force(TODAY))
        found.append(noted)
    assert found[0] == found[1]


def test_the_cache_says_what_an_assessment_says(firms: list[Firm]) -> None:
    judge_all(TODAY, actor=ACTOR)
    for rule, version in queries.in_force(TODAY).items():
        fresh = service.assess_many(rule, None, TODAY)
        held = {subject: row for (own, subject), row in cache().items() if own == version.id}
        assert {k: (v.outcome, v.display, v.candidate, v.score_low) for k, v in fresh.items()} == {
            k: (v["outcome"], v["display"], v["candidate"], v["score_low"]) for k, v in held.items()
        }


def test_a_verdict_that_moved_is_noted_once(firms: list[Firm]) -> None:
    emptied = forget()
    judge_all(TODAY, actor=ACTOR)
    with write("test:spoil", actor=ACTOR):
        session.execute(
            update(Verdict)
            .where(Verdict.subject_id == firms[0].id, Verdict.outcome == "met")
            .values(outcome="unknown")
        )
    spoilt = session.scalar(
        select(func.count()).select_from(Verdict).where(Verdict.subject_id == firms[0].id)
    )
    assert spoilt
    moved = judge_all(TODAY, actor=ACTOR, span=2)
    assert moved == len(changes(emptied)) >= 1
    assert {(c.subject_id, c.before, c.after) for c in changes(emptied)} == {
        (firms[0].id, "unknown", "met")
    }
    assert judge_all(TODAY, actor=ACTOR) == 0


def test_days_pass_and_what_was_attested_grows_old(firms: list[Firm]) -> None:
    emptied = forget()
    judge_all(TODAY, actor=ACTOR)
    later = TODAY + dt.timedelta(days=101)
    assert judge_all(later, actor=ACTOR) >= 1
    (own,) = [c for c in changes(emptied) if (c.rule, c.subject_id) == (RULE, firms[1].id)]
    assert (own.before, own.after, own.day) == ("not_met", "unknown", later)
    assert {row["day"] for row in cache().values()} == {later}


def test_a_new_version_takes_over_from_its_day(firms: list[Firm], tmp_path: Any) -> None:
    emptied = forget()
    judge_all(TODAY, actor=ACTOR)
    start = TODAY + dt.timedelta(days=1)
    old = lower_the_bar(start, tmp_path)
    kept = set(cache())
    assert judge_all(start, actor=ACTOR) >= 1
    new = queries.version_of(RULE, start).id
    assert {(own, subject) for own, subject in cache() if own == old} == set()
    assert {subject for own, subject in cache() if own == new} == {
        subject for own, subject in kept if own == old
    }
    (own,) = [c for c in changes(emptied) if (c.rule, c.subject_id) == (RULE, firms[1].id)]
    assert (own.before, own.after, own.clauses_before) == ("not_met", "met", None)
    assert (own.standard_id, own.day) == (new, start)
    assert judge_all(start, actor=ACTOR) == 0


def test_one_write_under_a_new_version_leaves_the_others_behind(
    firms: list[Firm], tmp_path: Any
) -> None:
    """Whoever is written to is judged by the new version at once; the rest waits to be judged, and
    lists know that it does."""
    judge_all(TODAY, actor=ACTOR)
    assert not stale(TODAY, [RULE])
    start = TODAY + dt.timedelta(days=1)
    lower_the_bar(start, tmp_path)
    new = queries.version_of(RULE, start).id
    with write("test:judge", actor=ACTOR):
        judge([firms[0].id], start)
    assert [subject for own, subject in cache() if own == new] == [firms[0].id]
    assert stale(start, [RULE])
    judge_stale(start, actor=ACTOR)
    assert {firm.id for firm in firms} <= {subject for own, subject in cache() if own == new}
    assert not stale(start, [RULE])


def lower_the_bar(start: dt.date, folder: Any) -> int:
    """Put a version in force that asks for 4,000,000 yuan; returns the id of the old one."""
    held = yaml.safe_load((service.STANDARDS / "graduation-300.yaml").read_text("utf-8"))
    held["version"] = 3
    held["in_force"] = [{"kind": "new", "from": start.isoformat()}]
    (clause,) = [c for c in held["condition"]["any"] if c["clause"] == "9-2"]
    clause["gt"] = "400 万元"
    file = folder / "v3.yaml"
    file.write_text(yaml.safe_dump(held, allow_unicode=True), "utf-8")
    old = queries.version_of(RULE, TODAY).id
    with write("standard:load", actor=ACTOR):
        made = service.load_draft(actor=ACTOR, today=TODAY, path=file)
        assert made is not None
        session.scalars(
            select(StandardForce).where(StandardForce.standard_id == old)
        ).one().ends = start
        session.flush()
        service.approve(actor=ACTOR, today=TODAY, standard=made)
        assert made.state is StandardState.APPROVED
    assert session.get(Standard, old) is not None
    return old


def test_a_firm_that_left_the_register_has_no_verdict(
    firms: list[Firm], enter_merge: Callable[[Firm, Firm], None]
) -> None:
    judge_all(TODAY, actor=ACTOR)
    enter_merge(firms[3], firms[2])
    assert {subject for _own, subject in cache()} == {f.id for f in firms} - {firms[3].id}


@pytest.fixture
def enter_merge(firms: list[Firm]) -> Callable[[Firm, Firm], None]:
    """Merges one firm into another."""

    def merge(gone: Firm, into: Firm) -> None:
        gone_id, into_id = gone.id, into.id
        with write("test:merge", actor=ACTOR):
            firm = session.get(Firm, gone_id)
            assert firm is not None
            firm.merged_into_id = into_id

    return merge
