"""Pages of a list that stay as they are while rows are added: each begins behind the last row of the one before."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from django.core import signing
from django.db.models import F, Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from procedures.core.errors import Refusal

MOST_ROWS: Final = 200
_SALT: Final = "bedside api cursor"


class Order(NamedTuple):
    """By a column, and by the key, which is unique, among equals. `column` "" : by the key alone. Empty comes last."""

    key: str
    column: str = ""
    descending: bool = False

    @property
    def name(self) -> str:
        return f"{'-' * self.descending}{self.column}/{self.key}"

    def sort(self, rows: QuerySet[Any], *, backwards: bool) -> QuerySet[Any]:
        by_key = F(self.key).desc() if backwards else F(self.key).asc()
        if not self.column:
            return rows.order_by(by_key)
        column = F(self.column)
        down = column.desc(nulls_first=True) if backwards else column.desc(nulls_last=True)
        up = column.asc(nulls_first=True) if backwards else column.asc(nulls_last=True)
        return rows.order_by(down if self.descending != backwards else up, by_key)

    def beyond(self, value: Any, key: Any, *, backwards: bool) -> Q:
        """Rows after the one with this value and key; `backwards`: before it."""
        after_key = Q(**{f"{self.key}__{'lt' if backwards else 'gt'}": key})
        if not self.column:
            return after_key
        empty = Q(**{f"{self.column}__isnull": True})
        if value is None:
            return (empty & after_key) | (~empty if backwards else Q(pk__in=[]))
        side = "lt" if self.descending != backwards else "gt"
        ahead = Q(**{f"{self.column}__{side}": value}) | (Q(**{self.column: value}) & after_key)
        return ahead if backwards else ahead | empty

    def place(self, row: Any) -> tuple[Any, Any]:
        return (getattr(row, self.column) if self.column else None, getattr(row, self.key))


class Keyset(BasePagination):
    """`next` and `previous` name a place by a signed cursor: the order, the last row's value in it and its key."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        order: Order = view.order
        size: int = view.asked["page_size"]
        at = _read(view.asked.get("cursor"), order)
        backwards = bool(at and at["back"])
        rows = order.sort(queryset, backwards=backwards)
        if at:
            rows = rows.filter(order.beyond(at["value"], at["key"], backwards=backwards))
        page = list(rows[: size + 1])
        more, page = len(page) > size, page[:size]
        if backwards:
            page.reverse()
        self._links = _links(request, order, page, before=more if backwards else bool(at), after=more or backwards)
        return page

    def get_paginated_response(self, data: Any) -> Response:
        return Response({**self._links, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }


def _links(request: Request, order: Order, page: Sequence[Any], *, before: bool, after: bool) -> dict[str, str | None]:
    def link(row: Any, *, back: bool) -> str:
        value, key = order.place(row)
        stated = {"order": order.name, "back": back, "value": _text(value), "key": _text(key)}
        return replace_query_param(request.build_absolute_uri(), "cursor", signing.dumps(stated, salt=_SALT))

    return {
        "next": link(page[-1], back=False) if page and after else None,
        "previous": link(page[0], back=True) if page and before else None,
    }


def _text(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else str(value)


def _read(cursor: str | None, order: Order) -> dict[str, Any] | None:
    """The place that a cursor names. Raises Refusal("parameter-wrong") for what was not made here for this order."""
    if cursor is None:
        return None
    try:
        at: dict[str, Any] = signing.loads(cursor, salt=_SALT)
    except signing.BadSignature as bad:
        raise Refusal("parameter-wrong", "cursor") from bad
    if at["order"] != order.name:
        raise Refusal("parameter-wrong", "cursor: of another order")
    return at
