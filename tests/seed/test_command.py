"""`flask seed` on the command line: what it says and when it refuses."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.access import System
from app.core.db import session, write
from app.core.terms import Term
from app.firms.models import Firm

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])
DEMO = pytest.mark.parametrize("config_changes", [{"DEMO": True}])


def seed(app: Flask, *words: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["seed", *words])
    return done.exit_code, done.output


def test_without_demo_only_reference_data(app: Flask) -> None:
    code, said = seed(app)
    assert (code, "refreshed" in said) == (0, True)
    assert session.scalar(select(func.count(Term.id))) > 100
    assert session.scalar(select(func.count(Firm.id))) == 0


def test_never_outside_demo_mode(app: Flask) -> None:
    code, said = seed(app, "--demo", "--firms", "40")
    assert code == 1
    assert "set DEMO=1" in said
    assert session.scalar(select(func.count(Firm.id))) == 0


@DEMO
def test_an_empty_database_is_asked_for(app: Flask) -> None:
    assert seed(app, "--demo", "--firms", "40", "--today", "2026-11-24")[0] == 0
    firms = session.scalar(select(func.count(Firm.id)))
    assert firms > 100
    code, said = seed(app, "--demo", "--firms", "40")
    assert (code, "needs an empty one" in said) == (1, True)
    code, said = seed(app, "--demo", "--firms", "40", "--if-empty")
    assert (code, said) == (0, "firms are there already: nothing to do\n")
    assert session.scalar(select(func.count(Firm.id))) == firms


@DEMO
def test_half_a_population_is_told_from_a_whole_one(app: Flask) -> None:
    with write("seed:history", actor=System("seed")):
        pass
    for words in ((), ("--if-empty",)):
        code, said = seed(app, "--demo", "--firms", "40", *words)
        assert (code, "interrupted half-way" in said) == (1, True)


@DEMO
@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--demo", "--firms", "5"), "not in the range"),
        (("--demo", "--firms", "many"), "not a valid int"),
        (("--demo", "--today", "2026-13-01"), "not a day like"),
        (("--demo", "--today", "1999-01-01"), "outside 2020 to 2090"),
        (("--demo", "--seed", "-1"), "not in the range"),
        (("--demo", "--seed", "x"), "not a valid int"),
        (("--demo", "more"), "unexpected extra argument"),
        (("--dmeo",), "No such option"),
    ],
)
def test_bad_arguments(app: Flask, words: tuple[str, ...], fault: str) -> None:
    code, said = seed(app, *words)
    assert (code, fault in said) == (2, True)
