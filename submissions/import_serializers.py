"""What bulk import reads and answers over REST: its parameters, its rows, and the jobs that large ones become."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from submissions.bulk.plan import Mode
from submissions.bulk.strategy import Strategy
from submissions.models import ImportJob, JobState, JobSubject
from submissions.serializers import FIGURE_STATES, LONGEST_TEXT, MilestoneCells, NumberCell, PartCells
from targets.serializers import INDICATOR_CODE, UNIT_CODE, MonthField
from workplan.lib.serializers import Code, LowerChoice, StrictSerializer, YesNo, lower_case

JOB_STATES = lower_case(JobState.choices)
JOB_SUBJECTS = lower_case(JobSubject.choices)

# What is asked for -----------------------------------------------------------------------------


class ImportQuery(StrictSerializer):
    """Whether to write, what may be written, and what becomes of good reports beside bad ones."""

    dry_run = YesNo(help_text=_("只检查，不写入"))
    strategy = serializers.ChoiceField([one.value for one in Strategy], default=Strategy.BOTH.value)
    mode = serializers.ChoiceField(
        [one.value for one in Mode],
        default=Mode.WHOLE.value,
        help_text=_("whole：有一处错误就全部不写入；partial：有错误的报表不写入，其余写入"),
    )

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        return {
            "dry_run": attrs["dry_run"],
            "strategy": Strategy(attrs["strategy"]),
            "mode": Mode(attrs["mode"]),
        }


class ImportedCells(serializers.Serializer):
    """One figure of a batch; what is left out stays, null clears."""

    month = MonthField()
    unit = Code(UNIT_CODE)
    indicator = Code(INDICATOR_CODE)
    state = LowerChoice(FIGURE_STATES, required=False, allow_null=True)
    value = NumberCell(required=False)
    numerator = NumberCell(required=False)
    denominator = NumberCell(required=False)
    persons = NumberCell(required=False)
    parts = PartCells(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=LONGEST_TEXT)


class ImportedMilestoneCells(MilestoneCells):
    """One milestone of a batch; what is left out stays as the month's report holds it, null clears."""

    month = MonthField()
    unit = Code(UNIT_CODE)


class _RawRow(serializers.Field):
    """Any JSON value: what is no row is told with the faults of the others."""

    def to_internal_value(self, data: object) -> object:
        return data


class _Rows(serializers.ListField):
    child = _RawRow(allow_null=True)
    default_error_messages: ClassVar = {
        "not_a_list": _("请发送一个 JSON 数组。"),
        "null": _("这一项不能为 null。"),
        "required": _("缺少这一项。"),
    }


@extend_schema_field(ImportedCells(many=True))
class _ImportedFigures(_Rows):
    pass


@extend_schema_field(ImportedMilestoneCells(many=True))
class _ImportedMilestones(_Rows):
    pass


class ImportReader(StrictSerializer):
    """A batch of figures as JSON."""

    figures = _ImportedFigures()


class MilestonesImportReader(StrictSerializer):
    """A batch of milestones as JSON."""

    milestones = _ImportedMilestones()


class ImportAnswer(serializers.Serializer):
    """What became of the figures or milestones of a batch."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()
    errors = serializers.ListField(child=serializers.DictField(), max_length=0)
    notes = serializers.ListField(child=serializers.CharField(), required=False)
    changes = serializers.ListField(
        child=serializers.DictField(), required=False, help_text=_("后台试运行的前 20 项改动：行、列、原值和新值")
    )


# Jobs ------------------------------------------------------------------------------------------


class JobAccepted(serializers.Serializer):
    """Where to ask what becomes of an import that runs in the background."""

    job = serializers.URLField()
    status = LowerChoice(JOB_STATES)


class JobProgress(serializers.Serializer):
    """Rows checked so far, of so many; 0 of 0 before the file is read."""

    done = serializers.IntegerField(source="n_done")
    total = serializers.IntegerField(source="n_total")


class _Address(serializers.Field):
    def to_representation(self, value: object) -> str:
        return job_address(value, self.context.get("request"))


class JobWriter(serializers.Serializer):
    """One import in the background; `result` is the import's answer, null until there is one."""

    job = extend_schema_field(OpenApiTypes.URI)(_Address)(source="pk", read_only=True)
    status = LowerChoice(JOB_STATES, source="state")
    subject = LowerChoice(JOB_SUBJECTS, help_text=_("导入的是数据还是节点"))
    progress = JobProgress(source="*")
    dry_run = serializers.BooleanField()
    strategy = serializers.ChoiceField([one.value for one in Strategy])
    mode = serializers.ChoiceField([one.value for one in Mode])
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    imported_before = serializers.DateTimeField(
        allow_null=True, help_text=_("同一内容上次导入的时间；没有导入过时为 null")
    )
    result = ImportAnswer(source="told", allow_null=True)
    problem = serializers.CharField(source="problem_told", allow_blank=True, help_text=_("未成功的原因；没有时为空"))


def job_address(key: object, request: object) -> str:
    return str(reverse("api:import-job", [key], request=request))


def accepted(job: ImportJob, request: object) -> dict[str, object]:
    """Return the body of a 202."""
    return {"job": job_address(job.pk, request), "status": str(job.state).lower()}
