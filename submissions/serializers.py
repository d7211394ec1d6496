"""Monthly reports over REST: one report as its reader sees it, and the bodies that change it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from submissions.exception_serializers import ApprovalExceptionSerializer, ExceptionReader
from submissions.intake.cells import LONGEST_TEXT
from submissions.intake.milestones import LONGEST_TITLE
from submissions.models import (
    EvidenceFile,
    EvidenceState,
    FigureState,
    MilestoneProgress,
    MonthlyReport,
    Release,
    ReportStatus,
)
from submissions.statement import Row
from targets.deadlines import Delay
from targets.models import MOST_IN_SCOPE, Kind, UnitOfMeasure
from targets.serializers import INDICATOR_CODE, UNIT_CODE, MonthField
from workplan.lib.rest import PageQuery
from workplan.lib.serializers import (
    Code,
    DecimalText,
    LowerChoice,
    StrictInteger,
    StrictSerializer,
    StrictText,
    lower_case,
)

LARGEST_VERSION = 2**31 - 1
#: No report has more indicators or milestones due.
MOST_ROWS = 500

RELEASES = lower_case(Release.choices)
REPORT_STATUSES = lower_case(ReportStatus.choices)
FIGURE_STATES = lower_case(FigureState.choices)
EVIDENCE_STATES = lower_case(EvidenceState.choices)
MILESTONE_STATES = lower_case(MilestoneProgress.choices)

_NUMBER = {
    "oneOf": [{"type": "string"}, {"type": "number"}, {"type": "null"}],
    "description": "base units; text by the number grammar, or a JSON number",
    "example": "310000",
}


# Readers ---------------------------------------------------------------------------------------


class ReportQuery(PageQuery):
    """Which reports: of a month, of a unit and those under it, in a state."""

    month = MonthField(required=False)
    unit = Code(UNIT_CODE, required=False)
    status = LowerChoice(REPORT_STATUSES, required=False)


@extend_schema_field(_NUMBER)
class NumberCell(serializers.Field):
    """A figure as sent; `submissions.intake` reads it."""


class PartCells(serializers.DictField):
    """The parts of a figure, such as workers and retirees: code of the part → its number; they add up to it."""

    child = NumberCell()


class FigureCells(serializers.Serializer):
    """One figure of a draft: its own number or its two parts, or the state that stands for it."""

    indicator = Code(INDICATOR_CODE)
    state = LowerChoice(FIGURE_STATES, required=False, allow_null=True)
    value = NumberCell(required=False)
    numerator = NumberCell(required=False)
    denominator = NumberCell(required=False)
    persons = NumberCell(required=False)
    parts = PartCells(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=LONGEST_TEXT)


class MilestoneCells(serializers.Serializer):
    """Where one milestone stands; a state of null takes back what the draft holds."""

    milestone = Code("M[0-9]{2}-[0-9]{1,2}")
    state = LowerChoice(MILESTONE_STATES, required=False, allow_null=True)
    planned_on = serializers.DateField(required=False, allow_null=True)
    actual_on = serializers.DateField(required=False, allow_null=True)
    new_title = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=LONGEST_TITLE)
    note = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=LONGEST_TEXT)
    covered = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=MOST_IN_SCOPE,
        help_text=_("已覆盖的地级单位数；只用于范围为各地级单位的节点"),
    )  # fmt: skip
    in_scope = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=MOST_IN_SCOPE,
        help_text=_("应覆盖的地级单位数；不填时按计划所列"),
    )  # fmt: skip


class _RawRow(serializers.Field):
    """One row as sent; the gate in `submissions.intake` reads its cells, as for the form and the workbook."""

    default_error_messages = {"not_an_object": _("请发送一个 JSON 对象。")}

    def to_internal_value(self, data: object) -> dict[str, object]:
        if not isinstance(data, dict):
            self.fail("not_an_object")
        return data


class _Rows(serializers.ListField):
    child = _RawRow()
    default_error_messages = {
        "not_a_list": _("请发送一个 JSON 数组。"),
        "max_length": _("最多 {max_length} 行。"),
        "null": _("这一项不能为 null。"),
    }

    def __init__(self, **options: object) -> None:
        super().__init__(required=False, max_length=MOST_ROWS, **options)


@extend_schema_field(FigureCells(many=True))
class FigureRows(_Rows):
    pass


@extend_schema_field(MilestoneCells(many=True))
class MilestoneRows(_Rows):
    pass


class CommentCells(serializers.Serializer):
    """A reviewer's word on one cell: an indicator or a milestone, and the value they propose for a figure."""

    indicator = Code(INDICATOR_CODE, required=False, allow_null=True)
    milestone = Code("M[0-9]{2}-[0-9]{1,2}", required=False, allow_null=True)
    text = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=LONGEST_TEXT)
    suggested_value = NumberCell(required=False)


