"""Names by sound."""

from __future__ import annotations

import pytest

from app.core.pinyin import KEY_LENGTH, plain, sort_key, spellings


def test_names_are_read_by_phrase() -> None:
    assert sort_key("重庆银行") == "chong qing yin hang"
    assert spellings("石上泉ＡＢ c-1") == ("ssqabc-1", "shishangquanabc-1")


@pytest.mark.parametrize(("text", "result"), [(" Ａ b\u3000C ", "abc"), ("", ""), ("㎡", "m2")])
def test_texts_are_compared_plain(text: str, result: str) -> None:
    assert plain(text) == result


def test_a_key_fits_its_column() -> None:
    assert len(sort_key("庄" * 120)) == KEY_LENGTH


def test_order_is_by_sound() -> None:
    names = ["浙江", "安徽", "上海", "北京", "ABC"]
    assert sorted(names, key=sort_key) == ["ABC", "安徽", "北京", "上海", "浙江"]
