"""Pages for what cannot be done say what happened, what was kept and what to do."""

from __future__ import annotations

import pytest
from flask import Flask, g
from werkzeug.wrappers import Response

from app.core.access import Viewer
from app.core.refusals import WORDS, page
from app.core.text import language
from tests.clients import Client
from tests.lint import faults

CODES = sorted(WORDS)


def test_all_statuses_have_words() -> None:
    assert CODES == [400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize("status", CODES)
def test_a_refusal_is_a_proper_page(frame: Flask, status: int, signed_in: bool, lang: str) -> None:
    with frame.test_request_context("/x", headers={"Cookie": f"lang={lang}"}):
        if signed_in:
            g.viewer = Viewer(1, "x", "A")
        answer = page(status)
        assert isinstance(answer, Response)
        assert language() == lang
        html = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert faults(html) == []
    assert ('class="jl-rail"' in html) is signed_in


def test_an_upload_that_is_too_large_names_the_limit(frame: Flask) -> None:
    html = page(413).get_data(as_text=True)  # type: ignore[union-attr]
    assert "10 MB" in html


def test_a_domain_message_is_the_heading(frame: Flask) -> None:
    html = page(422, "毕业日期晚于今天。").get_data(as_text=True)  # type: ignore[union-attr]
    assert "<h1>毕业日期晚于今天。</h1>" in html


def test_a_post_without_token_is_refused_with_a_page(visitor: Client) -> None:
    answer = visitor.post("/preferences", data={"theme": "dark"})
    assert answer.status_code == 400
    assert "刷新后再提交" in answer.text
