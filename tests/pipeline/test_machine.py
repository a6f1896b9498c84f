"""Random lives of firms on the services, each step compared with the model in dictionaries."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider
from hypothesis.stateful import rule, run_state_machine_as_test

from app.accounts.models import Organisation, OrganisationKind, Role
from app.core.db import session
from app.criteria.models import Outcome
from app.criteria.verdicts import rejudge_touched
from tests.factories.accounts import make_organisation, person_with_post
from tests.factories.carriers import viewer_at
from tests.factories.pipeline import judge_says
from tests.pipeline.life import carriers, chain, claims, ground, papers
from tests.pipeline.life.acts import Ties
from tests.pipeline.life.acts_carriers import Ends
from tests.pipeline.life.acts_papers import Papers
from tests.pipeline.life.acts_rooms import Rooms

IN_POOL = f"claim claim claim {'on_claim ' * 6} land land void correct leave judge judge move_in"
ALWAYS = "close close register follow"
#: What is likely in each stage.
SENSIBLE = {
    "registered": "admit admit admit land",
    "incubating": "graduate push push unpush transfer transfer ask ask claim on_claim land leave"
    " correct void move_in",
    "graduated": f"{IN_POOL} stay graduate",
    "accelerating": f"{IN_POOL} graduate confirm confirm merge merge",
    "settled": "land leave confirm confirm graduate judge void correct on_claim merge merge move_in"
    " vacate",
    "left": "admit admit stay land graduate judge correct void confirm confirm merge merge vacate",
}
#: lives of an ordinary run
LIVES = {"sqlite": 60, "postgresql": 32}
EVERYTHING = sorted(
    {*" ".join(SENSIBLE.values()).split(), *ALWAYS.split(), "agree", "resettle", "recall", "send",
     "answer", "ask_talk", "talk"}
)  # fmt: skip


class Chain(Ties, Rooms, Papers, Ends):
    """Two firms at seven carriers."""

    @rule(data=st.data())
    def something_happens(self, data: Any) -> None:
        """Mostly what makes sense where the firm stands, sometimes anything."""
        self.draw = data.draw
        n = 1 - min(self.gone) if self.gone else self.pick((0, 1))
        self.today += dt.timedelta(self.pick((0, 0, 0, 1, 2, 12, 31)))
        astray = self.pick(range(12))
        acts = EVERYTHING if astray == 0 else self.sensible(n, astray)
        self.verb = self.pick(acts)
        note(f"{self.today} {self.verb} {n}")
        getattr(self, self.verb)(n)

    def sensible(self, n: int, astray: int) -> list[str]:
        f = self.firms[n]
        acts = SENSIBLE[chain.stage(f, self.today)].split()
        if astray in (1, 2):
            acts += ALWAYS.split()
        if not all(t["sure"] for t in f["ties"]):
            acts += ["confirm"] * 3
        if any(ground.over(f["world"], c, self.today) for c in f["world"]["acts"]):
            acts += ["register"]
        if carriers.waiting(f, self.today):
            acts += ["resettle"] * 5
            at = str(ground.last(f)["c"])
            acts += ["recall"] * 8 * ground.announced(f["world"], at, self.today)
        if any(papers.receivers(f, t["c"]) for t in f["ties"]):
            acts += ["send"]
        if f["sheets"]:
            acts += ["answer"]
        if f["asked"]:
            acts += ["agree"] * 5
        if papers.running(f):
            acts += ["talk"] * 9
        elif claims.bids(f, self.today) and not claims.chosen(f):
            acts += ["ask_talk"] * 4
        return acts


@pytest.fixture
def ready(app: Flask) -> Iterator[None]:
    """Every firm can graduate, nothing else is judged, and two officials write opinions."""
    judge_says(Outcome.MET)
    app.config["CLAIM_RENEWALS"] = claims.RENEWALS
    app.extensions["seal_hooks"].remove(rejudge_touched)
    office = make_organisation(kind=OrganisationKind.DISTRICT)
    people = [person_with_post(Role.DISTRICT_CLERK, office).person_id for _ in range(2)]
    unit = session.get_one(Organisation, office.id)
    Chain.officials = tuple(replace(viewer_at(unit), person_id=one) for one in people)
    yield
    session.remove()


class Drawn(HypothesisProvider):
    """Each life drawn by itself. Hypothesis's own way begins with the simplest lives and varies
    each one it has drawn, so that most begin alike and half of them are thrown away."""

    def _maybe_draw_constant(self, *_: Any, **_more: Any) -> None:
        """None: which there are follows from the modules that other tests have loaded, and a life
        would be another one in the whole suite than alone."""


AVAILABLE_PROVIDERS["drawn"] = f"{__name__}.Drawn"


def live(lives: int, steps: int, **more: Any) -> None:
    """So many lives of so many steps each, none cut short. One that fails is told step by step,
    with what brings it back; to make it smaller takes longer than to read it."""
    run_state_machine_as_test(
        Chain, _min_steps=steps - 1,
        settings=settings(max_examples=lives, stateful_step_count=steps, deadline=None,
                          backend="drawn", phases=[Phase.explicit, Phase.generate], **more),
    )  # fmt: skip


def test_a_life_is_as_the_model_says(ready: None, engine_name: str) -> None:
    """Each verb is done in some life. On PostgreSQL, where a life costs twice as much, fewer."""
    Chain.told.clear()
    live(LIVES[engine_name], 40)
    never = {verb for verb in EVERYTHING if not Chain.told[verb, "done"]}
    assert engine_name != "sqlite" or not never, f"never done in any life: {sorted(never)}"


@pytest.mark.soak
def test_many_lives(ready: None) -> None:
    """One part of the soak: other lives in each, drawn from its number."""
    part, lives = (int(os.environ.get(name, "0")) for name in ("SOAK_PART", "SOAK_SIZE"))
    seed(part + 1)(Chain)
    live(lives or 50, 100, database=None, derandomize=False)
