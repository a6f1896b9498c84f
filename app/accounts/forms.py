"""Forms of sign-in, accounts and organisations."""

from __future__ import annotations

from wtforms import Field, HiddenField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import PasswordInput

from app.core.forms import BaseForm
from app.core.text import N_


class SecretField(Field):
    """A password exactly as typed: neither trimmed nor cut, and never sent back."""

    widget = PasswordInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else ""

    def _value(self) -> str:
        return ""


class SignInForm(BaseForm):
    """Who are you."""

    login = StringField(N_("登录名"), validators=[InputRequired(), Length(max=64)])
    password = SecretField(N_("密码"), validators=[InputRequired(), Length(max=1024)])
    next = HiddenField()


class PasswordForm(BaseForm):
    """A new password; the present one shows that it is still the same person."""

    password = SecretField(N_("现在的密码"), validators=[InputRequired(), Length(max=1024)])
    new_password = SecretField(N_("新密码"), validators=[InputRequired(), Length(max=1024)])
    again = SecretField(N_("再输一次新密码"), validators=[InputRequired(), Length(max=1024)])
