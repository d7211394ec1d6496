"""What every REST resource begins with: who asks, what their token is for, and which parameters they gave."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import permissions
from accounts.models import ApiToken
from workplan.lib.problems import RequestRefused, faults_in
from workplan.lib.refusals import Refused
from workplan.lib.rest import FormatNegotiation, NoQuery, PerPersonThrottle, read_query
from workplan.lib.serializers import StrictSerializer

T = TypeVar("T")


class TokenAllows(BasePermission):
    """A token for reading only reads."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        token = request.auth
        narrowed = isinstance(token, ApiToken) and token.scope == ApiToken.Scope.READ
        return request.method in SAFE_METHODS or not narrowed


class ReadsFigures(BasePermission):
    """Figures are for people with a business role; administrators have none by virtue of theirs."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return permissions.has_business_role(request.user)


class Resource(APIView):
    """One address of the API: deny by default, declared parameters, no guessing of formats."""

    permission_classes: ClassVar = [IsAuthenticated, TokenAllows]
    content_negotiation_class = FormatNegotiation
    throttle_classes: ClassVar = [PerPersonThrottle]
    #: Reads and refuses the parameters of GET; methods other than GET and POST take none.
    query_class: type[StrictSerializer] = NoQuery
    #: The same for POST.
    posted_query_class: type[StrictSerializer] = NoQuery
    query: dict[str, object]

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in self.allowed_methods:
            raise MethodNotAllowed(request.method)
        readers = {"GET": self.query_class, "HEAD": self.query_class, "POST": self.posted_query_class}
        self.query = read_query(request, readers.get(request.method, NoQuery))

    def options(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Answer which methods there are, in the Allow header."""
        return Response(status=204)

    def body(self, reader: type[StrictSerializer], **context: object) -> dict[str, object]:
        """Return the body as the reader declares it.

        :raises ValidationError: with every fault by pointer.
        """
        serializer = reader(data=self.request.data, context=context)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def read_body(self, reader: type[StrictSerializer], read: Callable[[dict[str, object]], T]) -> T:
        """Return what ``read`` makes of the body the reader declares.

        :raises RequestRefused: with the faults of the body and those that ``read`` finds in the rest of it.
        """
        serializer = reader(data=self.request.data)
        if serializer.is_valid():
            return read(serializer.validated_data)
        faults = faults_in(serializer.errors)
        try:
            read(serializer.sound)
        except Refused as refusal:
            faults += refusal.errors()
        raise RequestRefused(faults)


class FiguresResource(Resource):
    """An address that answers figures."""

    permission_classes: ClassVar = [IsAuthenticated, ReadsFigures, TokenAllows]
