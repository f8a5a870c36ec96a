"""The API described in OpenAPI 3.1, from the views themselves: parameters, replies, and every refusal with its codes.

A view of the tablets names the types that it takes and gives, one for other systems its serializers.
"""

import json
from typing import Any, Final

import msgspec
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from procedures.core.entry import Strict
from procedures.core.errors import PROBLEMS

from . import problems
from .read.views import ALWAYS, ReadView
from .views import TabletView

_REF: Final = "#/components/schemas/"
_SECURITY: Final = {
    "ApiToken": {"type": "http", "scheme": "bearer", "description": "Made in the administration: docs/api.md."},
    "TabletToken": {"type": "http", "scheme": "bearer", "description": "Given when a tablet is registered."},
    "PullToken": {"type": "http", "scheme": "bearer", "description": "Given for a signed challenge, for 12 hours."},
}
_PROBLEM: Final = {
    "type": "object",
    "description": "A refusal (RFC 9457). `code` says which; `where` is for an engineer and may be empty.",
    "required": ["type", "title", "status", "code", "where"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "enum": sorted(PROBLEMS)},
        "where": {"type": "string"},
    },
}
_NOT_MODIFIED: Final = OpenApiParameter(
    "If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The ETag of what is there already."
)


class Described(AutoSchema):
    """What DRF's views do not say by themselves."""

    view: Any

    def get_override_parameters(self) -> list[Any]:
        if not isinstance(self.view, ReadView) or self.method != "GET":
            return []
        return [*([self.view.query] if self.view.query().fields else []), _NOT_MODIFIED]

    def get_auth(self) -> list[dict[str, list[str]]]:
        if isinstance(self.view, ReadView):
            return [{"ApiToken": []}]
        return [{name: []} for name in getattr(self.view, "tokens", ())]

    def get_operation_id(self) -> str:
        tablets = f"tablet{type(self.view).__name__}"
        return tablets if isinstance(self.view, TabletView) else str(super().get_operation_id())

    def get_paginated_name(self, serializer_name: str) -> str:
        return f"{serializer_name}Page"

    def get_request_serializer(self) -> Any:
        if isinstance(self.view, TabletView):
            return {"application/json": _ref(self.view.takes)} if self.view.takes else None
        return super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        if isinstance(self.view, TabletView):
            return {self.view.status: _ref(self.view.gives) if self.view.gives else {"type": "object"}}
        return super().get_response_serializers()

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status, codes in sorted(_by_status(self._codes()).items()):
            bodies[str(status)] = {
                "description": "Code: " + ", ".join(sorted(codes)) + ".",
                "content": {problems.MEDIA_TYPE: {"schema": {"$ref": f"{_REF}Problem"}}},
            }
        if isinstance(self.view, ReadView) and self.method == "GET":
            bodies["304"] = {"description": "What `If-None-Match` names is still so."}
        return bodies

    def _codes(self) -> list[str]:
        own = self.view.refusals_of(self.method) if hasattr(self.view, "refusals_of") else ()
        return [*own, *(ALWAYS if isinstance(self.view, ReadView) else ())]


def add_components(result: dict[str, Any], **context: Any) -> dict[str, Any]:
    """What no serializer stands for: the tablets' types, refusals, tokens. A hook of drf-spectacular."""
    views = TabletView.__subclasses__()
    named = {shape.__name__: shape for view in views for shape in (view.takes, view.gives) if shape}
    _, shapes = msgspec.json.schema_components([named[name] for name in sorted(named)], ref_template=f"{_REF}{{name}}")
    # Our patterns' end, which Python's "$" is not, is the end in every other language.
    plain = json.loads(json.dumps(shapes).replace(json.dumps(r"(?![\s\S])")[1:-1], "$"))
    components = result.setdefault("components", {})
    components["schemas"] = dict(sorted({**components.get("schemas", {}), **plain, "Problem": _PROBLEM}.items()))
    components["securitySchemes"] = _SECURITY
    return dict(_plain(result))


def _plain(part: Any) -> Any:
    """Without what drf-spectacular leaves for itself."""
    if isinstance(part, dict):
        return {name: _plain(each) for name, each in part.items() if name != "x-spec-enum-id"}
    return [_plain(each) for each in part] if isinstance(part, list) else part


def _ref(shape: type[Strict]) -> dict[str, str]:
    return {"$ref": f"{_REF}{shape.__name__}"}


def _by_status(codes: list[str]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for code in codes:
        found.setdefault(problems.STATUS.get(code, 400), set()).add(code)
    return found
