"""Why a file is not read: each kind has its own sentence and way out."""

from __future__ import annotations

from collections.abc import Mapping

from workplan.lib.refusals import Refused


class SheetRefused(Refused):
    """A file that cannot be read as it stands; `place` names the cell or the sheet where it is about one."""

    code = "unreadable_file"
    http_status = 422

    def __init__(self, message: object, *, code: str = "", place: str = "", **params: object) -> None:
        self.place = place
        if code:
            self.code = code
        super().__init__(message, **params, **({"place": place} if place else {}))

    def errors(self) -> list[dict[str, object]]:
        place = {"column": self.place} if self.place else {}
        return [{**place, "code": self.code, "message": str(self)}]


class FileTooLarge(SheetRefused):
    """More than is read of one file; the limits are told with the refusal."""

    code = "too_large"
    http_status = 413

    def __init__(self, message: object, *, limits: Mapping[str, int], **params: object) -> None:
        self.details = {"limits": dict(limits)}
        super().__init__(message, **params)
