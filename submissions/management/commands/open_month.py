from submissions import calendar
from submissions.management.months import MonthCommand


class Command(MonthCommand):
    help = "Let units file for a month from today on, before its first day."
    service = staticmethod(calendar.open_month)
    done = "opened"
