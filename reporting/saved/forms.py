"""Input about views: name, content, months and sharing; time and format of a scheduled export."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from reporting.saved.kinds import KINDS
from reporting.saved.models import LONGEST_NAME, MANY_MONTHS, Rhythm, ViewKind, ViewMonths
from reporting.saved.services import sharings_of


class ViewForm(forms.Form):
    """What a view is called, which months it shows and who sees it; `kind` where an address fits several."""

    name = forms.CharField(
        label=_("名称"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=_("内容"), widget=forms.Select({"class": "form-select"}))
    months = forms.ChoiceField(
        label=_("报告期"),
        widget=forms.Select({"class": "form-select"}),
        help_text=_("最新一期是截止日已过的最近报告期；其他单位的数据以已发布的为准。"),
    )
    sharing = forms.ChoiceField(
        label=_("共享"),
        widget=forms.Select({"class": "form-select"}),
        help_text=_("共享的只是条件：每个人打开时按自己的权限看到数据。名称请勿写入未发布的数字。"),
    )

    def __init__(self, *args: object, person: permissions.Person, kinds: Sequence[ViewKind], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]
        if len(kinds) == 1:
            self.fields["kind"].widget = forms.HiddenInput()
        holds_many = any(kind in MANY_MONTHS for kind in kinds)
        self.fields["months"].choices = [
            (one.value, one.label) for one in ViewMonths if holds_many or one != ViewMonths.YEAR
        ]
        self.fields["sharing"].choices = [(one.value, one.label) for one in sharings_of(person)]


class ScheduleForm(forms.Form):
    """When an export is made, and as what."""

    rhythm = forms.ChoiceField(label=_("时间"), choices=Rhythm.choices, widget=forms.Select({"class": "form-select"}))
    file_format = forms.ChoiceField(label=_("格式"), widget=forms.Select({"class": "form-select"}))

    def __init__(self, *args: object, kind: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file_format"].choices = [(one.value, one.label) for one in KINDS[kind].formats]
