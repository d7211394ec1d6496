"""Sign-ins and second factors enter the audit trail here, because the sign-in library announces them by signal.

An attempt while a name is locked out is not recorded again: the lock-out was, and a flood must not fill the trail.
"""

from __future__ import annotations

import time

from allauth.mfa import signals as mfa
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import audit
from accounts.models import User

#: When the session began, by the real clock; SessionLimitsMiddleware ends it.
SIGNED_IN_AT = "signed_in_at"


@receiver(user_logged_in)
def record_sign_in(request: HttpRequest, user: User, **kwargs: object) -> None:
    request.session[SIGNED_IN_AT] = time.time()
    audit.record("sign_in", by=user)


@receiver(user_logged_out)
def record_sign_out(user: User | None, **kwargs: object) -> None:
    if user is not None:
        audit.record("sign_out", by=user)


@receiver(user_login_failed)
def record_failure(credentials: dict[str, object], request: HttpRequest | None = None, **kwargs: object) -> None:
    """Record the name only where it is one: people type their password into the wrong field."""
    if is_locked_out_attempt(request):
        return
    name = str(credentials.get("username") or "")
    known = User.objects.filter(username=name).exists()
    audit.record("sign_in.failed", by=None, details={"username": name} if known else {"known": False})


@receiver(user_locked_out)
def record_lock_out(request: HttpRequest, username: str, **kwargs: object) -> None:
    """Record the failure that locks, not the attempts that meet the lock."""
    if is_locked_out_attempt(request):
        return
    known = User.objects.filter(username=username).exists()
    audit.record("sign_in.locked", by=None, details={"username": username} if known else {"known": False})


def is_locked_out_attempt(request: HttpRequest | None) -> bool:
    """Say whether the lock was there before: axes then turns the attempt away without counting it."""
    return getattr(request, "axes_locked_out", False) and request.axes_failures_since_start is None


@receiver(mfa.authenticator_added)
def record_second_factor_added(user: User, authenticator: object, **kwargs: object) -> None:
    audit.record("second_factor.add", by=user, details={"type": authenticator.type})


@receiver(mfa.authenticator_removed)
def record_second_factor_removed(user: User, authenticator: object, **kwargs: object) -> None:
    audit.record("second_factor.remove", by=user, details={"type": authenticator.type})


@receiver(mfa.authenticator_reset)
def record_second_factor_reset(user: User, authenticator: object, **kwargs: object) -> None:
    audit.record("second_factor.reset", by=user, details={"type": authenticator.type})


@receiver(mfa.authentication_failed)
def record_second_factor_failed(user: User, authenticator: object, **kwargs: object) -> None:
    audit.record("second_factor.failed", by=user, details={"type": authenticator.type})
