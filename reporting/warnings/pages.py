"""The list of warnings, the page of one, and the badge on other pages: what the person may know, and no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, QuerySet, Value, When

from accounts import permissions
from accounts.models import ReportingUnit
from reporting.pages.indicator import IndicatorPage, indicator_page
from reporting.warnings import checking, sentences
from reporting.warnings.looks import STATE_LOOKS
from reporting.warnings.models import EarlyWarning, WarningEvent, WarningState
from reporting.warnings.sentences import Input
from reporting.warnings.states import LIVE
from submissions.models import ReportingMonth
from targets.models import Indicator
from workplan.templatetags.portal import Look

PAGE_SIZE = 50
#: Every state at once, those that are over among them.
EVERY = "ALL"
_GRAVEST_FIRST = Case(
    *(When(shown_state=state, then=Value(at)) for at, state in enumerate(WarningState.values)),
    output_field=IntegerField(),
)


@dataclass(frozen=True)
class Shown:
    """One warning as the person may see it: by the newest event that is open to them."""

    warning: EarlyWarning
    event: WarningEvent
    #: The newest measure entered against it, where it still stands and is open to the person.
    answer: WarningEvent | None

    @property
    def state(self) -> str:
        return self.event.state

    @property
    def look(self) -> Look:
        return STATE_LOOKS[self.event.state]

    @property
    def sentence(self) -> str:
        return sentences.explanation(self.warning, self.event)

    @property
    def measured(self) -> str:
        return sentences.measured(self.warning, self.event.measured)

    @property
    def limit(self) -> str:
        return sentences.measured(self.warning, self.event.limit)


@dataclass(frozen=True)
class Narrowed:
    """What the list was narrowed to; without a state it shows what is not over, with `EVERY` all of it."""

    state: str = ""
    unit: ReportingUnit | None = None
    indicator: Indicator | None = None

    @property
    def query(self) -> str:
        asked = {
            "state": self.state,
            "unit": self.unit.code if self.unit else "",
            "indicator": self.indicator.code if self.indicator else "",
        }
        return urlencode({name: text for name, text in asked.items() if text})


@dataclass(frozen=True)
class WarningsPage:
    page: Page
    shown: list[Shown]
    by: Narrowed
    states: list[tuple[str, Look, int]]
    units: list[ReportingUnit]
    indicators: list[Indicator]


def warnings_page(person: permissions.Person, by: Narrowed, *, number: object = 1) -> WarningsPage:
    """Return the list, the gravest state first, then the newest month; the counts are of all states."""
    open_to = concerning(person)
    narrowed = narrow(open_to, by)
    page = Paginator(narrowed, PAGE_SIZE).get_page(number)
    counted = Counter(open_to.order_by().values_list("shown_state", flat=True))
    return WarningsPage(
        page=page,
        shown=as_shown(person, page.object_list),
        by=by,
        states=[(state, STATE_LOOKS[state], counted[state]) for state in WarningState.values],
        units=list(_units(open_to)),
        indicators=list(Indicator.objects.filter(pk__in=open_to.order_by().values("indicator")).order_by("code")),
    )


def concerning(person: permissions.Person) -> QuerySet[EarlyWarning]:
    """Return the warnings of which the person may know, after what changed was judged; in the order of lists."""
    checking.refresh()
    shown = EarlyWarning.objects.shown_to(person).select_related("rule", "unit", "indicator")
    return shown.order_by(_GRAVEST_FIRST, "-shown_month", "unit__position", "rule__code", "pk")


def narrow(warnings: QuerySet[EarlyWarning], by: Narrowed) -> QuerySet[EarlyWarning]:
    """Keep what is asked for; without a state what is not over."""
    kept = warnings if by.state == EVERY else warnings.filter(shown_state__in=[by.state] if by.state else LIVE)
    if by.unit is not None:
        kept = kept.filter(unit=by.unit)
    return kept if by.indicator is None else kept.filter(indicator=by.indicator)


def as_shown(person: permissions.Person, warnings: Iterable[EarlyWarning]) -> list[Shown]:
    """Return the warnings with their newest event and standing answer, in two queries."""
    warnings = list(warnings)
    events = WarningEvent.objects.in_bulk([one.shown_id for one in warnings])
    answers = _answers(person, [one for one in warnings if one.shown_state == WarningState.ACKNOWLEDGED])
    return [Shown(one, events[one.shown_id], answers.get(one.pk)) for one in warnings]


def _answers(person: permissions.Person, warnings: list[EarlyWarning]) -> Mapping[int, WarningEvent]:
    given = WarningEvent.objects.visible_to(person).filter(warning__in=warnings, by__isnull=False)
    return {event.warning_id: event for event in given.select_related("by").order_by("pk")}


def _units(warnings: QuerySet[EarlyWarning]) -> QuerySet[ReportingUnit]:
    return ReportingUnit.objects.filter(pk__in=warnings.order_by().values("unit")).order_by("level", "position", "code")


# One warning -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """One event of the history, in words."""

    event: WarningEvent
    look: Look
    sentence: str
    measured: str


@dataclass(frozen=True)
class WarningPage:
    shown: Shown
    inputs: tuple[Input, ...]
    history: tuple[Told, ...]
    may_answer: bool
    #: The indicator's year, as its own page shows it; None where the warning is about reports.
    year: IndicatorPage | None

    @property
    def warning(self) -> EarlyWarning:
        return self.shown.warning


def warning_page(person: permissions.Person, pk: int, *, today: date) -> WarningPage:
    """Return the page of one warning.

    :raises EarlyWarning.DoesNotExist: there is none, or nothing of it is open to the person.
    """
    warning = concerning(person).get(pk=pk)
    shown = as_shown(person, [warning])[0]
    events = warning.events.visible_to(person).select_related("by").order_by("-pk")
    return WarningPage(
        shown=shown,
        inputs=tuple(sentences.inputs(warning, shown.event)),
        history=tuple(_told(warning, event) for event in events),
        may_answer=warning.is_answerable and permissions.may_answer_warning(person, warning.unit),
        year=_year(person, shown, today),
    )


def _told(warning: EarlyWarning, event: WarningEvent) -> Told:
    sentence = "" if event.is_answer else sentences.explanation(warning, event)
    return Told(event, STATE_LOOKS[event.state], sentence, sentences.measured(warning, event.measured))


def _year(person: permissions.Person, shown: Shown, today: date) -> IndicatorPage | None:
    if shown.warning.indicator is None:
        return None
    period = ReportingMonth.objects.select_related("plan").get(month=shown.event.month)
    return indicator_page(person, period, shown.warning.indicator, shown.warning.unit, today=today)
