"""Forms of sign-in, accounts and organisations."""

from __future__ import annotations

from wtforms import BooleanField, Field, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import PasswordInput

from app.core.forms import BaseForm, CodeField, DayField, Filled, PickField, RevField
from app.core.text import N_, _


class SecretField(Field):
    """A password exactly as typed: neither trimmed nor cut, and never sent back."""

    widget = PasswordInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else ""

    def _value(self) -> str:
        return ""


class SignInForm(BaseForm):
    """Who are you."""

    login = StringField(N_("登录名"), validators=[Filled(), Length(max=64)])
    password = SecretField(N_("密码"), validators=[InputRequired(), Length(max=1024)])
    next = HiddenField()


class PasswordForm(BaseForm):
    """A new password; the present one shows that it is still the same person."""

    password = SecretField(N_("现在的密码"), validators=[InputRequired(), Length(max=1024)])
    new_password = SecretField(N_("新密码"), validators=[InputRequired(), Length(max=1024)])
    again = SecretField(N_("再输一次新密码"), validators=[InputRequired(), Length(max=1024)])


class TokenForm(BaseForm):
    """A personal token: for what, under which post, reading or writing, until when."""

    name = StringField(
        N_("名称"),
        validators=[Filled(), Length(max=60)],
        description=N_("写明给哪个程序用，例如 一网通办每日同步。"),
    )
    post = SelectField(N_("岗位"), validators=[Filled()])
    scope = PickField(
        N_("权限"), choices=lambda: [("read", _("只读")), ("write", _("读写"))], default="read"
    )
    until = DayField(N_("有效至"), validators=[Filled()], description=N_("当日仍有效，最长一年。"))


class OrganisationForm(BaseForm):
    """An organisation. The kind is chosen once."""

    kind = PickField(N_("类别"), validators=[Filled()])
    name = StringField(N_("名称"), validators=[Filled(), Length(max=120)])
    short_name = StringField(N_("简称"), validators=[Optional(), Length(max=40)])
    code = CodeField(N_("统一社会信用代码"), validators=[Optional(), Length(max=18)])
    parent = SelectField(N_("运营主体"), default="", description=N_("仅载体和园区填写。"))
    area = SelectField(N_("片区"), default="")
    town = SelectField(N_("街镇"), default="")
    rev = RevField()


class PostForm(BaseForm):
    """A post at an organisation, for some days."""

    organisation = SelectField(N_("单位"), validators=[Filled()])
    role = SelectField(N_("岗位"), validators=[Filled()])
    starts = DayField(N_("开始日期"), validators=[Filled()])
    ends = DayField(N_("结束日期"), description=N_("这一天起不再任职，可不填。"))


class EngageForm(PostForm):
    """Somebody new, with the first post."""

    name = StringField(N_("姓名"), validators=[Filled(), Length(max=40)])
    login = StringField(
        N_("登录名"),
        validators=[Filled(), Length(max=64)],
        description=N_("小写字母、数字、点、横线，例如 zhang.wei；已有账号的人填原来的登录名。"),
    )


class NameForm(BaseForm):
    """A person's name."""

    name = StringField(N_("姓名"), validators=[Filled(), Length(max=40)])
    rev = RevField()


class HandoverForm(BaseForm):
    """Who takes over, and when."""

    successor = SelectField(N_("接任人"), validators=[Filled()])
    day = DayField(
        N_("交接日期"),
        validators=[Filled()],
        description=N_("今天或以前；未完成的工作随即移交。"),
    )
    leave = BooleanField(N_("交接后没有岗位时停用账号"), default=True)
