"""Refusals: what a person may not do, said in one sentence, raised below and translated at every door."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.functional import Promise


class Refused(Exception):
    """Something the rules of the house do not allow.

    `code` is stable for programs, `http_status` is what REST and pages answer, the text is for the person, in the
    language of the moment it is read.
    """

    code = "not_allowed"
    http_status = 409
    #: Leaves the trace of the refusal anew, for a transaction around that undid it; None where there is none to leave.
    leave_trace: Callable[[], None] | None = None

    def __init__(self, message: str | Promise, **params: object) -> None:
        self.template = message
        self.params = params
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.template) % self.params if self.params else str(self.template)

    def errors(self) -> list[dict[str, object]]:
        """Return the single faults for programs: pointer, code, message; one that names the refusal itself."""
        return [{"code": self.code, "message": str(self)}]
