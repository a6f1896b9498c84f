"""What belongs to others answers as if it did not exist, at every address and by every method."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Role
from app.accounts.posts import ALONE, PERMISSIONS
from app.core.access import Permission
from app.core.db import Revision, session, write
from app.pipeline.models import (
    Graduation,
    GraduationState,
)
from seed import reference
from tests.clients import Client, bear, sign_in
from tests.conftest import SOAKING, TODAY
from tests.factories import chain as chains
from tests.factories.accounts import person_with_post
from tests.house.others import SECRET, Others, planted
from tests.house.routes import NOTHING, PROGRAMS, methods, table

#: Rules whose object everybody with the permission may know, and why.
OPEN = {
    "/carriers/<pid>": "who runs which carrier is public; its figures are not",
    "/standards/<rule>": "rules are published",
    "/candidates/<rule>": "rules are published; the firms are those in scope, tested apart",
    "/candidates/<rule>/counts": "the same",
    "/standards/<rule>/compare": "rules are published",
    "/standards/<rule>/cases": "cases are imagined firms",
    "/blank-forms/<pid>": "forms of superiors are the same for whoever files returns",
    "/blank-forms/<pid>/fill": "the same; of a return in scope only, tested apart",
    "/candidates/rounds/<pid>": "notices are published; the firms are those in scope, tested apart",
    "/candidates/rounds/<pid>/add": "the same; one's own firms only",
    "/candidates/rounds/<pid>/counts": "the same",
    "/candidates/rounds/<pid>/listed": "the district's act on the firms in its scope, tested apart",
    "/candidates/rounds/<pid>/edit": "who keeps rounds keeps all of them",
    "/candidates/rounds/<pid>/steps/<act>": "the same; firms of others are not found, tested apart",
    "/candidates/rounds/<pid>/void": "who keeps rounds keeps all of them",
    "/standards/<rule>/copy": "who may write may copy any rule",
    "/standards/<rule>/overlay": "who may write may overlay any rule",
    "/standards/<rule>/drafts/<int:number>/approve": "who may approve may approve any rule",
    "/standards/<rule>/drafts/<int:number>/edit": "its author only, tested apart",
    "/standards/<rule>/drafts/<int:number>/submit": "its author only, tested apart",
    "/standards/<rule>/drafts/<int:number>/withdraw": "its author only, tested apart",
    "/standards/<rule>/drafts/<int:number>/impact": "who may write may weigh any draft",
    "/standards/<rule>/drafts/<int:number>/impact/list": "the same, for who sees all",
    "/standards/<rule>/versions/<int:number>/data": "rules are published; one's own only",
    "/standards/<rule>/versions/<int:number>/outcome": "who may write may read any report",
    "/standards/<rule>/versions/<int:number>/outcome/list": "the same, for who sees all",
    "/standards/<rule>/trial": "who may write may try any rule",
    "/standards/<rule>/trial/list": "the same, for who sees all",
    "/verification/<act>": "a word, not an object",
    "/assets/<build>/<path:name>": "files of the pages",
    "/api/v1/statistics/<code>": "names an indicator, counted in one's own scope",
    "/me/tokens/<pid>/end": "one's own tokens only, tested apart",
    "/audit/<int:number>": "the audit has one reader",
    "/me/sessions/<handle>/end": "handles of one's own sessions only",
    "/following/<int:year>": "a year; the firms are those one is asked for, tested apart",
    "/firms/views/<int:view_id>/drop": "tested below",
    "/exports/<page>": "names a page; each file is held to its page by its own test",
    "/imports/data/<key>": "a kind of sheet, with one's own rows",
    "/imports/templates/<key>.xlsx": "a kind of sheet, without rows",
}
#: kinds whose address in the interface is their plural
PLURALS = (
    "claim", "graduation", "return", "report", "handover", "mediation", "transfer", "unit",
    "demand",
)  # fmt: skip
#: beginning of a rule → whose pid stands in it
OWNERS = (
    ("/firms/", "firm"),
    ("/api/v1/firms/", "firm"),
    ("/api/v1/evidence/", "evidence"),
    *((f"/api/v1/{kind}s/", kind) for kind in PLURALS),
    ("/handovers/", "handover"),
    ("/claims/", "claim"),
    ("/mediations/", "mediation"),
    ("/meetings/", "meeting"),
    ("/settling/", "carrier"),
    ("/openings/", "firm"),
    ("/graduations/", "graduation"),
    ("/residencies/", "residency"),
    ("/transfers/", "transfer"),
    ("/returns/", "return"),
    ("/evidence/", "evidence"),
    ("/carriers/", "carrier"),
    ("/units/", "unit"),
    ("/organisations/", "organisation"),
    ("/people/", "person"),
    ("/imports/", "intake"),
    ("/trials/", "trial"),
    ("/statistics/reports/", "report"),
    ("/f/", "citation"),
    ("/statistics/citations/", "citation"),
)
#: One post of each way of seeing in every run; all posts, at two organisations, in the soak.
ALWAYS = (Role.CARRIER_CLERK, Role.CARRIER_ACCOUNTS, Role.PARK_INVEST, Role.AREA_READER, *ALONE)
NARROW = [
    pytest.param(role, marks=() if role in ALWAYS else pytest.mark.soak)
    for role in Role
    if not role.value.startswith(("district", "agency"))
]
#: The one page that names a firm of others: whoever has its exact code learns where it is.
LOOK_UP = "/firms/new"
pytestmark = pytest.mark.slow


@pytest.fixture
def others(app: Flask) -> Others:
    """What belongs to somebody else."""
    return planted()


def kind_of(rule: str) -> str | None:
    """Whose pid stands in a rule; None when nothing stands there."""
    if "<" not in rule or rule in OPEN:
        return None
    return next(kind for start, kind in OWNERS if rule.startswith(start))


def plain(html: str, *pids: str) -> str:
    """A page without what differs between any two requests."""
    html = re.sub(r'"request": "[0-9a-f]{16}"', "", html)
    html = re.sub(r'name="csrf_token"[^>]*value="[^"]*"', "", html)
    html = re.sub(r'<span class="jl-code">[0-9a-f]{16}</span>', "", html)
    for pid in pids:  # last: a short one may stand by chance in what was taken out above
        html = html.replace(pid, "")
    return html


def fill(app: Flask, rule: str, others: Others, mine: bool) -> str:
    """The address of a rule with the others' pids, or with pids that nothing has."""
    kind = kind_of(rule)
    known = {"pid": others.pids[kind or ""], **others.second}

    def value(match: re.Match[str]) -> str:
        converter, _, name = match[1].rpartition(":")
        if name in ("act", "rule", "code"):
            about = "carrier.national_incubator" if kind == "carrier" else "incubator.graduation"
            return {"act": "end", "rule": about, "code": "D2"}[name]
        if converter == "int":
            return "1"
        return known[name] if mine else NOTHING

    return re.sub(r"<([^>]+)>", value, rule)


