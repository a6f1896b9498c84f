"""The page lint finds each fault it is there for."""

from __future__ import annotations

import pytest

from tests.lint import faults

GOOD = (
    '<!doctype html><html lang="zh-CN"><head><title>企业</title></head><body><main><h1>企业</h1>'
    '<form method="post" action="/x"><input type="hidden" name="csrf_token" value="t">'
    '<label for="a">名称</label><input id="a" name="a"><button>保存</button></form>'
    "</main></body></html>"
)


def test_a_page_in_order_has_no_fault() -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('lang="zh-CN"', "", "lang"),
        ("<title>企业</title>", "", "title"),
        ("<h1>企业</h1>", "", "h1"),
        ("<h1>企业</h1>", "<h1>企业</h1><h1>再</h1>", "h1"),
        ("<main>", "<div>", "main"),
        ('<input type="hidden" name="csrf_token" value="t">', "", "csrf_token"),
        ('<label for="a">名称</label>', "", "has no label"),
        ('<label for="a">名称</label>', '<label for="b">名称</label>', "points to no id"),
        ("<button>保存</button>", "<button></button>", "has no words"),
        ("<h1>企业</h1>", '<h1>企业</h1><i id="a"></i>', "stands twice"),
        ("<h1>企业</h1>", "<h1>企业 %(name)s</h1>", "raw text"),
        ("<h1>企业</h1>", "<h1>企业</h1><p>None</p>", "raw text"),
        ("<h1>企业</h1>", '<h1>企业</h1><p style="x">y</p>', "content policy"),
        ("<h1>企业</h1>", "<h1>企业</h1><script>x()</script>", "content policy"),
        ("<h1>企业</h1>", "<h1>企业</h1></b>", "closes nothing"),
        ("<h1>企业</h1>", '<h1>企业</h1><img src="/x.png">', "no alt"),
    ],
)
def test_each_fault_is_found(old: str, new: str, said: str) -> None:
    assert old in GOOD
    found = faults(GOOD.replace(old, new, 1))
    assert any(said in fault for fault in found), found
