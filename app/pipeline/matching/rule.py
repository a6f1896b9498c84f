"""The scoring rule as data: versions by day, read from the seeds, checked when read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from app.core.text import language

FILE = Path(__file__).resolve().parents[3] / "seed" / "matching.yaml"
CRITERIA = ("sector", "area", "technical", "time", "region", "budget")
#: what can be asked of a room
CONDITIONS = {"uses", "load_kg", "height_mm", "power_kw", "exhaust", "clean", "approved"}
WHOLE = 100


class RuleFault(ValueError):
    """The file does not hold a rule; the text says which version and why."""


@dataclass(frozen=True)
class MatchRule:
    """One version. Weights add up to 100; points are per cent of a weight."""

    version: int
    since: dt.date
    #: what it rests on, by language
    document: dict[str, str]
    weights: dict[str, int]
    open: int
    sector: dict[str, int]
    area: dict[str, int]
    time: dict[str, int]
    region: dict[str, int]
    budget: dict[str, int]
    levels: dict[str, int]
    #: technical conditions of which one that fails keeps a pair below 高
    hard: tuple[str, ...]

    @property
    def source(self) -> str:
        """What it rests on, in the reader's language."""
        return self.document[language()]

    def level(self, score: int) -> str:
        """high, medium or low."""
        for word in ("high", "medium"):
            if score >= self.levels[word]:
                return word
        return "low"


def read(text: str) -> list[MatchRule]:
    """The versions of a file, the earliest first. Raises RuleFault."""
    found = []
    for given in yaml.safe_load(text)["versions"]:
        values: dict[str, Any] = dict(given)
        values["since"] = values.pop("from")
        values["hard"] = tuple(values["hard"])
        rule = MatchRule(**values)
        if tuple(rule.weights) != CRITERIA or sum(rule.weights.values()) != WHOLE:
            raise RuleFault(f"version {rule.version}: weights of {CRITERIA} must add up to 100")
        points = [
            rule.open, rule.sector["first"], rule.sector["lead"], rule.area["one"],
            rule.area["several"], rule.area["nearly"], rule.time["late"], rule.region["inside"],
            rule.region["near"], rule.budget["dearer"],
        ]  # fmt: skip
        if not all(0 <= point <= WHOLE for point in points):
            raise RuleFault(f"version {rule.version}: points lie between 0 and 100")
        if not rule.area["one"] >= rule.area["several"] >= rule.area["nearly"]:
            raise RuleFault(f"version {rule.version}: a better area must not be worth less")
        if not set(rule.hard) <= CONDITIONS:
            raise RuleFault(f"version {rule.version}: hard conditions are {sorted(CONDITIONS)}")
        found.append(rule)
    numbers = [(rule.since, rule.version) for rule in found]
    if numbers != sorted(set(numbers)):
        raise RuleFault("versions follow each other by day and number")
    return found


@lru_cache(maxsize=1)
def _held() -> list[MatchRule]:
    return read(FILE.read_text(encoding="utf-8"))


def rule_on(day: dt.date) -> MatchRule:
    """The version in force on a day."""
    return [rule for rule in _held() if rule.since <= day][-1]
