"""The park operator's work on its stock in a real browser, counted in presses."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.carriers.models import Unit
from app.core.db import session, write
from app.firms.models import Occupancy
from tests.browser import Screen
from tests.conftest import TODAY
from tests.exchange.test_imports import workbook
from tests.factories.accounts import PASSWORD
from tests.factories.chain import SEEDER, Chain, chain
from tests.factories.units import make_unit, use

HEAD = ["楼栋", "楼层", "房号", "建筑面积（㎡）", "可作用途", "租金（元/㎡·天）"]

# presses are the same on either engine
pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])


@pytest.fixture
def stock(app: object) -> Chain:
    """A park with one room in use and one empty for long."""
    made = chain(TODAY)
    with write("test:firms", actor=SEEDER):
        made.firm("石上泉传感", "park")
    taken = make_unit(made.carriers["park"], 20_000, number="301", floor=3)
    make_unit(made.carriers["park"], 30_000, number="302", floor=3)
    use(made.firms["石上泉传感"], taken, 20_000, "2025-01-01")
    return made


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_unit_is_set_free_in_three_presses(screen: Screen, stock: Chain, lang: str) -> None:
    rail, change, out = {
        "zh": ("房源", "改状态 301", "腾退"), "en": ("Units", "Change status 301", "Move out"),
    }[lang]  # fmt: skip
    screen.sign_in("park", PASSWORD, lang=lang)
    page = screen.open("/")
    expect(page.locator("main")).to_contain_text("302")  # vacant for more than 90 days: no press
    screen.axe()
    screen.presses = 0
    page.get_by_role("navigation").get_by_role("link", name=rail, exact=True).first.click()
    row = page.get_by_role("row").filter(has_text="301")
    row.get_by_text(change).click()
    screen.axe()
    row.get_by_role("button", name=out, exact=True).click()
    page.wait_for_url("**/units*#u-*")
    assert screen.presses <= 3
    session.expire_all()
    assert session.scalars(select(Occupancy.ends)).one() == TODAY
    screen.axe()
    screen.fits()


def test_the_floor_table_works_by_keyboard_and_without_scripts(
    screen: Screen, stock: Chain
) -> None:
    screen.sign_in("park", PASSWORD)
    page = screen.open("/units/floors")
    cells = page.locator(".jl-unit")
    expect(cells).to_have_count(2)
    wide, narrow = cells.nth(1).bounding_box(), cells.nth(0).bounding_box()
    assert wide is not None
    assert narrow is not None
    assert 1.3 < wide["width"] / narrow["width"] < 1.7, "300 ㎡ beside 200 ㎡"
    screen.axe()
    summary = cells.nth(0).locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    form = cells.nth(0).locator("form")
    expect(form).to_be_visible()
    box = form.bounding_box()
    assert box is not None
    assert box["x"] >= 184, "the form lies beside the rail, not under it"
    assert box["x"] + box["width"] <= 1366
    screen.fits()


def test_two_hundred_units_come_in_by_five_presses(
    screen: Screen, stock: Chain, tmp_path: Path
) -> None:
    rows = [
        [f"{n // 100 + 1} 号楼", n % 20 + 1, f"{n % 20 + 1}{n:03d}", 100 + n, "研发、中试", 4.2]
        for n in range(200)
    ]
    sheet = tmp_path / "房源.xlsx"
    sheet.write_bytes(workbook(("房源", [HEAD, *rows])))
    screen.sign_in("park", PASSWORD)
    page = screen.open("/")
    screen.presses = 0
    page.get_by_role("navigation").get_by_role("link", name="导入", exact=True).click()
    page.locator("input[type=file]").first.set_input_files(sheet)
    page.get_by_role("button", name="上传并预览").click()
    page.wait_for_url("**/imports/*")
    page.get_by_role("button", name="写入 200 行").first.click()
    page.wait_for_url("**/imports/*")
    expect(page.locator("main")).to_contain_text("已写入 200 行", timeout=30_000)
    assert screen.presses + 1 <= 5, "with the one that chooses the file"
    session.expire_all()
    assert len(session.scalars(select(Unit.id)).all()) == 202


def test_a_refused_change_stays_within_its_pop_up(screen: Screen, stock: Chain) -> None:
    screen.sign_in("park", PASSWORD)
    unit = session.scalars(select(Unit).where(Unit.number == "301")).one()
    page = screen.open(f"/units/{unit.pid}")
    page.locator("main .jl-table summary", has_text="调整").click()
    form = page.locator("main .jl-table details[open] > form")
    form.get_by_label("改用面积").fill("大约一百")
    screen.expected = ["status of 422"]
    form.get_by_role("button", name="调整").click()
    box = page.locator("main .jl-table details[open] > form")
    error, label = box.locator(".invalid-feedback").first, box.locator("label").first
    expect(error).to_be_visible()
    inner = (
        "e => { const r = document.createRange(); r.selectNodeContents(e);"
        " return r.getBoundingClientRect().toJSON() }"
    )
    around, said, name = box.bounding_box(), error.evaluate(inner), label.evaluate(inner)
    field = box.get_by_label("改用面积").bounding_box()
    assert around is not None
    assert field is not None
    assert said["left"] >= around["x"]
    assert said["right"] <= around["x"] + around["width"]
    assert abs(name["left"] - field["x"]) < 2, "the label begins where its field does"
    screen.axe()
    screen.fits()


def test_what_is_left_of_a_narrow_unit_is_read_in_full(screen: Screen, stock: Chain) -> None:
    for number in range(8):
        unit = make_unit(stock.carriers["park"], 120_040, number=f"40{number}", floor=4)
        use(stock.firms["石上泉传感"], unit, 60_020, "2025-01-01")
    screen.sign_in("park", PASSWORD)
    page = screen.open("/units/floors")
    lines = page.locator(".jl-unit > p:nth-of-type(-n+2)")
    expect(lines.filter(has_text="余 600 ㎡")).to_have_count(8)
    cut = lines.evaluate_all("all => all.filter(e => e.scrollWidth > e.clientWidth).length")
    assert cut == 0
    screen.fits()
