"""Settings: what is read, what is refused, and with which words."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import DEVELOPMENT_SECRET, Config, SettingsError, database_url, load

GOOD = {
    "SECRET_KEY": "q8Zt2mLw7RfVx0Kd5NbYc3HgJp6TsAeU9iQo",
    "AUDIT_KEY": "b4Wn1XyGk7DhSf2ZvEj8RqLm5CtPa0UoTi6M",
}
ROOT = Path(__file__).resolve().parents[2]
NOWHERE = Path("/nowhere/settings.env")


def read(**environ: str) -> Config:
    return load({**GOOD, **environ}, NOWHERE)


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ("", "is missing"),
        ("short", "has 5 characters"),
        (DEVELOPMENT_SECRET, "example"),
        ("changeme-" * 5, "example"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "uniform"),
    ],
)
@pytest.mark.parametrize("name", ["SECRET_KEY", "AUDIT_KEY"])
def test_production_refuses_an_unfit_secret(name: str, secret: str, said: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        read(**{name: secret})
    assert any(p.startswith(name) and said in p for p in refusal.value.problems)


def test_production_is_what_is_meant_when_nothing_is_said() -> None:
    config = read()
    assert (config.ENV, config.DEMO, config.TLS) == ("production", False, True)
    assert config.SESSION_ID_COOKIE == "__Host-sid"


def test_one_key_does_not_serve_both_purposes() -> None:
    with pytest.raises(SettingsError, match="equals"):
        read(AUDIT_KEY=GOOD["SECRET_KEY"])


@pytest.mark.parametrize(("name", "value"), [("DEMO", "1"), ("TODAY", "2026-11-24")])
def test_production_refuses_what_is_for_demonstrations(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        read(**{name: value})
    assert [problem.split("=")[0].split()[0] for problem in refusal.value.problems] == [name]
    assert read(APP_ENV="development", **{name: value}).ENV == "development"


def test_an_old_key_kept_for_rotation_must_be_fit_too() -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY_FALLBACKS"):
        read(SECRET_KEY_FALLBACKS="short")


def test_every_problem_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as refusal:
        load({"PROXY_HOPS": "many", "TODAY": "24.11.2026", "GRADUATION_MODE": "x"}, NOWHERE)
    names = [p.split("=")[0].split()[0] for p in refusal.value.problems]
    assert sorted(names) == ["AUDIT_KEY", "GRADUATION_MODE", "PROXY_HOPS", "SECRET_KEY", "TODAY"]


def test_development_starts_with_nothing() -> None:
    config = load({"APP_ENV": "development"}, NOWHERE)
    assert config.SECRET_KEY == DEVELOPMENT_SECRET
    assert not config.SESSION_COOKIE_SECURE


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_READ_URL"])
def test_a_database_of_another_make_is_refused(name: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(**{name: "mysql://u@h/d"})
    assert refused.value.problems == [
        f"{name} begins with 'mysql': postgresql://… or sqlite:///… is meant"
    ]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://u@h/d", "begins with 'mysql'"),
        ("postgresql://u:secret@127.0.0.1:1/d", "cannot be reached"),
    ],
)
def test_a_database_that_cannot_be_used_is_named(url: str, words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "upgrade", "head"],
        cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert words in done.stderr
    assert "DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr


def test_values_are_typed() -> None:
    config = read(
        APP_ENV="testing",
        TODAY="2026-11-24",
        TRUSTED_HOSTS="a.example, b.example",
        SESSION_IDLE_MINUTES="20",
        PROXY_HOPS="1",
        DATABASE_URL="postgres://u@h/d",
    )
    assert dt.date(2026, 11, 24) == config.TODAY
    assert config.TRUSTED_HOSTS == ("a.example", "b.example")
    assert dt.timedelta(minutes=20) == config.SESSION_IDLE
    assert config.PROXY_HOPS == 1
    assert config.DATABASE_URL == "postgresql+psycopg://u@h/d"


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("postgresql://h/d", "postgresql+psycopg://h/d"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
        ("sqlite:///x.db", "sqlite:///x.db"),
        ("", ""),
    ],
)
def test_the_driver_is_spelled_out(url: str, wanted: str) -> None:
    assert database_url(url) == wanted


def test_the_dengbao_profile_asks_for_complexity_and_change() -> None:
    config = read(PASSWORD_PROFILE="dengbao")
    assert (config.PASSWORD_COMPLEXITY, config.PASSWORD_MAX_AGE_DAYS) == (True, 90)
    assert (read().PASSWORD_COMPLEXITY, read().PASSWORD_MAX_AGE_DAYS) == (False, 0)


def test_the_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / "settings.env"
    file.write_text("# note\nAPP_ENV=development\nDEMO = '1'\nPROXY_HOPS=2\n")
    file.chmod(0o600)
    config = load({"PROXY_HOPS": "1"}, file)
    assert (config.ENV, config.DEMO, config.PROXY_HOPS) == ("development", True, 1)


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "settings.env"
    file.write_text("DEMO=1\n")
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        load(GOOD, file)
