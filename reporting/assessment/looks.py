"""How the states and grades of an assessment are shown: word, shape and colour."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from reporting.assessment.models import AssessmentGrade, AssessmentState
from workplan.templatetags.portal import Look

#: "" is a sheet nobody has begun.
STATE_LOOKS: Mapping[str, Look] = {
    "": Look(_("未开始"), "○", "not-due"),
    AssessmentState.DRAFT: Look(AssessmentState.DRAFT.label, "◇", "draft"),
    AssessmentState.SUBMITTED: Look(AssessmentState.SUBMITTED.label, "◆", "submitted"),
    AssessmentState.RETURNED: Look(AssessmentState.RETURNED.label, "▼", "lagging"),
    AssessmentState.CHECKED: Look(AssessmentState.CHECKED.label, "●", "submitted"),
    AssessmentState.CONFIRMED: Look(AssessmentState.CONFIRMED.label, "▲", "on-schedule"),
    AssessmentState.PUBLISHED: Look(AssessmentState.PUBLISHED.label, "✔", "completed"),
}

GRADE_LOOKS: Mapping[str, Look] = {
    AssessmentGrade.EXCELLENT: Look(AssessmentGrade.EXCELLENT.label, "★", "completed"),
    AssessmentGrade.PASSED: Look(AssessmentGrade.PASSED.label, "▲", "on-schedule"),
    AssessmentGrade.FAILED: Look(AssessmentGrade.FAILED.label, "▼", "behind"),
}
#: A unit whose sheet was not confirmed when the round was published.
LEFT_OUT_LOOK = Look(_("未参评"), "–", "not-reported")
CANCELLED_LOOK = Look(_("等次已取消"), "✖", "breached")
