"""What was promised: the yearly plan, its indicators, targets and milestones."""

from targets.models.duties import ItemOwner, MilestoneExemption
from targets.models.indicators import (
    Assignment,
    FormerIndicator,
    Indicator,
    IndicatorPart,
    Target,
    Thresholds,
    figure_field,
)
from targets.models.plan import MOST_IN_SCOPE, Chapter, Item, ItemText, Milestone, Plan, in_plan_order
from targets.models.words import (
    Actor,
    Bound,
    Frequency,
    Kind,
    MilestoneFrequency,
    Output,
    Scope,
    Strength,
    TimeAggregation,
    UnitAggregation,
    UnitOfMeasure,
    in_language,
)

__all__ = [
    "MOST_IN_SCOPE",
    "Actor",
    "Assignment",
    "Bound",
    "Chapter",
    "FormerIndicator",
    "Frequency",
    "Indicator",
    "IndicatorPart",
    "Item",
    "ItemOwner",
    "ItemText",
    "Kind",
    "Milestone",
    "MilestoneExemption",
    "MilestoneFrequency",
    "Output",
    "Plan",
    "Scope",
    "Strength",
    "Target",
    "Thresholds",
    "TimeAggregation",
    "UnitAggregation",
    "UnitOfMeasure",
    "figure_field",
    "in_language",
    "in_plan_order",
]
