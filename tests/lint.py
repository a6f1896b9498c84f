"""What every page must be, whatever it shows; the test client checks each page it fetches."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser

from app.core.text import load_catalogues

VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)
SILENT = frozenset({"script", "style", "template"})
POINTERS = frozenset({"for", "aria-describedby", "aria-labelledby", "aria-controls", "list"})
UNLABELLED = frozenset({"hidden", "submit", "button", "reset", "image"})
# %(name)s left over, a Jinja delimiter, a lazy string's or an enum's repr, a code with a colon
RAW = re.compile(r"%\(\w+\)[sd]|\{\{|\}\}|\{%|<\w+(\.\w+)+ object|LazyString")
LITERALS = frozenset({"None", "nan", "True", "False", "NaN", "undefined"})
CJK = re.compile(r"[\u3400-\u9fff]")


class Element:
    """One element with its attributes; its text and what is inside are cut out when asked for."""

    def __init__(self, page: Page, tag: str, attrs: dict[str, str], parent: Element | None) -> None:
        self.page, self.tag, self.attrs, self.parent = page, tag, attrs, parent
        self.starts = (len(page.elements) + 1, len(page.data))
        self.ends: tuple[int | None, int | None] = (None, None)
        self.silent = tag in SILENT or (parent is not None and parent.silent)

    @property
    def text(self) -> str:
        """All text inside."""
        return "".join(self.page.data[self.starts[1] : self.ends[1]])

    @property
    def inside(self) -> list[Element]:
        """All elements inside, in order."""
        return self.page.elements[self.starts[0] : self.ends[0]]

    def within(self, tag: str) -> Element | None:
        """The nearest ancestor of this tag."""
        return next((e for e in self.upwards() if e is not self and e.tag == tag), None)

    def upwards(self) -> Iterator[Element]:
        """The element itself, its parent, and so on."""
        one: Element | None = self
        while one is not None:
            yield one
            one = one.parent


class Page(HTMLParser):
    """A parsed page: its elements in order and its visible texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.data: list[str] = []
        self.texts: list[tuple[str, Element]] = []
        self.stack: list[Element] = []
        self.faults: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if len(given) != len(attrs):
            self.faults.append(f"<{tag}> repeats an attribute: {sorted(n for n, _ in attrs)}")
        element = Element(self, tag, given, self.stack[-1] if self.stack else None)
        self.elements.append(element)
        if tag in VOID:
            element.ends = element.starts
        else:
            self.stack.append(element)

    def updatepos(self, _start: int, end: int) -> int:
        """Nobody asks for the line a tag stands on, and counting lines takes a tenth of it all."""
        return end

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in (e.tag for e in self.stack):
            self.faults.append(f"</{tag}> closes nothing")
            return
        while True:
            closed = self.stack.pop()
            closed.ends = (len(self.elements), len(self.data))
            if closed.tag == tag:
                return

    def handle_data(self, data: str) -> None:
        self.data.append(data)
        if self.stack and not self.stack[-1].silent and (said := data.strip()):
            self.texts.append((said, self.stack[-1]))

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
    ids = Counter(e.attrs["id"] for e in page.elements if e.attrs.get("id"))
    found = [f"id {i!r} stands twice" for i in sorted(ids) if ids[i] > 1]
    if whole:
        for element in page.elements:
            for name in POINTERS & element.attrs.keys():
                missing = set(element.attrs[name].split()) - ids.keys()
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
            own = next((e.attrs["lang"] for e in element.upwards() if "lang" in e.attrs), "en")
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
