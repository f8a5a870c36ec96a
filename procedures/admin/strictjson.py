"""JSON as an editor types it, read more strictly than Python does."""

import json
from typing import Any

import orjson

from procedures.core.errors import Refusal


class UniqueKeys(json.JSONDecoder):
    """JSON without NaN, lone surrogates or bottomless nesting (ValueError), and in which no object has a key twice.

    For that it raises Refusal("json-broken") with the key and the object.
    """

    def __init__(self) -> None:
        super().__init__(object_pairs_hook=_unique)

    def decode(self, s: str, *args: Any) -> Any:
        orjson.loads(s)  # the stricter of the two; it takes duplicates silently
        try:
            return super().decode(s, *args)
        except RecursionError as deep:
            raise ValueError("nested too deeply") from deep


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Refusal("json-broken", f"“{twice}” is there twice in {json.dumps(made, ensure_ascii=False)[:100]}…")
    return made
