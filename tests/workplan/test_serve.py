"""`make run`: what it refuses before it prepares anything."""

from __future__ import annotations

import socket

import pytest
from django.core.management import CommandError, call_command

from reporting.demo import data
from workplan.management.commands.serve import DEMO_ACCOUNTS


def test_a_taken_port_is_refused_before_anything_is_prepared(monkeypatch):
    monkeypatch.setattr("workplan.management.commands.serve.Command._migrate", lambda command: pytest.fail("prepared"))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(CommandError) as refusal:
            call_command("serve", port=port)

    assert str(refusal.value).startswith(f"Port {port} is taken (Address already in use).")
    assert str(refusal.value).endswith(f"make run PORT={port + 1}")


def test_the_accounts_it_prints_are_those_of_the_demonstration():
    assert list(DEMO_ACCOUNTS) == [row["username"] for row in data.read().accounts]
