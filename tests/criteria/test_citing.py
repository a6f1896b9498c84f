"""Clauses of one standard are told apart in English as they are in Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.criteria import citing

STANDARDS = sorted(Path("seed/standards").glob("*.yaml"))


def cited(part: Any) -> Iterator[str]:
    """Every citation in a standard."""
    if isinstance(part, dict):
        if isinstance(part.get("cite"), str):
            yield part["cite"]
        for value in part.values():
            yield from cited(value)
    elif isinstance(part, list):
        for value in part:
            yield from cited(value)


@pytest.mark.parametrize("path", STANDARDS, ids=lambda path: path.stem)
def test_no_two_clauses_of_a_standard_read_alike(path: Path) -> None:
    cites = set(cited(yaml.safe_load(path.read_text())))
    said = {cite: citing.english(cite) for cite in cites}
    assert len(set(said.values())) == len(cites)
    assert not [text for text in said.values() if citing.CJK.search(text) or "（" in text]


@pytest.mark.parametrize(
    ("cite", "whole", "short"),
    [
        ("第十一条（五）境内", "Article 11 (5), mainland", "(5), mainland"),
        ("第九条（二）", "Article 9 (2)", "(2)"),
        ("附件3特（品牌）", "Annex 3, distinctive (brand)", "Annex 3, distinctive (brand)"),
        ("第六条（五）、第八条", "Article 6 (5), Article 8", "Article 6 (5), Article 8"),
        ("2025年通知（收入）", "2025 notice (revenue)", "2025 notice (revenue)"),
        ("没有译名的说明", "没有译名的说明", "没有译名的说明"),
    ],
)
def test_a_citation_in_english(cite: str, whole: str, short: str) -> None:
    assert citing.english(cite) == whole
    assert citing.label(cite).en == short