@extend_schema_field(CommentCells(many=True))
class CommentRows(_Rows):
    pass


class ReplyCells(serializers.Serializer):
    """The unit's answer to what the newest verdict asked of one cell; null or blank takes it back."""

    indicator = Code(INDICATOR_CODE, required=False, allow_null=True)
    milestone = Code("M[0-9]{2}-[0-9]{1,2}", required=False, allow_null=True)
    text = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=LONGEST_TEXT)


@extend_schema_field(ReplyCells(many=True))
class ReplyRows(_Rows):
    pass


class DraftReader(StrictSerializer):
    """What PUT sends: what is left out stays, null clears."""

    version = StrictInteger(min_value=0, max_value=LARGEST_VERSION)
    figures = FigureRows()
    milestones = MilestoneRows()
    replies = ReplyRows()
    note = StrictText(required=False, allow_blank=True, allow_null=True, max_length=LONGEST_TEXT)


@extend_schema_field(
    {
        "type": "object",
        "propertyNames": {"pattern": f"^V[0-9]{{2}}:{INDICATOR_CODE}$"},
        "additionalProperties": {"type": ["string", "null"], "maxLength": LONGEST_TEXT},
    }
)
class Explanations(serializers.DictField):
    """Answers to warnings, by rule and indicator, such as V08:T01."""


class AskingReader(StrictSerializer):
    """What asking the lead to sign sends: the version its person saw, and the answers to warnings."""

    version = StrictInteger(min_value=0, max_value=LARGEST_VERSION)
    explanations = Explanations(
        child=StrictText(allow_blank=True, allow_null=True, max_length=LONGEST_TEXT),
        required=False,
        default=dict,
        error_messages={"not_a_dict": _("请发送一个 JSON 对象。"), "null": _("这一项不能为 null。")},
    )


class VerbReader(AskingReader):
    """What a verb sends: the version its person saw, why, and the answers to warnings."""

    comment = StrictText(required=False, allow_blank=True, max_length=LONGEST_TEXT, default="")


class OpeningReader(VerbReader):
    """What a verb sends that opens the next filing: besides, whether it is to be the final one of the year."""

    release = LowerChoice(RELEASES, required=False)


class VerdictReader(VerbReader):
    """What a reviewer's verdict sends besides: words on single cells, delivered together with it."""

    comments = CommentRows()


class ApprovalReader(VerdictReader):
    """What an approval sends besides: whom it does not wait for."""

    exception = ExceptionReader(required=False)


# Answers ---------------------------------------------------------------------------------------


class FigureSerializer(serializers.Serializer):
    """One due indicator: what is filed, beside what it is held against."""

    indicator = serializers.CharField(source="indicator.code")
    kind = serializers.ChoiceField(Kind.choices, source="indicator.kind")
    unit_of_measure = serializers.ChoiceField(UnitOfMeasure.choices, source="indicator.unit_of_measure")
    state = LowerChoice(FIGURE_STATES)
    value = DecimalText(allow_null=True)
    numerator = DecimalText(source="figure.numerator", default=None, allow_null=True)
    denominator = DecimalText(source="figure.denominator", default=None, allow_null=True)
    persons = serializers.IntegerField(source="figure.persons", default=None, allow_null=True)
    parts = serializers.SerializerMethodField()
    note = serializers.CharField(source="figure.note", default="")
    previous_value = DecimalText(allow_null=True)
    target_value = DecimalText(source="target.target_value", default=None, allow_null=True)

    @extend_schema_field({"type": "object", "additionalProperties": {"type": ["string", "null"]}})
    def get_parts(self, row: Row) -> dict[str, str | None]:
        """Return every part the indicator declares; null where it was not filed."""
        filed = row.figure.parts if row.figure is not None else {}
        return {part.code: filed.get(part.code) for part in row.indicator.filed_parts.all()}


class ExcuseSerializer(serializers.Serializer):
    """Who excused a finding, why, and until which month."""

    reason = serializers.CharField()
    granted_by = serializers.CharField()
    until = MonthField()


class SuggestionSerializer(serializers.Serializer):
    """The number that was probably meant, and which number of the figure it is."""

    field = serializers.CharField(help_text=_("建议填入该数据的哪一项：value、numerator、denominator"))
    value = DecimalText()


class FindingSerializer(serializers.Serializer):
    """What a rule found, and the unit's answer to it."""

    code = serializers.CharField(source="finding.code")
    severity = serializers.ChoiceField(["E", "W", "I"], source="finding.severity")
    indicator = serializers.CharField(source="finding.indicator", help_text=_("空：关于整份报表"))
    message = serializers.CharField()
    explanation = serializers.CharField()
    excuse = ExcuseSerializer(source="finding.excuse", allow_null=True)
    suggestion = SuggestionSerializer(source="finding.suggestion", allow_null=True)


