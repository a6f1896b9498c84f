"""`flask import`, `flask export` and `flask template`."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from app.accounts.models import Person
from app.core.db import Revision, session, write
from app.firms.models import Firm
from tests.clients import Client, sign_in
from tests.exchange.conftest import press, read_csv, read_xlsx
from tests.exchange.test_imports import CODE, GONE, workbook
from tests.factories.chain import SEEDER, Chain


def test_the_same_plan_without_a_page(app: Flask, made: Chain, tmp_path: Path) -> None:
    firm, file = made.firms["竹外桃电路"], tmp_path / "表.xlsx"
    rows = [[CODE, "负责人"], [firm.code, "林一"], ["91310115MA0000058Q", "林二"]]
    file.write_bytes(workbook(("企业", rows)))
    run, firm_id = app.test_cli_runner().invoke, firm.id

    def leader() -> str | None:
        session.rollback()
        return session.get_one(Firm, firm_id).leader

    base = ["import", str(file), "--as", "incubator", "--json"]
    for more, code, wrote in (([], 1, 0), (["--dry-run", "--skip-bad"], 0, 0)):
        answer = run(args=[*base, *more])
        found = json.loads(answer.output)
        assert (answer.exit_code, found["written"]) == (code, wrote)
        assert (found["counts"]["update"], found["counts"]["error"]) == (1, 1)
        assert found["waiting"][0]["row"] == 3
        assert leader() is None
    answer = run(args=[*base, "--skip-bad"])
    assert (answer.exit_code, json.loads(answer.output)["written"]) == (0, 1)
    assert leader() == "林一"
    assert run(args=["import", str(file), "--as", "nobody"]).exit_code == 1
    assert run(args=["import", str(file), "--as", "rival"]).exit_code == 1


def test_rows_that_only_their_records_refuse_are_told_and_skipped(
    app: Flask, made: Chain, tmp_path: Path
) -> None:
    """Two firms that have gone cannot be tied again; the plan does not know, the record does."""
    firm, file = made.firms["竹外桃电路"], tmp_path / "表.xlsx"
    gone = [[made.firms[name].code, "2026-11-01"] for name in GONE]
    figures = [[CODE, "报告期", "营业收入"], [firm.code, "2026年第3季度", 12]]
    ties = [[CODE, "入驻日期"], *gone]
    file.write_bytes(workbook(("入驻", ties), ("年度、季度数据", figures)))
    run, base = app.test_cli_runner().invoke, ["import", str(file), "--as", "incubator", "--json"]
    for more, code, wrote in (([], 1, 0), (["--skip-bad"], 0, 1)):
        answer = run(args=[*base, *more])
        found = json.loads(answer.output)
        assert (answer.exit_code, found["written"]) == (code, wrote)
        assert [line["row"] for line in found["waiting"]] == [2, 3]
        assert all(line["troubles"][0]["reason"] for line in found["waiting"])
        assert (found["counts"]["error"], found["counts"]["new"]) == (2, 1)


def test_a_template_to_a_file(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "t.xlsx"
    run = app.test_cli_runner().invoke
    assert run(args=["template", "figures", str(file)]).exit_code == 0
    assert list(read_xlsx(file.read_bytes()))[:2] == ["填写说明", "年度、季度数据"]
    assert "there are: all, firms" in run(args=["template", "x", str(file)]).output


def test_an_export_is_that_of_the_page(app: Flask, client: Client, made: Chain) -> None:
    """Same heads and rows as the button's file, as JSON too; one audit entry each."""
    run = app.test_cli_runner().invoke
    who = made.people["district"]
    sign_in(client, who)
    page = read_csv(press(client, "/firms", "csv").data)
    base = ["export", "workbench.firms", "--as", who.login]
    before = _noted("export:workbench.firms")
    flat = run(args=[*base, "--format", "csv"])
    assert flat.exit_code == 0, (flat.output, flat.exception)
    assert read_csv(flat.stdout_bytes) == page
    told = json.loads(run(args=[*base, "--format", "json"]).stdout)
    assert [c["head"] for c in told["tables"][0]["columns"]][:2] == page[0][:2]
    assert [row[:2] for row in told["tables"][0]["rows"]] == [row[:2] for row in page[1:]]
    assert _noted("export:workbench.firms") == before + 2


def test_a_figure_of_a_day_long_past(app: Flask, made: Chain, tmp_path: Path) -> None:
    run, file = app.test_cli_runner().invoke, tmp_path / "s.json"
    base = ["export", "statistics.listing", "--as", made.people["district"].login]
    asked = [*base, "--where", "indicator=S-10", "--format", "json", "--to", str(file)]
    assert run(args=asked).exit_code == 0
    now = json.loads(file.read_text())
    assert now["tables"][0]["rows"]
    assert run(args=[*asked, "--as-of", "1999-12-31"]).exit_code == 0
    then = json.loads(file.read_text())
    assert then["as_of"] == "1999-12-31"
    assert then["tables"][0]["rows"] == []


def test_an_export_that_is_refused_says_why_and_leaves_the_file(
    app: Flask, made: Chain, tmp_path: Path
) -> None:
    run, file = app.test_cli_runner().invoke, tmp_path / "s.csv"
    file.write_text("before")
    with write("test:off", actor=SEEDER):
        session.get_one(Person, made.people["rival"].id).disabled = True
    cases = (
        (["x", "--as", "district"], "there are: carriers.index"),
        (["workbench.firms", "--as", "nobody"], "no person"),
        (["workbench.firms", "--as", "rival"], "disabled"),
        (["pipeline.openings", "--as", "district"], "may not open"),
        (["workbench.firms", "--as", "district", "--as-of", "2099-01-01"], "after today"),
        (["workbench.firms", "--as", "district", "--as-of", "31.12."], "--as-of 31.12."),
        (["statistics.listing", "--as", "district", "--where", "indicator"], "key=value"),
        (["statistics.listing", "--as", "district", "--where", "indicator=X"], "nothing is there"),
        (["firms.return_sheet", "--as", "district"], "needs --where pid"),
    )
    for args, words in cases:
        args[2] = made.people[args[2]].login if args[2] in made.people else args[2]
        answer = run(args=["export", *args, "--format", "csv", "--to", str(file)])
        assert answer.exit_code == 1, args
        assert words in answer.output, args
        assert file.read_text() == "before"


def _noted(action: str) -> int:
    session.rollback()
    return len(session.scalars(select(Revision.id).where(Revision.action == action)).all())
