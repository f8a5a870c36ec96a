"""Consent presets: who consents by jurisdiction, on which basis and how, as data with sources.

A content file's consent that names a `preset` has what it does not say itself from there, and so can an editor's form.
"""

from functools import cache
from pathlib import Path
from typing import Any, Final

from .core.errors import Refusal

PATH: Final = Path(__file__).parent / "content" / "presets" / "consents.yaml"
# What a preset says of a form.
FIELDS: Final = ("relations", "rules", "bases", "hears", "methods", "tissue", "source")

Json = dict[str, Any]


@cache
def presets() -> dict[str, Json]:
    """Every preset by its key, each with a title and FIELDS, in the order of the file."""
    from .contentfile import parse  # it completes what it reads by these

    told = parse(PATH.read_bytes()).draft
    shared = {"relations": told["relations"], "methods": told["methods"], "hears": [], "tissue": []}
    return {each["key"]: shared | each for each in told["presets"]}


def complete(draft: Json) -> None:
    """Fill in the consents of a draft that name a preset. Raises Refusal("release-broken") where there is none such."""
    consents = draft.get("consents")
    for index, consent in enumerate(consents if isinstance(consents, list) else []):
        if not isinstance(consent, dict) or "preset" not in consent:
            continue
        key = consent.pop("preset")
        preset = presets().get(key) if isinstance(key, str) else None
        if preset is None:
            raise Refusal("release-broken", f"consents[{index}].preset: there is no preset “{key}”")
        for field in FIELDS:
            consent.setdefault(field, preset[field])
