"""Views and their scheduled exports as programs write and read them; the words are the pages' own."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from reporting.saved.models import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    FileFormat,
    Rhythm,
    RunState,
    ScheduleEnd,
    Sharing,
    ViewKind,
    ViewMonths,
)
from reporting.saved.pages import ViewLine
from workplan.lib.rest import PageQuery
from workplan.lib.serializers import LowerChoice, StrictSerializer, StrictText, lower_case

KINDS_OF_VIEW = lower_case(ViewKind.choices)
MONTHS, SHARINGS = lower_case(ViewMonths.choices), lower_case(Sharing.choices)
RHYTHMS, RUN_STATES = lower_case(Rhythm.choices), lower_case(RunState.choices)
_QUERY = _("条件，写法同页面地址“?”后的部分")


class ViewReader(StrictSerializer):
    """A view to save: what it shows, under which name, with whom it is shared."""

    name = StrictText(max_length=LONGEST_NAME)
    kind = LowerChoice(KINDS_OF_VIEW)
    query = StrictText(max_length=LONGEST_ADDRESS, allow_blank=True, default="", help_text=_QUERY)
    months = LowerChoice(MONTHS, default=ViewMonths.NEWEST.value)
    sharing = LowerChoice(SHARINGS, default=Sharing.PRIVATE.value)

    def validate_query(self, text: str) -> QueryDict:
        return QueryDict(text.removeprefix("?"))


class ViewChange(StrictSerializer):
    """What of a view changes; what is left out stays, and so does what it shows."""

    name = StrictText(max_length=LONGEST_NAME, required=False)
    months = LowerChoice(MONTHS, required=False)
    sharing = LowerChoice(SHARINGS, required=False)

    def validate(self, given: Mapping[str, str]) -> Mapping[str, str]:
        if not given:
            raise ValidationError(ErrorDetail(str(_("请写明要改的至少一项。")), "nothing_to_change"))
        return given


class ScheduleReader(StrictSerializer):
    """When an export is made, and as what."""

    rhythm = LowerChoice(RHYTHMS)
    format = serializers.ChoiceField(FileFormat.choices, default=FileFormat.XLSX.value)


class FileQuery(StrictSerializer):
    """As which file a view is had."""

    format = serializers.ChoiceField(FileFormat.choices, required=False)


class ViewsQuery(PageQuery):
    """Whose views; without a word the person's own and those shared with them."""

    owner = serializers.ChoiceField([("own", _("自己的")), ("shared", _("共享给我的"))], required=False)


class ViewSerializer(serializers.Serializer):
    """One view, own or shared; `page` leads to it with the months of now."""

    id = serializers.IntegerField(source="view.pk")
    name = serializers.CharField(source="view.name")
    kind = LowerChoice(KINDS_OF_VIEW, source="view.kind")
    query = serializers.CharField(source="view.query", help_text=_QUERY)
    months = LowerChoice(MONTHS, source="view.months")
    sharing = LowerChoice(SHARINGS, source="view.sharing")
    owner = serializers.CharField(source="view.owner.label")
    is_own = serializers.BooleanField()
    saved_at = serializers.DateTimeField(source="view.saved_at")
    says = serializers.ListField(child=serializers.CharField(), source="told", help_text=_("视图的内容，用文字说明"))
    formats = serializers.ListField(child=serializers.ChoiceField(FileFormat.choices), source="files")
    n_schedules = serializers.IntegerField(help_text=_("正在执行的定时导出"))
    page = serializers.SerializerMethodField(help_text=_("打开视图的地址，报告期以打开时为准"))

    def get_page(self, line: ViewLine) -> str:
        return reverse("reporting:view", args=[line.view.pk])


class ScheduleSerializer(serializers.Serializer):
    """One scheduled export of an own view; `next_on` null where nobody can say yet."""

    id = serializers.IntegerField(source="schedule.pk")
    view = serializers.IntegerField(source="schedule.view_id")
    rhythm = LowerChoice(RHYTHMS, source="schedule.rhythm")
    format = serializers.ChoiceField(FileFormat.choices, source="schedule.file_format")
    starts_on = serializers.DateField(source="schedule.starts_on")
    next_on = serializers.DateField(allow_null=True)
    ended_at = serializers.DateTimeField(source="schedule.ended_at", allow_null=True)
    ended_because = LowerChoice(lower_case(ScheduleEnd.choices), source="schedule.ended_because", allow_null=True)


class RunSerializer(serializers.Serializer):
    """One export that was made, waits or was given up; `is_kept` while its file can be had."""

    id = serializers.IntegerField(source="pk")
    view = serializers.IntegerField(source="schedule.view_id")
    schedule = serializers.IntegerField(source="schedule_id")
    name = serializers.CharField(source="schedule.view.name")
    period = serializers.CharField(help_text=_("报告期或周，如 2007-09、2007-W41"))
    format = serializers.ChoiceField(FileFormat.choices, source="schedule.file_format")
    state = LowerChoice(RUN_STATES)
    problem = serializers.CharField(source="problem_told", help_text=_("没有生成的原因"))
    is_kept = serializers.BooleanField()
    size = serializers.IntegerField(help_text=_("字节"))
    made_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
