from submissions import calendar
from submissions.management.months import MonthCommand


class Command(MonthCommand):
    help = "Show a month's approved figures to every bureau."
    service = staticmethod(calendar.publish_month)
    done = "published"
