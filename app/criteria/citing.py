"""Citations of clauses in both languages: 第九条（二） is Article 9 (2)."""

from __future__ import annotations

import re
from functools import lru_cache

from app.criteria.citing_words import REMARKS
from app.criteria.verdict import Words

DIGITS = "一二三四五六七八九"  # zh: parsed
TEN = "十"  # zh: parsed
NUMERAL = f"[{DIGITS}{TEN}]+"
#: what stands before the number of a clause that is no article
HEADS = {
    "自定口径": "Own rule",  # zh: parsed
    "自定": "Own rule",  # zh: parsed
    "在孵企业口径": "Rule",  # zh: parsed
    "口径": "Rule",  # zh: parsed
    "期限": "Limit",  # zh: parsed
    "毕业条件": "Condition",  # zh: parsed
    "登记条件": "Condition",  # zh: parsed
    "标准级条件": "Condition",  # zh: parsed
    "附件": " Annex ",  # zh: parsed
    "年通知": " notice",  # zh: parsed
    "三 (": "3 (",  # zh: parsed
}
#: what stands for the number of a document that nobody of us has seen
NUMBERS = {"文号未核": "document number not checked"}  # zh: parsed
CJK = re.compile(r"[\u3400-\u9fff]+")
#: 第八条（一）业务 ends in a number with its remark; 附件3特（品牌） does not
NUMBERED = re.compile(f"（{NUMERAL}）[^（）、]*$")  # zh: parsed
IN_BRACKETS = re.compile(f"（({CJK.pattern})）")  # zh: parsed


def number(text: str) -> int:
    """十一 as 11; up to 99."""
    tens, ten, ones = text.rpartition(TEN)
    value = DIGITS.find(ones) + 1
    if not ten:
        return value
    return 10 * (DIGITS.find(tens) + 1 if tens else 1) + value


@lru_cache(maxsize=10_000)
def english(cite: str) -> str:
    """The citation in English: 第十一条（五）境内 is Article 11 (5), mainland. Remarks that have no
    English are left out."""
    text = re.sub(f"第({NUMERAL})条", lambda m: f" Article {number(m[1])}", cite)  # zh: parsed
    text = re.sub(f"（({NUMERAL})）", lambda m: f" ({number(m[1])})", text)  # zh: parsed
    for word, said in HEADS.items():
        text = text.replace(word, said)
    text = text.replace("至", " to ").replace("、", ", ")  # zh: parsed
    text = IN_BRACKETS.sub(lambda m: f" ({remark})" if (remark := REMARKS.get(m[1])) else "", text)
    text = CJK.sub(lambda m: f", {remark}" if (remark := REMARKS.get(m[0])) else "", text)
    text = re.sub(r"\s+", " ", text).replace(" ,", ",").strip(" ,")
    return text or cite


def words(cite: str) -> Words:
    """The citation for readers of either language."""
    return Words(cite, english(cite))


def label(cite: str) -> Words:
    """The number in brackets at the end of a citation with what follows it: （二）, (2)."""
    found = NUMBERED.search(cite)
    return words(found[0] if found else cite)


def document(number: str) -> Words:
    """The number of a document: the same in both languages, unless none of us has seen it."""
    return Words(number, NUMBERS.get(number, number))
