from submissions import calendar
from submissions.management.months import MonthCommand


class Command(MonthCommand):
    help = "Lock a month: from here on each of its reports needs reopening with a reason."
    service = staticmethod(calendar.close_month)
    done = "closed"
