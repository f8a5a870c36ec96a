"""System checks: what must be in place before anything is served."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from . import keys
from .core.errors import Refusal


@register(deploy=True)
def root_keys_are_readable(**_: Any) -> list[CheckMessage]:
    """Without root keys no tablet can be registered and no entry opened."""
    try:
        keys.current_number()
    except Refusal as refusal:
        return [Error(refusal.words, id="bedside.E001")]
    return []
