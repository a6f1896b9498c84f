"""`flask import` and `flask template`."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask

from app.core.db import session
from app.firms.models import Firm
from tests.exchange.conftest import read_xlsx
from tests.exchange.test_imports import CODE, workbook
from tests.factories.chain import Chain


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


def test_a_template_to_a_file(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "t.xlsx"
    run = app.test_cli_runner().invoke
    assert run(args=["template", "figures", str(file)]).exit_code == 0
    assert list(read_xlsx(file.read_bytes()))[:2] == ["填写说明", "年度、季度数据"]
    assert "there are: all, firms" in run(args=["template", "x", str(file)]).output
