"""Files that a unit hands in with its sheet, as proof of what it says of a criterion that is judged."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import ReportingUnit
from reporting.assessment.models.sheets import PROOF_IS_KEPT, Assessment, AssessmentLine
from submissions.models import StoredFile, StoredFileQuerySet, stored_file_constraints
from targets.models import Plan


class AssessmentFileQuerySet(StoredFileQuerySet):
    def open_to(self, person: permissions.Person) -> Self:
        """Keep the clean files of the sheets the person may open."""
        return self.clean().filter(line__assessment__in=Assessment.objects.visible_to(person))

    def of_year(self, unit: ReportingUnit, plan: Plan) -> Self:
        return self.filter(line__assessment__unit=unit, line__assessment__round__scheme__plan=plan)


class AssessmentFile(StoredFile):
    """One file at one line of one sheet; kept as it is once the sheet was handed in."""

    line = models.ForeignKey(AssessmentLine, models.CASCADE, related_name="files", verbose_name=_("考核得分"))

    objects = AssessmentFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("考核佐证材料")
        verbose_name_plural = _("考核佐证材料")
        constraints = [
            models.UniqueConstraint(fields=["line", "digest"], name="reporting_assessmentfile_once_per_line"),
            *stored_file_constraints("reporting_assessmentfile"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="file_is_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=PROOF_IS_KEPT.format(constraint="reporting_assessmentfile_is_kept"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.name}"
