"""What every page must be, whatever it shows; the test client checks each page it fetches."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser

from app.core.text import load_catalogues

VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)
SILENT = frozenset({"script", "style", "template"})
UNLABELLED = frozenset({"hidden", "submit", "button", "reset", "image"})
# %(name)s left over, a Jinja delimiter, a lazy string's or an enum's repr, a code with a colon
RAW = re.compile(r"%\(\w+\)[sd]|\{\{|\}\}|\{%|<\w+(\.\w+)+ object|LazyString")
LITERALS = frozenset({"None", "nan", "True", "False", "NaN", "undefined"})
CJK = re.compile(r"[\u3400-\u9fff]")


@dataclass
class Element:
    """One element with its attributes, the text inside, and its ancestors' tags."""

    tag: str
    attrs: dict[str, str]
    path: tuple[Element, ...]
    text: str = ""
    inside: list[Element] = field(default_factory=list)

    def within(self, tag: str) -> Element | None:
        return next((e for e in reversed(self.path) if e.tag == tag), None)


class Page(HTMLParser):
    """A parsed page: its elements in order and its visible texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.texts: list[tuple[str, Element]] = []
        self.stack: list[Element] = []
        self.faults: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"<{tag}> repeats an attribute: {sorted(names)}")
        element = Element(tag, {n: v or "" for n, v in attrs}, tuple(self.stack))
        for ancestor in self.stack:
            ancestor.inside.append(element)
        self.elements.append(element)
        if tag not in VOID:
            self.stack.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in (e.tag for e in self.stack):
            self.faults.append(f"</{tag}> closes nothing")
            return
        while self.stack.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self.stack:
            element.text += data
        if data.strip() and self.stack and not any(e.tag in SILENT for e in self.stack):
            self.texts.append((data.strip(), self.stack[-1]))

    def all(self, *tags: str) -> list[Element]:
        return [e for e in self.elements if e.tag in tags]

    @property
    def language(self) -> str:
        html = self.all("html")
        return html[0].attrs.get("lang", "") if html else ""


def faults(html: str) -> list[str]:
    """Sentences on what is wrong with a whole page; empty when it is in order."""
    page = Page(html)
    found = list(page.faults)
    if not page.language.startswith(("zh", "en")):
        found.append(f"<html lang> is {page.language!r}")
    titles = [e for e in page.all("title") if e.within("svg") is None]
    if len(titles) != 1 or not titles[0].text.strip():
        found.append("the page needs one title")
    headings = page.all("h1")
    if len(headings) != 1 or not headings[0].text.strip():
        found.append(f"the page needs one h1, it has {len(headings)}")
    if len(page.all("main")) != 1:
        found.append("the page needs one main")
    return found + _ids(page) + _labels(page) + _forms(page) + _words(page) + _inline(page)


def part_faults(html: str) -> list[str]:
    """The same for a part of a page that replaces another part."""
    page = Page(html)
    return page.faults + _ids(page, whole=False) + _forms(page) + _words(page) + _inline(page)


def _ids(page: Page, whole: bool = True) -> list[str]:
    ids = [e.attrs["id"] for e in page.elements if e.attrs.get("id")]
    found = [f"id {i!r} stands twice" for i in sorted({i for i in ids if ids.count(i) > 1})]
    if whole:
        for element in page.elements:
            for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list"):
                missing = set(element.attrs.get(name, "").split()) - set(ids)
                found += [f"<{element.tag} {name}> points to no id: {i}" for i in sorted(missing)]
    return found


def _labels(page: Page) -> list[str]:
    named = {e.attrs["for"] for e in page.all("label") if "for" in e.attrs and e.text.strip()}
    found = []
    for element in page.all("input", "select", "textarea"):
        if element.tag == "input" and element.attrs.get("type") in UNLABELLED:
            continue
        wrapped = element.within("label")
        if not (
            element.attrs.get("id") in named
            or (wrapped is not None and wrapped.text.strip())
            or element.attrs.get("aria-label")
            or element.attrs.get("aria-labelledby")
        ):
            found.append(f"<{element.tag} name={element.attrs.get('name')!r}> has no label")
    for element in page.all("button", "a"):
        spoken = element.attrs.get("aria-label") or element.text.strip()
        pictures = [e.attrs.get("alt") or e.attrs.get("aria-label") for e in element.inside]
        if not spoken and not any(pictures):
            found.append(f"<{element.tag}> has no words: {element.attrs}")
    for element in page.all("img"):
        if "alt" not in element.attrs:
            found.append(f"<img src={element.attrs.get('src')!r}> has no alt")
    return found


def _forms(page: Page) -> list[str]:
    found = []
    for form in page.all("form"):
        method = form.attrs.get("method", "get").lower()
        fields = {e.attrs.get("name") for e in form.inside if e.tag == "input"}
        where = form.attrs.get("action", "here")
        if method == "post" and "csrf_token" not in fields:
            found.append(f"the form to {where} posts without csrf_token")
        if method == "get" and "csrf_token" in fields:
            found.append(f"the form to {where} puts csrf_token into the address")
        if form.within("form") is not None:
            found.append(f"the form to {where} stands inside a form")
    return found


@cache
def _untranslated() -> frozenset[str]:
    """Chinese texts that have an English one: none of them may stand on an English page."""
    catalogue = getattr(load_catalogues("en"), "_catalog", {})
    return frozenset(
        key
        for key, value in catalogue.items()
        if isinstance(key, str) and key != value and CJK.search(key)
    )


def _words(page: Page) -> list[str]:
    found = [
        f"raw text on the page: {t!r}" for t, _ in page.texts if RAW.search(t) or t in LITERALS
    ]
    if page.language.startswith("en"):
        for text, element in page.texts:
            chain = (*element.path, element)
            own = next((e.attrs["lang"] for e in reversed(chain) if "lang" in e.attrs), "en")
            if own == "en" and text in _untranslated():
                found.append(f"Chinese on an English page: {text!r}")
    return found


def _inline(page: Page) -> list[str]:
    found = []
    for element in page.elements:
        handlers = [n for n in element.attrs if n.startswith("on") or n == "style"]
        if handlers:
            found.append(f"<{element.tag}> has {handlers}, which the content policy refuses")
        if element.tag == "style" or (
            element.tag == "script"
            and "src" not in element.attrs
            and element.attrs.get("type") != "application/json"
        ):
            found.append(f"<{element.tag}> stands in the page, which the content policy refuses")
        if element.attrs.get("href", "").lower().startswith("javascript:"):
            found.append("a link runs a script")
    return found