class CommentSerializer(serializers.Serializer):
    """What the newest verdict said about one cell, and the unit's answer in the filing in work."""

    indicator = serializers.CharField(source="comment.indicator.code", default=None, allow_null=True)
    milestone = serializers.CharField(source="comment.milestone.code", default=None, allow_null=True)
    text = serializers.CharField(source="comment.text")
    suggested_value = DecimalText(source="comment.suggested_value", allow_null=True)
    by = serializers.CharField(source="comment.by.label")
    at = serializers.DateTimeField(source="comment.at")
    reply = serializers.CharField(source="answer")


class EvidenceSerializer(serializers.Serializer):
    """One evidence file; its address is null while it may not be handed out."""

    name = serializers.CharField()
    size = serializers.IntegerField(help_text=_("字节"))
    state = LowerChoice(EVIDENCE_STATES)
    url = serializers.SerializerMethodField()

    def get_url(self, file: EvidenceFile) -> str | None:
        if not file.is_clean:
            return None
        report = file.filing.report
        return reverse("submissions:evidence", args=[report.month, report.unit.code, file.pk])


class MilestoneRowSerializer(serializers.Serializer):
    """One milestone the unit reports on; without a state nobody has reported on it yet."""

    milestone = serializers.CharField(source="milestone.code")
    state = LowerChoice(MILESTONE_STATES, source="state.state", default=None, allow_null=True)
    planned_on = serializers.DateField(source="state.planned_on", default=None, allow_null=True)
    actual_on = serializers.DateField(source="state.actual_on", default=None, allow_null=True)
    new_title = serializers.CharField(source="state.new_title", default="")
    note = serializers.CharField(source="state.note", default="")
    covered = serializers.IntegerField(source="state.covered", default=None, allow_null=True)
    in_scope = serializers.IntegerField(source="state.in_scope", default=None, allow_null=True)
    reported_in = MonthField(source="state.filing.report.month", default=None, allow_null=True)
    delay = serializers.ChoiceField([one.value for one in Delay], allow_null=True)
    evidence = EvidenceSerializer(many=True)


class SigningRequestSerializer(serializers.Serializer):
    """Who asked the unit's lead to sign the report as it stands, and when; null where nobody did."""

    by = serializers.CharField(source="signing_asked_by.label")
    at = serializers.DateTimeField(source="signing_asked_at")

    def to_representation(self, report: MonthlyReport) -> dict[str, object] | None:
        return super().to_representation(report) if report.is_signing_asked else None


class MaySerializer(serializers.Serializer):
    """What the reader may do with the report now."""

    edit = serializers.BooleanField()
    submit = serializers.BooleanField()
    withdraw = serializers.BooleanField()
    approve = serializers.BooleanField()
    correct = serializers.BooleanField()
    reopen = serializers.BooleanField()

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), "return": serializers.BooleanField()}  # a keyword of the language


class ReportRowSerializer(serializers.ModelSerializer):
    """One report in a list."""

    month = MonthField(read_only=True)
    unit = serializers.SlugRelatedField("code", read_only=True)
    status = LowerChoice(REPORT_STATUSES, source="status_shown")
    approved_at = serializers.DateTimeField(source="approved_filing.decided_at", default=None, allow_null=True)

    class Meta:
        model = MonthlyReport
        fields = ["month", "unit", "status", "version", "approved_at"]


class ReportSerializer(serializers.Serializer):
    """One monthly report as its reader sees it."""

    month = MonthField(source="report.month")
    unit = serializers.CharField(source="report.unit.code")
    status = LowerChoice(REPORT_STATUSES, source="report.status")
    version = serializers.IntegerField(source="report.version")
    note = serializers.CharField(source="report.filing.note", default="")
    due_on = serializers.DateField(source="report.period.due_on")
    is_correction = serializers.BooleanField(source="report.is_correction")
    release = LowerChoice(RELEASES, source="report.filing.release", default=Release.FLASH)
    submitted_at = serializers.DateTimeField(source="report.filing.submitted_at", default=None, allow_null=True)
    approved_at = serializers.DateTimeField(source="report.approved_filing.decided_at", default=None, allow_null=True)
    figures = FigureSerializer(source="rows", many=True)
    findings = FindingSerializer(source="found", many=True)
    milestones = MilestoneRowSerializer(many=True)
    comments = CommentSerializer(many=True)
    signing_request = SigningRequestSerializer(source="report", allow_null=True)
    waiting_for = serializers.ListField(
        child=serializers.CharField(), help_text=_("本月尚未通过的下级单位；不等它们就通过，须列为例外并写明原因")
    )
    exceptions = ApprovalExceptionSerializer(many=True)
    may = MaySerializer()
