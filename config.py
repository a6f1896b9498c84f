"""Settings, read once from the environment and from ``instance/settings.env``.

``load()`` answers an immutable :class:`Config`; its upper-case attributes go straight into
``app.config``. Anything unusable raises :class:`SettingsError`, whose lines say which setting
is wrong and what to type, so that a deployment never starts half configured.

The environment wins over the file. The file is optional; it must be readable by its owner only.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
INSTANCE = ROOT / "instance"
SETTINGS_FILE = INSTANCE / "settings.env"

ENVIRONMENTS = ("production", "development", "testing")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
SHORTEST_SECRET = 32
# Keys that stand in this repository or in guides: anybody can read them.
DEVELOPMENT_SECRET = "development-only-secret-never-use-it-for-real"  # noqa: S105
DEVELOPMENT_AUDIT = "development-only-audit-key-never-use-it-for-real"
EXAMPLE_WORDS = ("development-only", "changeme", "change-me", "example", "secret_key", "dev-secret")


class SettingsError(RuntimeError):
    """One or more settings are unusable; ``problems`` lists them, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(
            "\n".join(["This deployment cannot start:", *(f"  - {p}" for p in problems)])
        )
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything the program may be told from outside. Durations are timedeltas, sizes bytes."""

    ENV: str = "production"
    TESTING: bool = False
    DEMO: bool = False
    TODAY: date | None = None

    SECRET_KEY: str = ""
    SECRET_KEY_FALLBACKS: tuple[str, ...] = ()
    AUDIT_KEY: str = ""

    DATABASE_URL: str = f"sqlite:///{INSTANCE / 'jieli.db'}"
    DATABASE_READ_URL: str | None = None
    EVIDENCE_URL: str = f"file://{INSTANCE / 'evidence'}"
    ASSETS_DIR: str = str(ROOT / ".assets")

    TLS: bool = True
    TRUSTED_HOSTS: tuple[str, ...] | None = None
    PROXY_HOPS: int = 0
    SESSION_IDLE: timedelta = timedelta(minutes=30)
    SESSION_ABSOLUTE: timedelta = timedelta(hours=12)
    SESSION_COOKIE_NAME: str = "__Host-state"
    SESSION_COOKIE_SECURE: bool = True
    SESSION_COOKIE_HTTPONLY: bool = True
    SESSION_COOKIE_SAMESITE: str = "Lax"
    SESSION_ID_COOKIE: str = "__Host-sid"

    PASSWORD_MIN_LENGTH: int = 12
    PASSWORD_MAX_LENGTH: int = 128
    PASSWORD_COMPLEXITY: bool = False
    PASSWORD_MAX_AGE_DAYS: int = 0
    PASSWORD_FIRST_HOURS: int = 72
    SIGNIN_TRIES: int = 9
    SIGNIN_WINDOW: timedelta = timedelta(minutes=15)
    ARGON2_TIME_COST: int = 3
    ARGON2_MEMORY_KIB: int = 65_536
    ARGON2_PARALLELISM: int = 2

    GRADUATION_MODE: str = "report"
    CLAIM_FOLLOW_DAYS: int = 30
    CLAIM_RENEWALS: int = 9
    TRANSFER_ANSWER_DAYS: int = 5
    DEPARTURE_CONFIRM_DAYS: int = 10
    HANDOVER_DAYS: int = 10
    MEDIATION_DAYS: int = 10
    MEETING_DAYS: int = 180
    EXODUS_DEMAND_DAYS: int = 90
    EXODUS_LEASE_DAYS: int = 180
    GRADUATE_FOLLOW_YEARS: int = 5

    MAX_CONTENT_LENGTH: int = 10 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE: int = 2 * 1024 * 1024
    MAX_FORM_PARTS: int = 5_000
    LOG_LEVEL: str = "INFO"

    def replace(self, **changes: Any) -> Config:
        """The same settings with some changed (tests and commands)."""
        known = {f.name: getattr(self, f.name) for f in fields(self)}
        return Config(**(known | changes))


def load(environ: Mapping[str, str] | None = None, settings_file: Path = SETTINGS_FILE) -> Config:
    """Settings of this process.

    :raises SettingsError: listing every setting that is missing, malformed or unsafe.
    """
    source = {**_read_file(settings_file), **(os.environ if environ is None else environ)}
    reader = _Reader(source)
    config = _read(reader)
    problems = reader.problems + unsafe(config)
    if problems:
        raise SettingsError(problems)
    return config


def _read(reader: _Reader) -> Config:
    env = reader.choice("APP_ENV", ENVIRONMENTS, "production")
    if env == "development":
        reader.defaults = {"SECRET_KEY": DEVELOPMENT_SECRET, "AUDIT_KEY": DEVELOPMENT_AUDIT}
    tls = reader.flag("TLS", env == "production")
    base = Config()
    return Config(
        ENV=env,
        TESTING=env == "testing",
        DEMO=reader.flag("DEMO", False),
        TODAY=reader.day("TODAY"),
        SECRET_KEY=reader.text("SECRET_KEY", ""),
        SECRET_KEY_FALLBACKS=reader.items("SECRET_KEY_FALLBACKS"),
        AUDIT_KEY=reader.text("AUDIT_KEY", ""),
        DATABASE_URL=reader.database("DATABASE_URL", base.DATABASE_URL),
        DATABASE_READ_URL=reader.database("DATABASE_READ_URL", "") or None,
        EVIDENCE_URL=reader.text("EVIDENCE_URL", base.EVIDENCE_URL),
        ASSETS_DIR=reader.text("ASSETS_DIR", base.ASSETS_DIR),
        TLS=tls,
        TRUSTED_HOSTS=reader.items("TRUSTED_HOSTS") or None,
        PROXY_HOPS=reader.number("PROXY_HOPS", base.PROXY_HOPS, 0, 5),
        SESSION_COOKIE_NAME="__Host-state" if tls else "jieli-state",
        SESSION_ID_COOKIE="__Host-sid" if tls else "jieli-sid",
        SESSION_COOKIE_SECURE=tls,
        **_people(reader, base),
        GRADUATION_MODE=reader.choice("GRADUATION_MODE", ("report", "approve"), "report"),
        CLAIM_FOLLOW_DAYS=reader.number("CLAIM_FOLLOW_DAYS", base.CLAIM_FOLLOW_DAYS, 1, 365),
        CLAIM_RENEWALS=reader.number("CLAIM_RENEWALS", base.CLAIM_RENEWALS, 0, 99),
        TRANSFER_ANSWER_DAYS=reader.number(
            "TRANSFER_ANSWER_DAYS", base.TRANSFER_ANSWER_DAYS, 1, 60
        ),
        DEPARTURE_CONFIRM_DAYS=reader.number(
            "DEPARTURE_CONFIRM_DAYS", base.DEPARTURE_CONFIRM_DAYS, 1, 60
        ),
        HANDOVER_DAYS=reader.number("HANDOVER_DAYS", base.HANDOVER_DAYS, 1, 60),
        MEDIATION_DAYS=reader.number("MEDIATION_DAYS", base.MEDIATION_DAYS, 1, 60),
        MEETING_DAYS=reader.number("MEETING_DAYS", base.MEETING_DAYS, 1, 1000),
        **_following(reader, base),
        MAX_CONTENT_LENGTH=reader.number("MAX_UPLOAD_MB", 10, 1, 200) * 1024 * 1024,
        LOG_LEVEL=reader.choice("LOG_LEVEL", LEVELS, "INFO" if env == "production" else "WARNING"),
    )


def _following(reader: _Reader, base: Config) -> dict[str, Any]:
    """When a firm may move away, and for how many years graduates are asked for figures."""
    number = reader.number
    return {
        "EXODUS_DEMAND_DAYS": number("EXODUS_DEMAND_DAYS", base.EXODUS_DEMAND_DAYS, 1, 1000),
        "EXODUS_LEASE_DAYS": number("EXODUS_LEASE_DAYS", base.EXODUS_LEASE_DAYS, 1, 1000),
        "GRADUATE_FOLLOW_YEARS": number("GRADUATE_FOLLOW_YEARS", base.GRADUATE_FOLLOW_YEARS, 1, 20),
    }


def _people(reader: _Reader, base: Config) -> dict[str, Any]:
    """Settings on sign-in; ``PASSWORD_PROFILE=dengbao`` asks what GB/T 22239 asks."""
    strict = reader.choice("PASSWORD_PROFILE", ("standard", "dengbao"), "standard") == "dengbao"
    number = reader.number
    return {
        "SESSION_IDLE": timedelta(minutes=number("SESSION_IDLE_MINUTES", 30, 1, 720)),
        "SESSION_ABSOLUTE": timedelta(hours=number("SESSION_ABSOLUTE_HOURS", 12, 1, 72)),
        "PASSWORD_MIN_LENGTH": number("PASSWORD_MIN_LENGTH", base.PASSWORD_MIN_LENGTH, 12, 128),
        "PASSWORD_COMPLEXITY": reader.flag("PASSWORD_COMPLEXITY", strict),
        "PASSWORD_MAX_AGE_DAYS": number("PASSWORD_MAX_AGE_DAYS", 90 if strict else 0, 0, 3650),
        "PASSWORD_FIRST_HOURS": number("PASSWORD_FIRST_HOURS", base.PASSWORD_FIRST_HOURS, 1, 720),
        "SIGNIN_TRIES": number("SIGNIN_TRIES", base.SIGNIN_TRIES, 3, 9),
        "ARGON2_TIME_COST": number("ARGON2_TIME_COST", base.ARGON2_TIME_COST, 1, 20),
        "ARGON2_MEMORY_KIB": number("ARGON2_MEMORY_KIB", base.ARGON2_MEMORY_KIB, 8, 4_194_304),
        "ARGON2_PARALLELISM": number("ARGON2_PARALLELISM", base.ARGON2_PARALLELISM, 1, 16),
    }


def unsafe(config: Config) -> list[str]:
    """Sentences on what makes these settings unfit for real data; empty in development."""
    if config.ENV != "production":
        return []
    problems = []
    for name in ("SECRET_KEY", "AUDIT_KEY"):
        problems += secret_problems(name, getattr(config, name))
    for spare in config.SECRET_KEY_FALLBACKS:
        problems += secret_problems("SECRET_KEY_FALLBACKS", spare)
    if config.SECRET_KEY and config.SECRET_KEY == config.AUDIT_KEY:
        problems.append("AUDIT_KEY equals SECRET_KEY: they are kept by different people")
    if config.DEMO:
        problems.append(
            "DEMO=1 lets everybody sign in as anybody; where real firms are kept it is 0"
        )
    if config.TODAY:
        problems.append("TODAY stops the clock of every rule and deadline; leave it empty")
    return problems


def secret_problems(name: str, value: str) -> list[str]:
    """What is wrong with one secret: missing, short, an example, or too uniform."""
    make = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
    if not value:
        return [f"{name} is missing; make one with: {make}"]
    if len(value) < SHORTEST_SECRET:
        return [f"{name} has {len(value)} characters, {SHORTEST_SECRET} are needed: {make}"]
    if any(word in value.lower() for word in EXAMPLE_WORDS):
        return [f"{name} is an example from a guide; make your own: {make}"]
    if len(set(value)) < 10:
        return [f"{name} is too uniform to be a secret; make one with: {make}"]
    return []


def database_url(url: str) -> str:
    """The URL with the driver this program uses spelled out."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def database_fault(name: str, url: str) -> str | None:
    """What is wrong with a database's address; None when this program can use it."""
    if database_url(url).startswith(("postgresql+psycopg://", "sqlite:///")):
        return None
    kind = url.partition(":")[0]
    return f"{name} begins with {kind!r}: postgresql://… or sqlite:///… is meant"


