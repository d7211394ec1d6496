"""The sheet of one unit in one round: its lines, what proves them, its steps, and a grade that was cancelled."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import ReportingUnit
from reporting.assessment.models.schemes import AssessmentCriterion, AssessmentRound
from reporting.assessment.models.words import AssessmentGrade, AssessmentState, AssessmentVerb
from reporting.assessment.points import DECIMALS
from submissions.models import EvidenceFile, MonthlyReport
from workplan.lib.constraints import all_or_none, one_of

S = AssessmentState
#: States from which the unit writes.
OPEN_STATES = (S.DRAFT, S.RETURNED)
HANDED_IN = (S.SUBMITTED, S.CHECKED, S.CONFIRMED, S.PUBLISHED)
FINAL = (S.CONFIRMED, S.PUBLISHED)


def points_field(verbose_name: str) -> models.DecimalField:
    """Return a column for points that were earned, or not yet."""
    return models.DecimalField(verbose_name, max_digits=19, decimal_places=DECIMALS, null=True, blank=True)


class AssessmentQuerySet(models.QuerySet):
    def visible_to(self, person: permissions.Person) -> AssessmentQuerySet:
        """Keep the sheets the person may open: the own subtree's, what is final for analysts, all for the ministry."""
        if permissions.sees_all_reports(person):
            return self
        own = Q(pk__in=[])
        for path in permissions.access(person).subtree_paths:
            own |= Q(unit__path__startswith=path)
        if permissions.sees_all_approved(person):
            own |= Q(state__in=FINAL)
        return self.filter(own)

    def listed_to(self, person: permissions.Person) -> AssessmentQuerySet:
        """Keep the sheets whose points and grade the person may know: theirs, and every published one."""
        own = self.model.objects.visible_to(person).values("pk")
        return self.filter(Q(pk__in=own) | Q(state=S.PUBLISHED))

    def with_people(self) -> AssessmentQuerySet:
        return self.select_related(
            "round__scheme", "round__period__plan", "unit", "submitted_by", "checked_by", "confirmed_by", "cancellation"
        )


#: What is final keeps everything but the way from confirmed to published.
_CONFIRMED_IS_KEPT = """
    IF OLD.state = 'PUBLISHED' OR OLD.state = 'CONFIRMED' AND NOT (
            NEW.state IN ('CONFIRMED', 'PUBLISHED')
            AND (NEW.round_id, NEW.unit_id, NEW.total, NEW.submitted_by_id, NEW.submitted_at,
                 NEW.checked_by_id, NEW.checked_at, NEW.confirmed_by_id, NEW.confirmed_at)
                IS NOT DISTINCT FROM (OLD.round_id, OLD.unit_id, OLD.total, OLD.submitted_by_id, OLD.submitted_at,
                 OLD.checked_by_id, OLD.checked_at, OLD.confirmed_by_id, OLD.confirmed_at)) THEN
        RAISE EXCEPTION 'a confirmed result is kept'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reporting_assessment_result_is_kept';
    END IF;
    RETURN NEW;
"""


