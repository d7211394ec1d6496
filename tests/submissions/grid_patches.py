"""A person at the grid: send cells as its script does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.contrib.auth import get_user
from django.test import Client

ADDRESS = "/reports/grid/440000/cells/"


def cell(name: str, text: str, seen: str = "", month: str = "2007-09") -> dict[str, str]:
    """Return one cell of a patch; a bare indicator code means its value."""
    return {"month": month, "name": name if "." in name else f"figure.{name}.value", "text": text, "seen": seen}


def patch(client: Client, *cells: Mapping[str, str], address: str = ADDRESS, **more: object) -> object:
    body = {"person": get_user(client).pk, "cells": list(cells), **more}
    return client.post(address, body, content_type="application/json")


def outcomes(response: object) -> Sequence[tuple[str, str]]:
    return [(one["name"], one["outcome"]) for one in response.json()["cells"]]
