"""What the field library says, in sentences that name the field and show what to type."""

from __future__ import annotations

from wtforms import Field, FileField, IntegerField, MultipleFileField
from wtforms.fields.choices import SelectFieldBase

from app.core.text import _

#: Placeholders that the library fills in after it has asked for the sentence.
BOUNDS = {name: f"%({name})s" for name in ("min", "max", "value")}


def needed(field: Field) -> str:
    """The sentence for a field left empty that must not be."""
    label = named(field)
    if isinstance(field, SelectFieldBase):
        return _("请选择“%(field)s”。", field=label)
    if isinstance(field, FileField | MultipleFileField):
        return _("请选择“%(field)s”的文件。", field=label)
    sample = getattr(field, "sample", "12" if isinstance(field, IntegerField) else "")
    if sample:
        return _("请填写“%(field)s”，例如 %(sample)s。", field=label, sample=sample)
    return _("请填写“%(field)s”。", field=label)


def named(field: Field) -> str:
    """A field's label inside a sentence."""
    return str(field.label.text)


def said(field: Field, text: str) -> str:
    """The library's English sentence as this house says it; what it fills in stays to be filled."""
    given = {"field": named(field).replace("%", "%%"), **BOUNDS}
    if text in ("This field is required.", "Not a valid choice"):
        return needed(field)
    if text.startswith("Not a valid choice") or "for this field" in text:
        return _("“%(field)s”没有这一选项，请重新选择。", **given)
    if text == "Not a valid integer value.":
        return _("“%(field)s”请填整数，例如 12。", **given)
    if text.startswith(("Not a valid decimal", "Not a valid float")):
        return _("“%(field)s”请填数字，例如 12.5。", **given)
    if text.startswith("Number must be"):
        return _bounds(text, given)
    if text.startswith("Field"):
        return _length(text, given)
    return _("“%(field)s”填写有误，请核对。", **given)


def _bounds(text: str, given: dict[str, str]) -> str:
    if "at least" in text:
        return _("“%(field)s”不能小于 %(min)s。", **given)
    if "at most" in text:
        return _("“%(field)s”不能大于 %(max)s。", **given)
    return _("“%(field)s”应在 %(min)s 到 %(max)s 之间。", **given)


def _length(text: str, given: dict[str, str]) -> str:
    if "at least" in text:
        return _("“%(field)s”至少 %(min)s 个字。", **given)
    if "longer than" in text:
        return _("“%(field)s”最多 %(max)s 个字。", **given)
    return _("“%(field)s”应为 %(min)s 到 %(max)s 个字。", **given)


class FieldWords:
    """Stands where the library looks for its translations, once for each field."""

    field: Field | None = None

    def gettext(self, text: str) -> str:
        """One sentence; a text as it is while the field is being made."""
        return said(self.field, text) if self.field is not None else text

    def ngettext(self, _one: str, many: str, _n: int) -> str:
        """One sentence; ours do not bend with the number."""
        return self.gettext(many)
