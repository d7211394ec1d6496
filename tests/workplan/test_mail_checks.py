"""A production that would send mail badly does not start."""

from __future__ import annotations

import pytest

from workplan import checks

GOOD = {
    "LOCAL": False,
    "MAIL": "smtp",
    "MAIL_ON": True,
    "MAIL_SECURITY": "starttls",
    "EMAIL_HOST": "mail.example",
    "DEFAULT_FROM_EMAIL": "workplan@ministry.example",
    "PORTAL_URL": "https://workplan.example",
    "MAIL_DIGEST_HOUR": 8,
}


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({}, []),
        ({"MAIL_SECURITY": "ssl"}, ["workplan.E020"]),
        ({"MAIL_DIGEST_HOUR": 24}, ["workplan.E021"]),
        ({"MAIL_SECURITY": "none"}, ["workplan.E022"]),
        ({"MAIL_SECURITY": "none", "EMAIL_HOST": "127.0.0.1"}, []),
        ({"DEFAULT_FROM_EMAIL": "workplan@localhost"}, ["workplan.E023"]),
        ({"PORTAL_URL": "http://workplan.example"}, ["workplan.E024"]),
        ({"PORTAL_URL": "http://127.0.0.1:8000", "LOCAL": True}, []),
        ({"PORTAL_URL": "http://127.0.0.1:8000", "MAIL": "none", "MAIL_ON": False}, []),
    ],
)
def test_mail_goes_out_encrypted_from_a_sender_with_links_that_lead_here(settings, changed, faults):
    for name, value in (GOOD | changed).items():
        setattr(settings, name, value)

    assert [one.id for one in checks.mail_can_be_sent(None)] == faults
