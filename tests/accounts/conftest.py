"""What the tests of people share."""

from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from accounts.models import User
from tests import factories

#: Which half minute it is for second factors.
COUNTER = 57_000_000


@pytest.fixture(autouse=True)
def _quick_hashes(settings: object) -> None:
    """A password hash is slow on purpose; here only its checking matters."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def sysadmin(db: None) -> User:
    return factories.person("SYSTEM_ADMIN", username="sysadmin")


@pytest.fixture
def secadmin(db: None) -> User:
    return factories.person("SECURITY_ADMIN", username="secadmin")


@pytest.fixture
def auditor(db: None) -> User:
    return factories.person("AUDITOR", username="auditor")


@pytest.fixture(autouse=True)
def _codes_stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """A code lives for half a minute; no test may straddle two of them."""
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.yield_hotp_counters_from_time", lambda: iter([COUNTER]))


@pytest.fixture
def code_of() -> Callable[[str], str]:
    """Return what an authenticator with this secret shows."""
    return lambda secret: format_hotp_value(hotp_value(secret, COUNTER))
