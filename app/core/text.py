"""Words on the page: Chinese is the source text, English a catalogue beside each room."""

from __future__ import annotations

import re
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_app_context, has_request_context, request
from flask_babel import Babel, Domain, get_locale
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

LOCALES = ("zh", "en")
CATALOGUES = Path(__file__).parent.parent / "translations"


def N_(text: str) -> str:
    """Mark a text for the catalogue; it is translated where it is shown."""
    return text


class Coded(StrEnum):
    """A closed list of codes, each with its word: `HELD = "held", N_("跟进中")`."""

    text: str

    def __new__(cls, value: str, text: str = "") -> Coded:
        member = str.__new__(cls, value)
        member._value_ = value
        member.text = text
        return member

    @property
    def label(self) -> str:
        """The word in the reader's language; English may say it apart from its homographs."""
        return word(type(self).__name__, self.text)

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """(code, word) pairs in declared order, for form fields."""
        return [(member.value, member.label) for member in cls]


class RoomCatalogues(Domain):
    """One English catalogue a room, read from its .po file when first needed.

    Reading the source file keeps compiled files out of the repository and the set-up.
    """

    def __init__(self) -> None:
        super().__init__()
        self._english: NullTranslations | None = None

    def get_translations(self) -> NullTranslations:
        locale = get_locale()
        if locale is None or locale.language != "en":
            return NullTranslations()
        if self._english is None:
            self._english = load_catalogues()
        return self._english


def load_catalogues(language: str = "en") -> NullTranslations:
    """All rooms' catalogues of a language in one."""
    merged: Translations | None = None
    for path in sorted(CATALOGUES.glob(f"*/{language}/LC_MESSAGES/messages.po")):
        compiled = BytesIO()
        with path.open("rb") as source:
            write_mo(compiled, read_po(source, locale=language))
        compiled.seek(0)
        one = Translations(compiled)
        merged = one if merged is None else merged.merge(one)
    return merged if merged is not None else NullTranslations()


domain = RoomCatalogues()


def _(text: str, **values: Any) -> str:
    """The text in the reader's language; outside an application the Chinese source."""
    if not text:
        return ""
    if not has_app_context():
        return text % values if values else text
    said = str(domain.gettext(text))
    return numbered(said, values) % values if values else said


#: `%(n)s [firm|firms]` in a catalogue: the word for one and for any other number.
FORMS = re.compile(r"%\((\w+)\)s([^%\[\]]*)\[([\w ]*)\|([\w ]*)\]")


def numbered(said: str, values: dict[str, Any]) -> str:
    """The text with each choice of forms made by the number that goes before it."""

    def form(found: re.Match[str]) -> str:
        name, between, one, other = found.groups()
        number = values.get(name)
        shown = number.striptags() if isinstance(number, Markup) else str(number)
        return f"%({name})s{between}{one if shown == '1' else other}"

    return FORMS.sub(form, said) if "|" in said else said


def word(kind: str, text: str) -> str:
    """The word of a closed list: the catalogue's entry for the list, else the one for all."""
    said = _(text)
    if said == text or not has_app_context():
        return said
    own = domain.get_translations().upgettext(kind, text)
    return said if own == text else str(own)


def unit(value: Any, text: str) -> str:
    """The unit beside a number. English units are regular plurals: one of them has no s."""
    return text.removesuffix("s") if str(value) == "1" and text.isascii() else text


@pass_context
def in_page(context: Context, text: str, **values: Any) -> str:
    """`_` of the templates: values are escaped, texts are not."""
    said = numbered(_(text), values)
    # the text is ours; what people typed comes in by the values
    return (Markup(said) if context.eval_ctx.autoescape else said) % values  # noqa: S704


def ngettext(one: str, many: str, n: int, **values: Any) -> str:
    """Plural-aware text; Chinese has one form."""
    return str(domain.ngettext(one, many, n, **values))


def language() -> str:
    """The reader's language: `zh` or `en`."""
    locale = get_locale()
    return locale.language if locale is not None else "zh"


def _choose_locale() -> str:
    forced = getattr(g, "locale", None)
    if forced in LOCALES:
        return str(forced)
    wanted = request.cookies.get("lang") if has_request_context() else None
    return wanted if wanted in LOCALES else "zh"


def init_app(app: Flask, babel: Babel) -> None:
    """Set up the two languages and the template functions."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "zh")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Shanghai")
    babel.init_app(app, locale_selector=_choose_locale, default_domain=domain)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=_, ngettext=ngettext, newstyle=True
    )
    app.jinja_env.globals.update(gettext=in_page, unit_of=unit, language=language)