def test_each_rule_has_an_owner_or_a_reason(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules() if "<" in rule.rule}
    unknown = [r for r in rules - set(OPEN) if not any(r.startswith(s) for s, _ in OWNERS)]
    assert not unknown, "give it an owner in OWNERS, or a reason in OPEN"
    assert not set(OPEN) - rules, "these are gone"


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("role", NARROW)
def test_what_is_not_theirs_does_not_exist(
    app: Flask, client: Client, others: Others, role: Role
) -> None:
    own = {"person", "organisation"} if Permission.ACCOUNT_ALL in PERMISSIONS[role] else set()
    wrong = []
    client.lint = False
    for _place in range(2 if SOAKING else 1):
        post = person_with_post(role)
        sign_in(client, post)
        bear(client, post)
        before = session.scalar(select(func.max(Revision.id)))
        token = client.token("/me")
        for rule in app.url_map.iter_rules():
            kind = kind_of(rule.rule)
            if kind is None or kind in own:
                continue
            here, nowhere = (fill(app, rule.rule, others, mine) for mine in (True, False))
            for method in methods(rule):
                data = {"csrf_token": token} if method != "GET" else None
                real = client.open(here, method=method, data=data)
                none = client.open(nowhere, method=method, data=data)
                pids = (*others.pids.values(), *others.second.values(), NOTHING)
                same = plain(real.text, *pids) == plain(none.text, *pids)
                if (real.status_code, same) != (none.status_code, True) or real.status_code < 400:
                    wrong.append(f"{method} {rule.rule}: {real.status_code} {none.status_code}")
                if SECRET in real.text or "13900007777" in real.text:
                    wrong.append(f"{method} {rule.rule} names it")
        session.rollback()
        after = session.scalar(select(func.max(Revision.id)))
        if after != before:
            wrong.append("something was written")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("role", NARROW)
