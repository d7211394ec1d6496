"""What a filing holds: figures and explanations; all frozen with it."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from submissions.models.reports import Filing
from submissions.models.words import FigureState
from targets.models import Indicator, figure_field
from workplan.lib.constraints import all_or_none, finite_and_not_negative, one_of

#: Asked once a statement, over all rows it touched: a thousand rows of a workbook belong to a few filings.
_FILING_IS_FROZEN = """
    IF EXISTS (SELECT 1 FROM submissions_filing
                WHERE id IN ({filings}) AND submitted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a filing is frozen from submission on'
            USING ERRCODE = 'check_violation', CONSTRAINT = '{constraint}';
    END IF;
    RETURN NULL;
"""
#: A row belongs to the filing it leaves as well as to the one it enters.
_LEFT, _ENTERED = "SELECT filing_id FROM left_behind", "SELECT filing_id FROM entered"
_TOUCHED = {
    "insert": (pgtrigger.Insert, pgtrigger.Referencing(new="entered"), _ENTERED),
    "update": (
        pgtrigger.Update,
        pgtrigger.Referencing(old="left_behind", new="entered"),
        f"{_LEFT} UNION ALL {_ENTERED}",
    ),
    "delete": (pgtrigger.Delete, pgtrigger.Referencing(old="left_behind"), _LEFT),
}


#: Parts are an object of numbers ≥ 0 as decimal text, named as the indicator declares them.
_PARTS_ARE_DECLARED = r"""
    IF jsonb_typeof(NEW.parts) <> 'object' OR EXISTS (
        SELECT 1 FROM jsonb_each(NEW.parts) AS part(code, given)
         WHERE jsonb_typeof(given) <> 'string' OR given #>> '{}' !~ '^[0-9]{1,14}([.][0-9]{1,4})?$'
            OR NOT EXISTS (SELECT 1 FROM targets_indicatorpart declared
                            WHERE declared.indicator_id = NEW.indicator_id AND declared.code = part.code)) THEN
        RAISE EXCEPTION 'parts are numbers under the names the indicator declares'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'submissions_figure_parts_are_declared';
    END IF;
    RETURN NEW;
"""


def frozen_with_its_filing(name: str) -> list[pgtrigger.Trigger]:
    """Return triggers: rows of a submitted filing are never inserted, changed or deleted."""
    return [
        pgtrigger.Trigger(
            name=f"{name}_{act}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=touched,
            func=_FILING_IS_FROZEN.format(filings=filings, constraint=f"submissions_{name}_is_frozen"),
        )
        for act, (operation, touched, filings) in _TOUCHED.items()
    ]


class Figure(models.Model):
    """One indicator's figure in one filing, in base units, as filed: totals since January, levels, or two parts."""

    #: The unique key over filing and indicator is its index.
    filing = models.ForeignKey(Filing, models.CASCADE, related_name="figures", db_index=False)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    state = models.CharField(max_length=14, choices=FigureState, default=FigureState.REPORTED)
    value = figure_field(_("数值"), null=True, blank=True)
    numerator = figure_field(_("分子"), null=True, blank=True)
    denominator = figure_field(_("分母"), null=True, blank=True)
    persons = models.BigIntegerField(_("人数"), null=True, blank=True)
    #: The parts the figure is filed in, where the indicator declares any: code of the part → decimal text.
    parts = models.JSONField(_("分项"), default=dict, blank=True)
    note = models.TextField(_("说明"), blank=True)

    class Meta:
        verbose_name = _("数据")
        verbose_name_plural = _("数据")
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "indicator"], name="submissions_figure_one_per_filing_and_indicator"
            ),
            one_of("state", FigureState.values, name="submissions_figure_state_is_known"),
            finite_and_not_negative("value", name="submissions_figure_value_is_a_number"),
            finite_and_not_negative("numerator", name="submissions_figure_numerator_is_a_number"),
            finite_and_not_negative("denominator", name="submissions_figure_denominator_is_a_number"),
            all_or_none("numerator", "denominator", name="submissions_figure_numerator_with_denominator"),
            models.CheckConstraint(
                condition=Q(denominator__isnull=True) | Q(denominator__gt=0),
                name="submissions_figure_denominator_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(state="REPORTED", value__isnull=False, numerator__isnull=True)
                | Q(state="REPORTED", value__isnull=True, numerator__isnull=False)
                | ~Q(state="REPORTED") & Q(value__isnull=True, numerator__isnull=True, persons__isnull=True),
                name="submissions_figure_is_reported_exactly_with_a_number",
            ),
            models.CheckConstraint(
                condition=Q(persons__isnull=True) | Q(persons__gte=0),
                name="submissions_figure_persons_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(parts={}) | Q(state="REPORTED", value__isnull=False),
                name="submissions_figure_parts_come_with_a_value",
            ),
        ]
        triggers = [
            *frozen_with_its_filing("figure"),
            pgtrigger.Trigger(
                name="figure_parts",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.parts <> '{}'::jsonb"),
                func=_PARTS_ARE_DECLARED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.indicator_id}"

    @property
    def content(self) -> tuple[object, ...]:
        """All that the figure says, to be held against another filing's."""
        return (self.state, self.value, self.numerator, self.denominator, self.persons, self.parts, self.note)


class Explanation(models.Model):
    """The unit's answer to a rule's warning, shown to the reviewer first."""

    filing = models.ForeignKey(Filing, models.CASCADE, related_name="explanations")
    rule = models.CharField(max_length=4)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    text = models.TextField(_("说明"))
    #: What exactly it answers, as a digest of the finding; "" answers whatever the rule says.
    answers = models.CharField(max_length=32, blank=True)
    #: The number of the filing it was first written in; a later filing of the report carries it along.
    written_in = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("说明")
        verbose_name_plural = _("说明")
        constraints = [
            models.UniqueConstraint(
                fields=["filing", "rule", "indicator"], name="submissions_explanation_one_per_finding"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="submissions_explanation_says_something"),
        ]
        triggers = frozen_with_its_filing("explanation")

    def __str__(self) -> str:
        return f"{self.rule}:{self.indicator_id}"