def _read_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError([f"{path} can be read by others; type: chmod 600 {path}"])
    pairs = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, sign, value = line.partition("=")
        if sign and not name.lstrip().startswith("#"):
            pairs[name.strip()] = value.strip().strip("\"'")
    return pairs


class _Reader:
    """Reads typed values and collects what is wrong instead of stopping at the first fault."""

    def __init__(self, source: Mapping[str, str]) -> None:
        self.source = source
        self.defaults: dict[str, str] = {}
        self.problems: list[str] = []

    def text(self, name: str, default: str) -> str:
        return self.source.get(name, "").strip() or self.defaults.get(name, default)

    def database(self, name: str, default: str) -> str:
        value = self.text(name, default)
        if value and (fault := database_fault(name, value)):
            self.problems.append(fault)
        return database_url(value)

    def items(self, name: str) -> tuple[str, ...]:
        return tuple(p.strip() for p in self.text(name, "").split(",") if p.strip())

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value in allowed:
            return value
        self.problems.append(f"{name}={value!r}: one of {', '.join(allowed)} is meant")
        return default

    def flag(self, name: str, default: bool) -> bool:
        value = self.choice(name, ("0", "1", "false", "true"), "1" if default else "0")
        return value in ("1", "true")

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.text(name, str(default))
        if value.isascii() and value.isdigit() and low <= int(value) <= high:
            return int(value)
        self.problems.append(f"{name}={value!r}: a whole number from {low} to {high} is meant")
        return default

    def day(self, name: str) -> date | None:
        value = self.text(name, "")
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.problems.append(f"{name}={value!r}: a day such as 2026-11-24 is meant")
            return None