def test_lists_search_and_errors_do_not_name_it(
    app: Flask, client: Client, others: Others, role: Role
) -> None:
    code = "91310115MA00000001"
    client.lint = False
    post = person_with_post(role)
    sign_in(client, post)
    bear(client, post)
    wrong = []
    for line in table(app):
        rule, method, _asked = line.split("  ")
        if method != "GET" or "<" in rule:
            continue
        for tail in ("", f"?q={SECRET}", f"?q={code}&code={code}", f"?firm={others.pids['firm']}"):
            answer = client.get(rule + tail)
            shown = answer.text.replace(f'value="{SECRET}"', "")
            told = "&code=" in tail and rule == LOOK_UP
            if (f"{SECRET}有限公司" in shown and not told) or "13900007777" in shown:
                wrong.append(f"{rule}{tail}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("role", [Role.CARRIER_CLERK, Role.DISTRICT_HEAD])
def test_no_write_of_a_signed_in_person_without_their_own_token(
    app: Flask, client: Client, others: Others, role: Role
) -> None:
    """Neither without a token nor with the token of another session."""
    stranger = app.test_client()
    assert isinstance(stranger, Client)
    foreign = sign_in(stranger, person_with_post(role)) and stranger.token("/me")
    sign_in(client, person_with_post(role))
    before = session.scalar(select(func.max(Revision.id)))
    wrong = []
    for rule in app.url_map.iter_rules():
        if "POST" not in methods(rule):
            continue
        address = fill(app, rule.rule, others, True) if kind_of(rule.rule) else rule.rule
        address = re.sub(r"<[^>]+>", "1", address)
        refused = (401,) if address.startswith(PROGRAMS) else (400, 403)
        for token in ({}, {"csrf_token": foreign}):
            status = client.post(address, data=token).status_code
            if status not in refused:
                wrong.append(f"{address} answers {status}")
    session.rollback()
    assert session.scalar(select(func.max(Revision.id))) == before
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_park_reads_that_a_firm_graduated_and_not_on_what(app: Flask, client: Client) -> None:
    reference.load()
    made = chains.chain(TODAY)
    with write("test:graduate", actor=chains.SEEDER):
        made.firm("毕业的")
        made.graduation("毕业的", TODAY - dt.timedelta(days=5), GraduationState.REPORTED)
        session.flush()
        pid = session.scalars(select(Graduation.pid)).one()
    firm = made.firms["毕业的"].pid
    answers = {}
    for who in ("park", "district", "incubator"):
        sign_in(client, made.people[who])
        answers[who] = (
            client.get(f"/firms/{firm}").status_code,
            client.get(f"/graduations/{pid}").status_code,
        )
    assert answers == {"park": (200, 404), "district": (200, 200), "incubator": (200, 200)}
