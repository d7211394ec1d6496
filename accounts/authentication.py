"""Tokens at the door of the API: read from the Authorization header alone, looked up by their hash."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from knox.crypto import hash_token
from rest_framework.exceptions import AuthenticationFailed

from accounts.models import ApiToken, User

REFUSAL = _("令牌无效、已到期或已撤销。")


class TokenAuthentication(KnoxTokenAuthentication):
    """`Authorization: Bearer …`; one query a request, and one answer whatever is wrong with the token."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        """Return the person and the token.

        :raises AuthenticationFailed: unknown, revoked, expired, or its person's account is closed.
        """
        digest = hash_token(token.decode("ascii", errors="replace"))
        found = ApiToken.objects.select_related("user").filter(digest=digest).first()
        if found is None or self._has_expired(found) or not found.user.is_active:
            raise AuthenticationFailed(REFUSAL)
        return found.user, found

    @staticmethod
    def _has_expired(token: ApiToken) -> bool:
        return token.expiry is not None and token.expiry <= timezone.now()
