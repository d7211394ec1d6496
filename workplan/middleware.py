"""What every request gets: an id, a language, and headers that keep it inside the house."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from rest_framework.settings import api_settings

from accounts import audit
from workplan.lib import clock, logs
from workplan.lib.problems import concerns_api

Handler = Callable[[HttpRequest], HttpResponse]

_HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class RequestIdMiddleware:
    """Give the request an id that stands in its log lines, its audit entries, its answer and its error page."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = str(uuid.uuid4())
        log_token = logs.request_id.set(request.id)
        origin_token = audit.origin.set(audit.Origin(client_address(request), request.id))
        try:
            with clock.arriving():
                response = self.get_response(request)
        finally:
            logs.request_id.reset(log_token)
            audit.origin.reset(origin_token)
        response["X-Request-ID"] = request.id
        return response


def client_address(request: HttpRequest) -> str:
    """Return the caller's address; a forwarded one counts only behind the stated number of trusted proxies."""
    proxies = api_settings.NUM_PROXIES
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if proxies and forwarded:
        hops = [hop.strip() for hop in forwarded.split(",")]
        return hops[-min(proxies, len(hops))][:45]
    return request.META.get("REMOTE_ADDR", "")[:45]


class LanguageMiddleware:
    """Chinese unless the person chose otherwise; programs may also ask by Accept-Language."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = self._language(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        response.setdefault("Content-Language", language)
        return response

    @staticmethod
    def _language(request: HttpRequest) -> str:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen in dict(settings.LANGUAGES):
            return chosen
        if request.path.startswith("/api/") and "HTTP_ACCEPT_LANGUAGE" in request.META:
            return translation.get_language_from_request(request)
        return settings.LANGUAGE_CODE


class ReadableAddressMiddleware:
    """Refuse an address that no database text can hold before a page looks anything up by it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not concerns_api(request):  # a program is told which parameter
            if "\0" in request.path_info:
                raise Http404
            if "%00" in request.META["QUERY_STRING"]:
                raise BadRequest("A NUL in the query string.")
        return self.get_response(request)


class SecurityHeadersMiddleware:
    """Headers Django has no setting for; figures are never kept by a shared browser or a proxy."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in _HEADERS.items():
            response.setdefault(name, value)
        if not request.path.startswith(settings.STATIC_URL) and not response.has_header("Cache-Control"):
            patch_cache_control(response, no_store=True, private=True)
        return response
