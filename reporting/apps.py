from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = _("汇总与通报")

    def ready(self) -> None:
        from reporting import publishing  # noqa: F401, PLC0415 -- freezes what is published
        from reporting.assessment import loading as schemes  # noqa: F401, PLC0415 -- loaded with a plan
        from reporting.saved import worker  # noqa: F401, PLC0415 -- makes the exports that are due
        from reporting.warnings import checking, loading  # noqa: F401, PLC0415 -- judges what is published
