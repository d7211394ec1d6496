"""A clerk who has an address, and a mail gateway to send through."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import factories
from tests.notices.gateway import Gateway


@pytest.fixture
def clerk(db):
    unit = factories.UnitFactory(code="440000", short_name="广东", name_en="Guangdong")
    return factories.person("CLERK", unit, username="gd_clerk", display_name="林", email="lin@gd.example")


@pytest.fixture
def mail_on(settings):
    settings.MAIL_ON = True
    settings.DEFAULT_FROM_EMAIL = "workplan@ministry.example"
    settings.MAIL_DIGEST_HOUR = 0
    settings.PORTAL_URL = "https://workplan.example"
    return settings


@pytest.fixture
def gateway(mail_on) -> Iterator[Gateway]:
    """Return a gateway that listens on this machine; what it is told to answer it answers."""
    with Gateway() as listening:
        mail_on.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        mail_on.EMAIL_HOST, mail_on.EMAIL_PORT = "127.0.0.1", listening.port
        mail_on.EMAIL_USE_TLS = mail_on.EMAIL_USE_SSL = False
        mail_on.EMAIL_TIMEOUT = 60
        yield listening
