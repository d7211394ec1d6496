"""The doors that belong to no app: home, health, faults, documents for programs."""

from __future__ import annotations

import logging
import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.i18n import set_language

from accounts import permissions
from accounts.models import User
from workplan import clocks
from workplan.lib.problems import RETRY_SECONDS, answer_for_programs, concerns_api

logger = logging.getLogger(__name__)


def home(request: HttpRequest) -> HttpResponse:
    """Send each person to where their work is."""
    person = request.user
    if permissions.is_wall_display(person):
        return redirect("reporting:leader")
    if permissions.access(person).bureau is not None:
        return redirect("submissions:my-work")
    if permissions.has_business_role(person):
        return redirect("reporting:overview")
    if permissions.may_open_admin(person):
        return redirect("admin:index")
    return redirect("accounts:profile")


@login_not_required
def switch_language(request: HttpRequest) -> HttpResponse:
    """Show pages in another language from now on, and write to the person in it."""
    answer = set_language(request)
    chosen = request.POST.get("language", "")
    person = request.user
    if request.method == "POST" and person.is_authenticated and chosen in dict(settings.LANGUAGES):
        User.objects.filter(pk=person.pk).exclude(language=chosen).update(language=chosen)
    return answer


@never_cache
@login_not_required
def alive(request: HttpRequest) -> HttpResponse:
    """Say that this process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
@login_not_required
def ready(request: HttpRequest) -> HttpResponse:
    """Say that the database answers and its schema is the code's; clocks that differ are told and logged.

    No worker is taken out for its clock: the others' is the database's too, and a figure can still be saved.
    """
    try:
        clock_alarm = clocks.alarm(clocks.apart())
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    if pending:
        return JsonResponse({"status": "schema not migrated"}, status=503)
    if clock_alarm:
        logger.error("clocks differ", extra={"says": clock_alarm})
    return JsonResponse({"status": "ok", "clock": clock_alarm or "ok"})


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if concerns_api(request):
        return answer_for_programs(404)
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault without jargon, with the number that finds its log line; a database that is away is 503.

    The page is made without the request: who is signed in may be what cannot be read.
    """
    is_away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = 503 if is_away else 500
    if concerns_api(request):
        answer = answer_for_programs(status)
    else:
        context = {
            "request_id": getattr(request, "id", "-"),
            "is_away": is_away,
            "support_contact": settings.SUPPORT_CONTACT,
        }
        answer = HttpResponse(render_to_string("500.html", context), status=status)
    if is_away:
        answer["Retry-After"] = str(RETRY_SECONDS)
    return answer
