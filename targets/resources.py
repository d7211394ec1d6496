"""The sheets of indicators, targets and milestones, column by column; columns are named as in the API.

Rows pass the gate of every other door: one number grammar, the models' own checks, one transaction, one audit entry
for each row that changed.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

import tablib
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.html import escape, format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from import_export.fields import Field
from import_export.resources import Diff, ModelResource
from import_export.results import Result

from accounts import audit
from accounts.models import ReportingUnit
from targets.cells import ActorsWidget, CodeWidget, FigureWidget, ItemWidget, TextWidget, YesNoWidget
from targets.models import Indicator, Milestone, Plan, Target, UnitOfMeasure
from workplan.lib.sheets_import import SheetRefused
from workplan.lib.words import listed

#: What figures hang on: fixed once an indicator exists. Another kind or unit is another indicator.
FIXED_IN_AN_INDICATOR = (
    "kind",
    "unit_of_measure",
    "decimals",
    "frequency",
    "time_aggregation",
    "unit_aggregation",
    "has_persons",
)

#: Decimals of a target by unit of measure; a rate is a fraction such as 0.046.
_PLACES = {UnitOfMeasure.PERSON: 0, UnitOfMeasure.COUNT: 0, UnitOfMeasure.YUAN: 2, UnitOfMeasure.RATE: 4}


def check_figure(indicator: Indicator, value: Decimal | None) -> None:
    """Ask whether a target of the indicator may have this value.

    :raises ValidationError: more decimals than its unit of measure has, or a rate above one.
    """
    if value is None:
        return
    unit = UnitOfMeasure(indicator.unit_of_measure)
    if value != round(value, _PLACES[unit]):
        raise ValidationError(
            _("以“%(unit)s”计量的目标最多 %(places)s 位小数。") % {"unit": unit.label, "places": _PLACES[unit]}
        )
    if unit == UnitOfMeasure.RATE and value > 1:
        raise ValidationError(_("比率以小数填写，例如 4.6% 填 0.046。"))


class PlainDiff(Diff):
    """What a row would change: old struck out, new underlined, without inline styles."""

    def as_html(self) -> list[str]:
        return [self._cell(*pair) for pair in zip(self.left, self.right, strict=True)]

    def _cell(self, old: object, new: object) -> str:
        if self.new or old == new:
            return escape(new)
        return format_html("<del>{}</del> <ins>{}</ins>", old, new)


class GatedResource(ModelResource):
    """What all our sheets share."""

    #: Columns a new row cannot do without are the model's own affair; these identify the row.
    identity: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def get_diff_class(cls) -> type[Diff]:
        return PlainDiff

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        """Refuse a sheet with unknown, repeated or missing columns by their names."""
        self.changes: list[tuple[str, Model, dict[str, list[str]]]] = []
        given, known = list(dataset.headers), [field.column_name for field in self.get_import_fields()]
        unknown = [name for name in given if name not in known]
        missing = [name for name in self.identity if name not in given]
        if unknown or missing or len(set(given)) < len(given):
            raise SheetRefused(
                _("列名不符。应有：%(known)s；缺少：%(missing)s；不认识或重复：%(unknown)s。"),
                known=listed(known),
                missing=listed(missing) or "–",
                unknown=listed(str(name)[:40] for name in (unknown or sorted(set(given)))) if unknown else "–",
            )

    def after_init_instance(self, instance: Model, new: bool, row: dict, **kwargs: Any) -> None:  # noqa: FBT001
        instance.as_stored = {} if new else self._values(instance)

    def save_instance(self, instance: Model, is_create: bool, row: dict, **kwargs: Any) -> None:  # noqa: FBT001
        super().save_instance(instance, is_create, row, **kwargs)
        before, after = instance.as_stored, self._values(instance)
        changed = {name: [before.get(name, ""), value] for name, value in after.items() if before.get(name) != value}
        self.changes.append(("create" if is_create else "change", instance, changed))

    def after_import(self, dataset: tablib.Dataset, result: Result, **kwargs: Any) -> None:
        """Record what changed; an import that is undone leaves no trace."""
        if kwargs.get("dry_run") or result.has_errors() or result.has_validation_errors():
            return
        for verb, instance, changed in self.changes:
            details = {"object": str(instance), "changes": changed, "file": str(kwargs.get("file_name", ""))[:100]}
            audit.record(f"{instance._meta.model_name}.{verb}", by=kwargs["user"], obj=instance, details=details)

    def _values(self, instance: Model) -> dict[str, str]:
        return {field.column_name: str(field.export(instance)) for field in self.get_import_fields()}


def text(name: str) -> Field:
    return Field(name, name, TextWidget())


def figure(name: str, *, decimals: int = 0) -> Field:
    return Field(name, name, FigureWidget(decimals=decimals))


_plan: Callable[..., CodeWidget] = partial(CodeWidget, Plan, "year", gettext_noop("没有 %(code)s 年的计划。"))
_indicator: Callable[..., CodeWidget] = partial(
    CodeWidget, Indicator, "code", gettext_noop("没有代码为“%(code)s”的指标。")
)
_unit: Callable[..., CodeWidget] = partial(
    CodeWidget, ReportingUnit, "code", gettext_noop("没有代码为“%(code)s”的填报单位。"), digits=6
)


class IndicatorResource(GatedResource):
    """One row per indicator."""

    identity = ("code",)

    code, name, name_en = text("code"), text("name"), text("name_en")
    short_name, short_name_en = text("short_name"), text("short_name_en")
    kind, unit_of_measure = text("kind"), text("unit_of_measure")
    decimals, display_decimals = figure("decimals"), figure("display_decimals")
    frequency = figure("frequency")
    time_aggregation, unit_aggregation = text("time_aggregation"), text("unit_aggregation")
    numerator_name, numerator_name_en = text("numerator_name"), text("numerator_name_en")
    denominator_name, denominator_name_en = text("denominator_name"), text("denominator_name_en")
    definition, definition_en = text("definition"), text("definition_en")
    scope_note, scope_note_en = text("scope_note"), text("scope_note_en")
    part_of = Field("part_of", "part_of", _indicator())
    due_rule, due_rule_en = text("due_rule"), text("due_rule_en")
    has_persons = Field("has_persons", "has_persons", YesNoWidget())
    source = text("source")

    class Meta:
        model = Indicator
        fields = (
            "code",
            "name",
            "name_en",
            "short_name",
            "short_name_en",
            "kind",
            "unit_of_measure",
            "decimals",
            "display_decimals",
            "frequency",
            "time_aggregation",
            "unit_aggregation",
            "numerator_name",
            "numerator_name_en",
            "denominator_name",
            "denominator_name_en",
            "definition",
            "definition_en",
            "scope_note",
            "scope_note_en",
            "part_of",
            "due_rule",
            "due_rule_en",
            "has_persons",
            "source",
        )
        import_order = export_order = fields
        import_id_fields = ("code",)
        clean_model_instances = True
        use_transactions = True
        skip_unchanged = True

    def validate_instance(self, instance: Indicator, errors: dict | None = None, *args: Any, **kwargs: Any) -> None:
        """Keep fixed what figures hang on."""
        stored, now = instance.as_stored, self._values(instance)
        moved = [name for name in FIXED_IN_AN_INDICATOR if stored and stored[name] != now[name]]
        sentence = _("已有指标的这一项不能修改；需要时请新建指标。")
        super().validate_instance(
            instance, (errors or {}) | {name: ValidationError(sentence) for name in moved}, *args, **kwargs
        )


class TargetResource(GatedResource):
    """The yearly target sheet: one row per plan, indicator and unit."""

    identity = ("plan", "indicator", "unit")

    plan = Field("plan", "plan", _plan())
    item = Field("item", "item", ItemWidget())
    indicator = Field("indicator", "indicator", _indicator())
    unit = Field("unit", "unit", _unit())
    target_value = figure("target_value", decimals=4)
    baseline_value = figure("baseline_value", decimals=4)
    bound, strength, wording = text("bound"), text("strength"), text("wording")
    planned_month = figure("planned_month")
    is_synthetic = Field("is_synthetic", "is_synthetic", YesNoWidget())
    is_ranked = Field("is_ranked", "is_ranked", YesNoWidget())
    headline_position = figure("headline_position")
    source = text("source")

    class Meta:
        model = Target
        fields = (
            "plan",
            "item",
            "indicator",
            "unit",
            "target_value",
            "baseline_value",
            "bound",
            "strength",
            "wording",
            "planned_month",
            "is_synthetic",
            "is_ranked",
            "headline_position",
            "source",
        )
        import_order = export_order = fields
        import_id_fields = ("plan", "indicator", "unit")
        clean_model_instances = True
        use_transactions = True
        skip_unchanged = True

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("plan", "item", "indicator", "unit")

    def validate_instance(self, instance: Target, errors: dict | None = None, *args: Any, **kwargs: Any) -> None:
        """Judge the figures by the indicator's unit of measure."""
        found = dict(errors or {})
        for name in ("target_value", "baseline_value"):
            try:
                if name not in found and instance.indicator_id:
                    check_figure(instance.indicator, getattr(instance, name))
            except ValidationError as error:
                found[name] = error
        super().validate_instance(instance, found, *args, **kwargs)


class MilestoneResource(GatedResource):
    """One row per deliverable of an item."""

    identity = ("plan", "item", "code")

    plan = Field("item__plan__year", "plan", FigureWidget(decimals=0), readonly=True)
    item = Field("item", "item", ItemWidget())
    code, title, title_en = text("code"), text("title"), text("title_en")
    actors = Field("actors", "actors", ActorsWidget())
    scope = text("scope")
    scope_count, parts = figure("scope_count"), figure("parts")
    output, frequency = text("output"), text("frequency")
    baseline_count = figure("baseline_count")
    note = text("note")

    class Meta:
        model = Milestone
        fields = (
            "plan",
            "item",
            "code",
            "title",
            "title_en",
            "actors",
            "scope",
            "scope_count",
            "parts",
            "output",
            "frequency",
            "baseline_count",
            "note",
        )
        import_order = export_order = fields
        import_id_fields = ("item", "code")
        clean_model_instances = True
        use_transactions = True
        skip_unchanged = True

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("item__plan")
