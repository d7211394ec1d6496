import gc

from django.apps import AppConfig

#: Objects made before the young are searched for cycles; searches before the middle-aged are, and before the old.
#: Pages, imports and exports make hundreds of thousands of rows that hold no cycle: Python's own 700 spends a quarter
#: of an import's time on searching them (`make bench ARGS=import`).
_COLLECT_AFTER = (50_000, 20, 50)


class WorkplanConfig(AppConfig):
    name = "workplan"
    verbose_name = "Workplan"

    def ready(self) -> None:
        from workplan import checks  # noqa: F401, PLC0415 -- registers the system checks

        gc.freeze()  # what was imported stays for good
        gc.set_threshold(*_COLLECT_AFTER)
