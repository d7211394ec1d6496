"""What a session may not outlive, and what comes before anything else: an own password."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseNotFound
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import permissions
from accounts.adapter import client_address
from accounts.signals import SIGNED_IN_AT
from workplan.lib.problems import answer_for_programs, concerns_api

Handler = Callable[[HttpRequest], HttpResponse]

#: When the session was last used, by the real clock; written at most once a minute.
SEEN_AT = "seen_at"
_SEEN_EVERY_SECONDS = 60
_IDLE_SECONDS = 30 * 60


class SessionLimitsMiddleware:
    """End a session that lay idle, and any session after its longest life, on the server."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.idle_seconds = getattr(settings, "SESSION_IDLE_SECONDS", _IDLE_SECONDS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            self._end_or_touch(request)
        return self.get_response(request)

    def _end_or_touch(self, request: HttpRequest) -> None:
        now = time.time()
        seen_at = request.session.get(SEEN_AT, now)
        signed_in_at = request.session.get(SIGNED_IN_AT, now)
        is_wall = permissions.is_wall_display(request.user)
        longest = settings.KIOSK_SESSION_AGE if is_wall else settings.SESSION_COOKIE_AGE
        if now - seen_at > self.idle_seconds or now - signed_in_at > longest:
            logout(request)
        elif SEEN_AT not in request.session or now - seen_at > _SEEN_EVERY_SECONDS:
            request.session[SEEN_AT] = now


class WallDisplayMiddleware:
    """Give a wall display its one page, from the addresses named for it, and nothing else of the portal."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated or not permissions.is_wall_display(request.user):
            return self.get_response(request)
        address = ip_address(client_address(request))
        if not any(address in ip_network(text) for text in settings.KIOSK_ADDRESSES):
            logout(request)
            return HttpResponseForbidden(_("大屏账户只能在指定地址使用。"), content_type="text/plain; charset=utf-8")
        if not self._is_allowed(request.path):
            return HttpResponseNotFound(_("大屏只显示领导一屏。"), content_type="text/plain; charset=utf-8")
        request.session.set_expiry(settings.KIOSK_SESSION_AGE)
        return self.get_response(request)

    @staticmethod
    def _is_allowed(path: str) -> bool:
        names = ("home", "reporting:leader", "account_logout", "account_change_password", "set_language", "set_theme")
        return path in {reverse(name) for name in names} or path.startswith(("/static/", "/livez", "/readyz"))


class PasswordChangeMiddleware:
    """Send a person with an assigned password to the password page, and nowhere else but out."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.must_change_password and not self._is_allowed(request.path):
            return answer_for_programs(403) if concerns_api(request) else redirect("account_change_password")
        return self.get_response(request)

    @staticmethod
    def _is_allowed(path: str) -> bool:
        open_pages = {reverse(name) for name in ("account_change_password", "account_logout", "set_language")}
        return path in open_pages or path.startswith(("/static/", "/livez", "/readyz"))
