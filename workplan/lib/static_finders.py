"""Which files of the libraries are collected for browsers."""

from collections.abc import Iterator

from django.contrib.staticfiles.finders import AppDirectoriesFinder

#: Folders that no page asks for: a second reader of the schema, and the pages of the framework itself.
UNWANTED = ("redoc", "rest_framework")


class WantedFilesFinder(AppDirectoriesFinder):
    """Lists what some page asks for."""

    def list(self, ignore_patterns: list[str] | None) -> Iterator[tuple[str, object]]:
        yield from super().list([*(ignore_patterns or ()), *UNWANTED])
