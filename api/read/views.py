"""What all addresses for the hospital's other systems share: parameters read strictly, replies with an ETag."""

import hashlib
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpResponseBase
from django.utils.cache import get_conditional_response
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from procedures.core.errors import Refusal
from procedures.models import ApiToken, Scope

from .doors import ScopeGiven, TokenAuthentication, TokenThrottle, token_of
from .pages import Keyset, Order
from .shapes import NoQuery, PageQuery

# What any of these addresses may refuse; a view names its own in `refusals`.
ALWAYS = (
    "api-token-missing",
    "api-token-wrong",
    "api-token-expired",
    "api-token-revoked",
    "scope-missing",
    "not-allowed",
    "parameter-unknown",
    "parameter-wrong",
    "not-acceptable",
    "too-many-tries",
)


class ReadView(GenericAPIView[Any]):
    """A view for other systems. `self.asked` holds the parameters of its `query`; any other is refused."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = (ScopeGiven,)
    throttle_classes = (TokenThrottle,)
    http_method_names = ["get", "head"]
    scope: ClassVar[Scope]
    query: ClassVar[type[serializers.Serializer[Any]]] = NoQuery
    refusals: ClassVar[tuple[str, ...]] = ()
    # Patient data is kept by no cache on the way, and by no browser.
    cache_control = "no-store"
    asked: dict[str, Any]

    def refusals_of(self, method: str) -> tuple[str, ...]:
        """The codes of this view's own with which a request may be refused."""
        return self.refusals

    def scope_of(self, request: Request) -> Scope:
        return self.scope

    @property
    def token(self) -> ApiToken:
        return token_of(self.request)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.asked = read_query(request, self.query)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """With an ETag of what is in the reply; without a body where the reader has that already."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if request.method not in ("GET", "HEAD") or response.status_code != 200 or response.streaming:
            return response
        response.headers.setdefault("Cache-Control", self.cache_control)
        if "ETag" not in response:
            response["ETag"] = f'"{hashlib.sha256(response.render().content).hexdigest()}"'
        return conditional(request, response)


class ListView(ListModelMixin, ReadView):
    """A list in pages. `order` must not change while somebody turns them."""

    pagination_class = Keyset
    query = PageQuery
    order = Order("pk")

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset


def conditional(request: Request, response: Any) -> HttpResponseBase:
    """The response, or 304 where `If-None-Match` names its ETag."""
    found = get_conditional_response(request._request, etag=response["ETag"], response=response)
    return response if found is None else found


def read_query(request: Request, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The parameters of an address. Raises Refusal: "parameter-unknown", "parameter-wrong", each naming it."""
    form = shape(data=request.query_params.dict())
    for name, values in request.query_params.lists():
        if name not in form.fields:
            raise Refusal("parameter-unknown", name[:40])
        if len(values) > 1:
            raise Refusal("parameter-wrong", f"{name}: given more than once")
    if not form.is_valid():
        raise Refusal("parameter-wrong", ", ".join(sorted(form.errors)))
    return dict(form.validated_data)


def found(row: Model | None, code: str) -> Any:
    """The row. Raises Refusal(code) where there is none, or none that this person may see."""
    if row is None:
        raise Refusal(code)
    return row
