"""Tokens over REST: a program signs in with a person's password and second factor, and ends its token itself."""

from __future__ import annotations

from typing import ClassVar

from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from accounts import services
from accounts.adapter import client_address
from accounts.forms import LONGEST_PASSWORD
from accounts.models import ApiToken, User
from accounts.rest import Resource
from workplan.lib.refusals import Refused
from workplan.lib.serializers import StrictSerializer, StrictText


class WrongCredentials(Refused):
    """Said of an unknown name, a wrong password, a closed account and a wrong code alike."""

    code = "wrong_credentials"
    http_status = 401


class NotAToken(Refused):
    """There is no token to end."""

    code = "not_a_token"
    http_status = 400


class FailedSignIns(ScopedRateThrottle):
    """Counts what failed from one address; whoever signs in with the right password takes up nobody's pace."""

    def throttle_success(self) -> bool:
        return True

    @classmethod
    def count(cls, request: Request, view: APIView) -> None:
        """Note one failure of the address that asks."""
        pace = cls()
        if pace.allow_request(request, view):
            ScopedRateThrottle.throttle_success(pace)


class CredentialsReader(StrictSerializer):
    username = StrictText(max_length=150)
    password = StrictText(max_length=LONGEST_PASSWORD, trim_whitespace=False)
    otp = StrictText(max_length=20, required=False)


class TokenWriter(serializers.Serializer):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class TokensView(Resource):
    """Obtain a token. Failures are counted per name and address, as on the sign-in page, and per address."""

    authentication_classes: ClassVar = []
    permission_classes: ClassVar = [AllowAny]
    throttle_classes: ClassVar = [FailedSignIns]
    throttle_scope = "tokens"

    @extend_schema(request=CredentialsReader, responses={201: TokenWriter}, operation_id="tokens_create")
    def post(self, request: Request) -> Response:
        given = self.body(CredentialsReader)
        plain = request._request  # noqa: SLF001 -- axes marks the request that its middleware sees
        try:
            user = _identified(plain, given)
        except WrongCredentials:
            FailedSignIns.count(request, self)
            raise
        made = services.create_token(
            user, name=str(_("以密码申请")), scope=ApiToken.Scope.WRITE, ttl=services.SIGN_IN_TOKEN_TTL
        )
        answer = TokenWriter({"token": made.text, "expires_at": made.record.expiry}).data
        return Response(answer, status=201)

    def finalize_response(self, request: Request, response: Response, *args: object, **kwargs: object) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code == 401:
            response["WWW-Authenticate"] = "Bearer"
        return response


class CurrentTokenView(Resource):
    """End the token that asks."""

    permission_classes: ClassVar = [IsAuthenticated]

    @extend_schema(request=None, responses={204: None}, operation_id="tokens_current_destroy")
    def delete(self, request: Request) -> Response:
        if not isinstance(request.auth, ApiToken):
            raise NotAToken(_("这一地址只终止发出请求的令牌；请在 Authorization 头中提供它。"))
        services.revoke_token(request.auth, by=request.user)
        return Response(status=204)


def _identified(request: HttpRequest, given: dict[str, object]) -> User:
    """Return the person whose password and code these are.

    :raises WrongCredentials: with one sentence for everything that may be wrong.
    """
    user = authenticate(request, username=given["username"], password=given["password"])
    if user is not None and not _second_factor_fits(user, str(given.get("otp", ""))):
        user_login_failed.send(sender=__name__, credentials={"username": user.username}, request=request)
        user = None
    if user is None:
        raise WrongCredentials(_("用户名、密码或验证码不正确。启用了第二因素的账户须在 otp 中提供当前的验证码。"))
    AxesProxyHandler.reset_attempts(username=user.username, ip_address=client_address(request))
    return user


def _second_factor_fits(user: User, code: str) -> bool:
    if not is_mfa_enabled(user, [Authenticator.Type.TOTP]):
        return True
    return AuthenticateForm(user=user, data={"code": code}).is_valid()
