"""The page that takes a total apart, and names the report behind every part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts import permissions
from accounts.models import ReportingUnit
from reporting.marks import legend
from reporting.pages import months
from reporting.pages.revised import RevisedLine, told
from reporting.pages.words import month_words
from reporting.trace import Trace, trace
from submissions.history import versions_of
from submissions.models import Figure, ReportingMonth
from targets.models import Indicator
from workplan.templatetags.figures import figure


@dataclass(frozen=True)
class TracePage:
    period: ReportingMonth
    months: list[date]
    indicator: Indicator
    unit: ReportingUnit
    is_open: bool
    trace: Trace | None
    headline: str
    #: Every version that was ever in force, oldest first; only to who may open the report.
    versions: tuple[Figure, ...]
    #: What was published of the total and its parts, and why that no longer stands.
    revised: tuple[RevisedLine, ...] = ()

    @property
    def legend(self) -> str:
        """Explain the marks of the total and its parts; "" where they have none."""
        shown = (self.trace.whole, *self.trace.parts) if self.trace else ()
        return legend(mark for part in shown for mark in part.marks)

    @property
    def kept(self) -> tuple[tuple[str, str], ...]:
        """What stays in the address when another month is chosen."""
        return (("unit", self.unit.code),)


def trace_page(
    person: permissions.Person, period: ReportingMonth, indicator: Indicator, unit: ReportingUnit, *, today: date
) -> TracePage:
    """Return the page; in a month closed to the person it has no figures and says so."""
    is_open = months.is_open_to(person, period, unit)
    found = trace(person, period, indicator, unit) if is_open else None
    source = found.whole.source if found else None
    return TracePage(
        period=period,
        months=months.offered(person, period, today=today, unit=unit),
        indicator=indicator,
        unit=unit,
        is_open=is_open,
        trace=found,
        headline=headline(found, period) if found else "",
        versions=tuple(versions_of(unit, indicator, source.month)) if source and source.is_open else (),
        revised=told(found.revised) if found else (),
    )


def headline(found: Trace, period: ReportingMonth) -> str:
    """Say what the total is and how many parts it has."""
    indicator = found.whole.total.indicator
    words = {
        "month": month_words(period.month),
        "unit": found.whole.unit.label,
        "name": indicator.short_label,
        "value": figure(found.whole.value, indicator.unit_of_measure),
        "n": len(found.parts),
        "carried": len(found.carried),
        "missing": len(found.missing),
    }
    if found.whole.files_itself:
        return _("截至%(month)s，%(unit)s%(name)s%(value)s，由本单位报送。") % words
    return (
        _(
            "截至%(month)s，%(unit)s%(name)s%(value)s，由下列%(n)d个单位的数据合成，其中沿用上期%(carried)d个，尚无数据%(missing)d个。"
        )
        % words
    )
