"""Rules for passwords beyond Django's own: the profile of GB/T 22239 level 3 (acceptance.md A.5)."""

from __future__ import annotations

import string

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User


class ThreeOfFourClassesValidator:
    """Ask for three of: capitals, small letters, digits, everything else."""

    def validate(self, password: str, user: User | None = None) -> None:
        if n_classes(password) < 3:
            raise ValidationError(self.get_help_text(), code="password_too_uniform")

    def get_help_text(self) -> str:
        return _("密码须包含大写字母、小写字母、数字、其他字符中的至少三类。")


class AnotherThanNowValidator:
    """Refuse the password in use: one given by an administrator must not stay."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is not None and user.pk and user.check_password(password):
            raise ValidationError(self.get_help_text(), code="password_unchanged")

    def get_help_text(self) -> str:
        return _("新密码不能与当前密码相同。")


def n_classes(password: str) -> int:
    """Count the classes of characters in a password.

    >>> n_classes("workplan-demo"), n_classes("Workplan-2007")
    (2, 4)
    """
    kinds = {
        "upper"
        if character in string.ascii_uppercase
        else "lower"
        if character in string.ascii_lowercase
        else "digit"
        if character in string.digits
        else "other"
        for character in password
    }
    return len(kinds)
