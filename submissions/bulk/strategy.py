"""Which rows an import may write: new ones, changes, or both."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_noop

from workplan.lib.words import Said


class Strategy(StrEnum):
    """Which figures or milestones an import may write."""

    BOTH = "create_and_update"
    CREATE = "create"
    UPDATE = "update"

    def refusal(self, code: str, *, is_stored: bool) -> tuple[str, str] | None:
        """Return the code and the sentence that refuse a write of what is stored already, or is not; None for none."""
        if is_stored and self == Strategy.CREATE:
            return "exists", Said(gettext_noop("%(code)s 已填报，只新增（create）时不能改动。"), {"code": code})
        if not is_stored and self == Strategy.UPDATE:
            return "does_not_exist", Said(
                gettext_noop("%(code)s 尚未填报，只更新（update）时不能新增。"), {"code": code}
            )
        return None