class Assessment(models.Model):
    """One unit's sheet in one round: its state, its version, who answered for which step, and the result."""

    round = models.ForeignKey(AssessmentRound, models.PROTECT, related_name="sheets", verbose_name=_("考核批次"))
    unit = models.ForeignKey(ReportingUnit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    state = models.CharField(_("状态"), max_length=9, choices=AssessmentState, default=S.DRAFT)
    #: Advances with every accepted change; a verb names the version its person saw.
    version = models.PositiveIntegerField(_("版本"), default=0)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("提交人")
    )
    submitted_at = models.DateTimeField(_("提交时间"), null=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("核查人")
    )
    checked_at = models.DateTimeField(_("核查时间"), null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("确认人")
    )
    confirmed_at = models.DateTimeField(_("确认时间"), null=True)
    #: What the lines add up to; None until it is handed in, or where no criterion applies.
    total = points_field(_("总分"))
    #: Given when the round is published, among all that were assessed.
    grade = models.CharField(_("等次"), max_length=9, choices=AssessmentGrade, blank=True)
    rank = models.PositiveSmallIntegerField(_("名次"), null=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("考核表")
        verbose_name_plural = _("考核表")
        constraints = [
            models.UniqueConstraint(fields=["round", "unit"], name="reporting_assessment_one_per_round_and_unit"),
            one_of("state", AssessmentState.values, name="reporting_assessment_state_is_known"),
            one_of("grade", ["", *AssessmentGrade.values], name="reporting_assessment_grade_is_known"),
            all_or_none("submitted_by", "submitted_at", name="reporting_assessment_submitted_by_and_at"),
            all_or_none("checked_by", "checked_at", name="reporting_assessment_checked_by_and_at"),
            all_or_none("confirmed_by", "confirmed_at", name="reporting_assessment_confirmed_by_and_at"),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES, total__isnull=True, checked_at__isnull=True)
                | Q(state="SUBMITTED", submitted_at__isnull=False, checked_at__isnull=True)
                | Q(state__in=["CHECKED", *FINAL], submitted_at__isnull=False, checked_at__isnull=False),
                name="reporting_assessment_state_has_its_people",
            ),
            models.CheckConstraint(
                condition=Q(state__in=FINAL, confirmed_at__isnull=False, total__isnull=False)
                | ~Q(state__in=FINAL) & Q(confirmed_at__isnull=True),
                name="reporting_assessment_final_is_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("submitted_by")),
                name="reporting_assessment_checked_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | ~Q(confirmed_by=F("checked_by")) & ~Q(confirmed_by=F("submitted_by")),
                name="reporting_assessment_confirmed_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(state="PUBLISHED", rank__isnull=False) & ~Q(grade="")
                | ~Q(state="PUBLISHED") & Q(rank__isnull=True, grade=""),
                name="reporting_assessment_published_with_grade_and_rank",
            ),
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(total__gte=0, total__lt=10**5),
                name="reporting_assessment_total_is_points",
            ),
        ]
        indexes = [models.Index(fields=["round", "state"], name="reporting_assessment_by_state")]
        triggers = [
            pgtrigger.Trigger(
                name="result_is_kept", when=pgtrigger.Before, operation=pgtrigger.Update, func=_CONFIRMED_IS_KEPT
            ),
            pgtrigger.Protect(name="sheet_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.round.code} {self.unit}"

    @property
    def is_open(self) -> bool:
        """Say whether the unit may write in it."""
        return self.state in OPEN_STATES

    @property
    def is_cancelled(self) -> bool:
        return hasattr(self, "cancellation")


#: Once the sheet was handed in only the check may write, and once it is final nobody.
_LINE_IS_KEPT = """
    IF EXISTS (SELECT 1 FROM reporting_assessment WHERE id IN (OLD.assessment_id, NEW.assessment_id)
                AND (state IN ('CONFIRMED', 'PUBLISHED') OR state IN ('SUBMITTED', 'CHECKED') AND (
                     TG_OP <> 'UPDATE' OR
                     (OLD.assessment_id, OLD.criterion_id, OLD.weight, OLD.applies, OLD.computed, OLD.inputs,
                      OLD.claimed, OLD.narrative) IS DISTINCT FROM
                     (NEW.assessment_id, NEW.criterion_id, NEW.weight, NEW.applies, NEW.computed, NEW.inputs,
                      NEW.claimed, NEW.narrative)))) THEN
        RAISE EXCEPTION 'what was handed in is kept, and what was confirmed too'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reporting_assessmentline_is_kept';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""


class AssessmentLine(models.Model):
    """One criterion of one sheet: what was computed or claimed, and what the check made of it."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="lines", verbose_name=_("考核表"))
    criterion = models.ForeignKey(AssessmentCriterion, models.PROTECT, related_name="+", verbose_name=_("考核指标"))
    #: The criterion's, which no longer changes.
    weight = models.DecimalField(_("分值"), max_digits=7, decimal_places=2)
    applies = models.BooleanField(_("适用"), default=True)
    #: As measured when the sheet was handed in; None where it is judged, or does not apply.
    computed = points_field(_("计算得分"))
    #: What it was computed from: name → decimal text, code or list of these.
    inputs = models.JSONField(_("依据数据"), default=dict, blank=True)
    claimed = points_field(_("自评得分"))
    narrative = models.TextField(_("自评说明"), blank=True)
    #: Where the check differs from what was computed or claimed.
    checked = points_field(_("核查得分"))
    check_reason = models.TextField(_("调整原因"), blank=True)

    class Meta:
        verbose_name = _("考核得分")
        verbose_name_plural = _("考核得分")
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "criterion"], name="reporting_assessmentline_one_per_criterion"
            ),
            models.CheckConstraint(
                condition=Q(computed__isnull=True) | Q(claimed__isnull=True),
                name="reporting_assessmentline_computed_or_claimed",
            ),
            models.CheckConstraint(
                condition=Q(applies=True) | Q(computed__isnull=True, claimed__isnull=True, checked__isnull=True),
                name="reporting_assessmentline_without_points_where_not_applying",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0, f"{name}__lte": F("weight")}),
                    name=f"reporting_assessmentline_{name}_within_weight",
                )
                for name in ("computed", "claimed", "checked")
            ),
            models.CheckConstraint(
                condition=Q(checked__isnull=True, check_reason="") | Q(checked__isnull=False) & ~Q(check_reason=""),
                name="reporting_assessmentline_adjusted_with_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="line_is_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_LINE_IS_KEPT,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.criterion_id}"

    @property
    def stated(self) -> Decimal | None:
        """What was computed, or else claimed."""
        return self.claimed if self.computed is None else self.computed

    @property
    def points(self) -> Decimal | None:
        """What counts: the check's where it differs; None where nothing is stated yet or it does not apply."""
        return self.stated if self.checked is None else self.checked


