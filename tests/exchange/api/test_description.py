"""The description is true: whatever is sent, as anybody, the answer is one that it describes."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from sqlalchemy import select

from app.carriers.models import Return, Source, Unit
from app.core import audit
from app.core.db import session
from app.exchange.api import OPERATIONS
from app.firms.models import Demand, Evidence, Milestone, Residency
from app.pipeline.models import Claim, Graduation
from app.statistics.indicators import REGISTER
from tests.clients import bear, post_of
from tests.conftest import SOAKING
from tests.factories.chain import Chain
from tests.house.test_words import CJK

DESCRIPTION = "/api/v1/openapi.json"
#: What each answer is held to. Not `positive_data_acceptance`: rules of the office refuse much
#: that has the right shape, and say so by a described 4xx.
NAMES = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance",
    "response_headers_conformance", "response_schema_conformance", "negative_data_rejection",
    "missing_required_header", "unsupported_method",
)  # fmt: skip
WHO = ("incubator", "park", "district")
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)]
PER_OPERATION = 250 if SOAKING else 5
load_all_checks()
pytestmark = pytest.mark.slow


def apart(app: Flask) -> Callable[[Any, Any], Any]:
    """The application in a context of its own for each request, as a server has it."""

    def run(environ: Any, start: Any) -> list[bytes]:
        return contextvars.Context().run(lambda: list(app.wsgi_app(environ, start)))

    return run


def real(made: Chain) -> dict[str, list[str]]:
    """Ids that there are, by the part of the path; of a `pid` by the word that it follows."""

    def pids(model: Any) -> list[str]:
        return list(session.scalars(select(model.pid).order_by(model.pid)))

    firms = [made.firms[name].pid for name in ("松间月机器人", "砚池云数据", "竹外桃电路")]
    return {
        "firms": firms,
        "claims": pids(Claim),
        "units": pids(Unit),
        "demands": pids(Demand),
        "graduations": pids(Graduation),
        "returns": pids(Return),
        "evidence": pids(Evidence),
        "entry_pid": pids(Milestone),
        "tie_pid": pids(Residency),
        "period": ["2024", "2025", "2026Q3"],
        "source": [one.value for one in Source],
        "rule": ["incubator.graduation"],
        "code": sorted(REGISTER),
    }


def place_real(case: Any, known: dict[str, list[str]], draw: Any) -> None:
    """Put ids that there are into an address, half of the time; else nothing is ever found."""
    for name in case.path_parameters or {}:
        after = case.path.partition("/{pid}")[0].rpartition("/")[2]
        held = known.get(after if name == "pid" else name, [])
        if held and draw(st.booleans()):
            case.path_parameters[name] = draw(st.sampled_from(held))


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_is_of_version_3_1_and_complete(app: Flask, client: Any, lang: str) -> None:
    answer = client.get(DESCRIPTION, headers={"Accept-Language": lang})
    held = answer.json
    assert held["openapi"] == "3.1.0"
    described = {
        operation["operationId"] for path in held["paths"].values() for operation in path.values()
    }
    assert described == {one.name for one in OPERATIONS.values()}
    texts = [o["summary"] for p in held["paths"].values() for o in p.values()]
    assert all(text.isascii() == (lang == "en") for text in texts)
    if lang == "en":
        assert not CJK.search(answer.text)


def verified() -> list[audit.Fault]:
    """What is wrong with the audit after all that was written."""
    session.rollback()
    return list(audit.verify())


def cases(app: Flask, mode: GenerationMode) -> Iterator[tuple[Any, Any]]:
    schema = schemathesis.openapi.from_wsgi(
        DESCRIPTION, apart(app), config=SchemathesisConfig.from_dict({})
    )
    for result in schema.get_all_operations():
        operation = result.ok()
        yield operation, operation.as_strategy(generation_mode=mode)


def bombard(
    strategy: Any, mode: GenerationMode, secret: str, known: dict[str, list[str]]
) -> set[int]:
    """Send what a strategy makes and hold each answer to the description; their statuses."""
    statuses: set[int] = set()
    checks = CHECKS.get_by_names(NAMES)

    @settings(
        max_examples=PER_OPERATION, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=strategy, picked=st.data())
    def send(case: Any, picked: Any) -> None:
        if mode is GenerationMode.POSITIVE:
            place_real(case, known, picked.draw)
        answer = case.call(headers={"Authorization": f"Bearer {secret}"})
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=checks)

    send()
    return statuses


@pytest.mark.parametrize("engine_name", ENGINES)
@pytest.mark.parametrize("who", WHO)
def test_every_answer_is_described(app: Flask, made: Chain, who: str) -> None:
    client: Any = app.test_client()
    secret = bear(client, post_of(made.people[who]))
    known, statuses = real(made), set()
    for mode in GenerationMode:
        for _operation, strategy in cases(app, mode):
            statuses |= bombard(strategy, mode, secret, known)
    assert {200, 403, 404, 422} <= statuses
    assert verified() == []
