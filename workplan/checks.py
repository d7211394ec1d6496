"""Refuses to start when the deployment is unsafe; `manage.py check` lists what is wrong."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import openpyxl
from django.conf import settings
from django.core.checks import WARNING, CheckMessage, Error, Tags, register, run_checks
from django.core.management.base import SystemCheckError
from django.db import OperationalError, connection

from workplan import clocks

logger = logging.getLogger(__name__)

#: Server settings without which an acknowledged report could be lost.
_DURABILITY = {"fsync": "on", "full_page_writes": "on", "data_checksums": "on"}

_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


def refuse_unsafe_start() -> None:
    """Stop the web server of an unsafe production before it answers anybody.

    :raises SystemCheckError: with every error that `manage.py check` would list. A database that does not answer yet
        stops nothing: a worker that is replaced meanwhile must not take the portal with it.
    """
    if settings.LOCAL:
        return
    errors = run_checks(tags=[Tags.security])
    try:
        errors += run_checks(tags=[Tags.database], databases=["default"])
    except OperationalError:
        logger.warning("started without asking the database whether it is safe")
    for one in errors:
        if not one.is_serious():
            logger.warning("started with a warning", extra={"check": one.id, "says": one.msg})
    errors = [one for one in errors if one.is_serious()]
    if errors:
        raise SystemCheckError("\n".join(str(error) for error in errors))


@register(Tags.security)
def production_is_not_a_demonstration(app_configs: object, **kwargs: object) -> list[Error]:
    """A production start refuses DEBUG, an open host list and a frozen business date."""
    return [] if settings.LOCAL else list(_unsafe_settings())


def _unsafe_settings() -> Iterator[Error]:
    if settings.DEBUG:
        yield Error("DEBUG is on in production.", hint="Unset WORKPLAN_DEBUG.", id="workplan.E001")
    if "*" in settings.ALLOWED_HOSTS or not settings.ALLOWED_HOSTS:
        yield Error("ALLOWED_HOSTS is open or empty.", hint="Set WORKPLAN_ALLOWED_HOSTS.", id="workplan.E002")
    if settings.BUSINESS_DATE:
        yield Error("The business date is fixed.", hint="Unset WORKPLAN_TODAY.", id="workplan.E003")
    if len(settings.SECRET_KEY) < 50 or settings.SECRET_KEY == settings.AUDIT_KEY:
        yield Error(
            "WORKPLAN_SECRET_KEY is short or doubles as the audit key.",
            hint="Make two keys of at least 50 characters, as .env.example shows.",
            id="workplan.E004",
        )


@register(Tags.security)
def uploads_are_parsed_safely(app_configs: object, **kwargs: object) -> list[Error]:
    """Workbooks are XML from outside: without defusedxml an entity in one would be expanded."""
    if openpyxl.DEFUSEDXML:
        return []
    return [Error("openpyxl runs without defusedxml.", hint="Install requirements.lock.", id="workplan.E005")]


@register(Tags.security)
def evidence_has_no_address(app_configs: object, **kwargs: object) -> list[Error]:
    """Evidence is read through the portal's own page alone, never from a folder that is handed out."""
    folder = Path(settings.FILES_DIR).resolve()
    public = [Path(one).resolve() for one in (settings.STATIC_ROOT, settings.MEDIA_ROOT, *settings.STATICFILES_DIRS)]
    if any(folder == one or one in folder.parents for one in public):
        return [Error("Evidence files lie in a public folder.", hint="Set WORKPLAN_FILES.", id="workplan.E006")]
    return []


@register(Tags.security)
def mail_can_be_sent(app_configs: object, **kwargs: object) -> list[Error]:
    """Where mail is on it goes out encrypted, from a real sender, with links that lead to this portal."""
    return list(_mail_faults()) if settings.MAIL_ON else []


def _mail_faults() -> Iterator[Error]:
    if settings.MAIL_SECURITY not in {"starttls", "tls", "none"}:
        hint = "It is “starttls”, “tls” or “none”."
        yield Error("WORKPLAN_MAIL_SECURITY is unknown.", hint=hint, id="workplan.E020")
    if not 0 <= settings.MAIL_DIGEST_HOUR <= 23:
        yield Error("The digest has no such hour.", hint="Set WORKPLAN_MAIL_DIGEST_HOUR to 0 … 23.", id="workplan.E021")
    if settings.LOCAL or settings.MAIL != "smtp":
        return
    if settings.MAIL_SECURITY == "none" and settings.EMAIL_HOST not in _THIS_MACHINE:
        hint = "Set WORKPLAN_MAIL_SECURITY to “starttls” or “tls”."
        yield Error("Mail would cross the network in the open.", hint=hint, id="workplan.E022")
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        yield Error("Mail has no sender.", hint="Set WORKPLAN_MAIL_FROM.", id="workplan.E023")
    if not settings.PORTAL_URL.startswith("https://"):
        hint = "Set WORKPLAN_PORTAL_URL to the portal's https address."
        yield Error("Links in mails would lead nowhere safe.", hint=hint, id="workplan.E024")


@register(Tags.database)
def database_is_durable(app_configs: object, databases: object = None, **kwargs: object) -> list[Error]:
    """The server must be PostgreSQL 15 or newer and must not lose what it acknowledged."""
    if not databases:
        return []
    errors = []
    if connection.pg_version < 150000:
        errors.append(Error("PostgreSQL 15 or newer is needed.", id="workplan.E010"))
    with connection.cursor() as cursor:
        for name, wanted in _DURABILITY.items():
            cursor.execute("SELECT current_setting(%s)", [name])
            if cursor.fetchone()[0] != wanted:
                errors.append(Error(f"PostgreSQL runs with {name} not {wanted}.", id="workplan.E011"))
        cursor.execute("SELECT current_setting('synchronous_commit')")
        if cursor.fetchone()[0] == "off":
            errors.append(Error("PostgreSQL runs with synchronous_commit off.", id="workplan.E012"))
    return errors


@register(Tags.database)
def clocks_agree(app_configs: object, databases: object = None, **kwargs: object) -> list[CheckMessage]:
    """A clock that is off is told and stops nothing: deadlines are judged a little wrong, nothing is lost."""
    said = clocks.alarm(clocks.apart()) if databases else ""
    hint = "Let both machines take their time from the same NTP server."
    return [CheckMessage(WARNING, said, hint=hint, id="workplan.W010")] if said else []


@register(Tags.database)
def production_has_no_demo_accounts(app_configs: object, databases: object = None, **kwargs: object) -> list[Error]:
    """Demo accounts share a printed password; production refuses to start with one that is active."""
    if settings.LOCAL or not databases:
        return []
    from accounts.models import User  # noqa: PLC0415 -- models load after checks are registered

    if "accounts_user" not in connection.introspection.table_names():
        return []
    if User.objects.filter(is_demo=True, is_active=True).exists():
        return [Error("There are demo accounts.", hint="Run `manage.py drop_demo`.", id="workplan.E013")]
    return []
