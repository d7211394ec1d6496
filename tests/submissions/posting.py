"""A person at the form: open it, change cells, send it as the browser would."""

from __future__ import annotations

from django.test import Client

ADDRESS = "/reports/2007-09/440000/"


def opened(client: Client, address: str = ADDRESS) -> dict[str, str]:
    """Return what the page would send back if nothing were touched."""
    page = client.get(address).context["page"]
    cells = {name: cell.text for name, cell in page.form.cells.items()}
    return {
        **cells,
        "version": str(page.standing.report.version),
        "scale": str(page.form.scale),
        "seen": page.form.seen,
    }


def text_of(response: object) -> str:
    return response.content.decode()
