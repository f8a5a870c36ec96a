"""How a case was closed, after which nothing about it ages. Twin of frontend/src/core/closing.ts."""

from typing import Final

from .fold import State

# Outcome of a closing -> status of the case.
OUTCOMES: Final = {
    "done": "completed",
    "exception": "completed",
    "not-done": "not-done",
    "stopped": "stopped",
    "entered-in-error": "entered-in-error",
}


def settled_closing(state: State) -> tuple[str, int] | None:
    """The outcome that is settled, and the corrected ms at which the first of those who gave it did."""
    register = state["registers"].get("closing")
    if register is None or not register["settled"]:
        return None
    closed = [each["at_ms"] for each in state["closings"] if each["digest"] in register["heads"]]
    return register["value"], min(closed)


def looked_at_ms(state: State, now_ms: int) -> int:
    """As of when a case is looked at: now, or its closing where that was before.

    An outcome that nobody knows closes nothing.
    """
    closing = settled_closing(state)
    return now_ms if closing is None or closing[0] not in OUTCOMES else min(now_ms, closing[1])