#: Whatever proves a line stands as it was handed in.
PROOF_IS_KEPT = """
    IF EXISTS (SELECT 1 FROM reporting_assessmentline line
                 JOIN reporting_assessment sheet ON sheet.id = line.assessment_id
                WHERE line.id IN (OLD.line_id, NEW.line_id) AND sheet.state NOT IN ('DRAFT', 'RETURNED')) THEN
        RAISE EXCEPTION 'proofs are kept once the sheet was handed in'
            USING ERRCODE = 'check_violation', CONSTRAINT = '{constraint}';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""


class AssessmentProof(models.Model):
    """What a unit names as proof of a line: a file it handed in at a milestone, or one of its approved reports."""

    line = models.ForeignKey(AssessmentLine, models.CASCADE, related_name="proofs")
    evidence = models.ForeignKey(EvidenceFile, models.PROTECT, null=True, related_name="+", verbose_name=_("佐证材料"))
    report = models.ForeignKey(MonthlyReport, models.PROTECT, null=True, related_name="+", verbose_name=_("月度报表"))

    class Meta:
        verbose_name = _("考核佐证")
        verbose_name_plural = _("考核佐证")
        constraints = [
            models.UniqueConstraint(
                fields=["line", "evidence", "report"],
                nulls_distinct=False,
                name="reporting_assessmentproof_named_once",
            ),
            models.CheckConstraint(
                condition=Q(evidence__isnull=False, report__isnull=True)
                | Q(evidence__isnull=True, report__isnull=False),
                name="reporting_assessmentproof_is_a_file_or_a_report",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="proof_is_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=PROOF_IS_KEPT.format(constraint="reporting_assessmentproof_is_kept"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.evidence_id or self.report_id}"


class AssessmentStep(models.Model):
    """One step of a sheet: who moved it, from where to where, at which version, and why. Never changed."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="steps", verbose_name=_("考核表"))
    verb = models.CharField(_("事项"), max_length=8, choices=AssessmentVerb)
    from_state = models.CharField(max_length=9, choices=AssessmentState)
    to_state = models.CharField(_("状态"), max_length=9, choices=AssessmentState)
    version = models.PositiveIntegerField(_("版本"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("办理人"))
    at = models.DateTimeField(_("时间"))
    comment = models.TextField(_("意见"), blank=True)

    class Meta:
        verbose_name = _("考核记录")
        verbose_name_plural = _("考核记录")
        constraints = [
            one_of("verb", AssessmentVerb.values, name="reporting_assessmentstep_verb_is_known"),
            models.CheckConstraint(
                condition=~Q(verb="RETURN") | ~Q(comment=""), name="reporting_assessmentstep_return_says_why"
            ),
        ]
        triggers = [pgtrigger.Protect(name="assessmentstep_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.verb}"


_CANCELS_A_PUBLISHED_GRADE = """
    IF NOT EXISTS (SELECT 1 FROM reporting_assessment WHERE id = NEW.assessment_id AND state = 'PUBLISHED') THEN
        RAISE EXCEPTION 'only a published grade is cancelled'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reporting_gradecancellation_of_a_published_grade';
    END IF;
    RETURN NEW;
"""


class GradeCancellation(models.Model):
    """A published grade that falsification cost the unit; the sheet itself stays as it was published."""

    assessment = models.OneToOneField(Assessment, models.PROTECT, related_name="cancellation", verbose_name=_("考核表"))
    reason = models.TextField(_("原因"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("办理人"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("等次取消")
        verbose_name_plural = _("等次取消")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="reporting_gradecancellation_says_why"),
        ]
        triggers = [
            pgtrigger.Protect(name="cancellation_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="cancels_a_published_grade",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_CANCELS_A_PUBLISHED_GRADE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id}"
