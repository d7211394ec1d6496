from django.apps import AppConfig


class WorkplanConfig(AppConfig):
    name = "workplan"
    verbose_name = "Workplan"

    def ready(self) -> None:
        from workplan import checks  # noqa: F401, PLC0415 -- registers the system checks
