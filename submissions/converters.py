"""What stands in the addresses of reports: a month, a unit's code, a verb of the workflow."""

from __future__ import annotations

from datetime import date

from django.urls.converters import StringConverter

from submissions.models import Verb
from targets import periods


class ReferenceMonth(StringConverter):
    """A month such as 2007-06; one that does not exist is no address."""

    regex = "[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return periods.parse_month(value)

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else periods.format_month(value)


class UnitCode(StringConverter):
    regex = "[0-9]{6}"


class VerbInAddress(StringConverter):
    """A step that has a page of its own address; saving has not, it is the form itself."""

    regex = "|".join(verb.lower() for verb in Verb if verb != Verb.SAVE)

    def to_python(self, value: str) -> Verb:
        return Verb(value.upper())

    def to_url(self, value: str) -> str:
        return value.lower()


class VerdictInAddress(VerbInAddress):
    """The two steps by which a reviewer decides."""

    regex = "approve|return"


class MonthAction(StringConverter):
    """What the ministry does with a month."""

    regex = "open|close|reopen|publish"
