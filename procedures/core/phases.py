"""One phase: its items, its holds, its signatures. Twin of frontend/src/core/phases.ts.

A signed phase is judged at its last signature's corrected clock, any other now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .closure import AnyHold, hold_reads, holds_of
from .condition import Reading, Truth
from .document import Item, Phase, SignatureSlot
from .fold import answer_register, clearing_place
from .judge import Judge, Slot
from .moment import Moment, Own, Place

View = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Content:
    """What the items of a phase say at a moment; `blockers`: why nobody could sign over it."""

    at: Moment
    items: list[View]
    missing: int
    held: int
    blockers: list[str]


def phase_view(phase: Phase, judge: Judge, now: Moment, earlier: Sequence[View]) -> View:
    """The view of a phase; `earlier` are the views of the phases before it. Shape: docs/semantics.md."""
    slots = judge.slots(phase)
    last = _last_signature(slots)
    then = _content_at(phase, judge, judge.at(last["at_ms"], last["zone_min"])) if last else None
    # Who must sign was decided by what the first of them saw, not by what has become of it since.
    needed = [_needed_at(slot.slot, then) for slot in slots] if then else None
    is_signed = then is not None and needed is not None and _is_complete(slots, needed, then)
    content = then if then is not None and is_signed else _content_at(phase, judge, now)
    needed = needed or [_needed_at(slot.slot, content) for slot in slots]
    closed = ["signed"] if is_signed else _blockers_now(phase, judge, content, earlier)
    signatures = [_signature_view(index, slots, needed, closed) for index in range(len(slots))]
    return {
        "key": phase.key,
        "status": "signed" if is_signed else _unsigned_status(signatures),
        "judged_ms": content.at.now_ms,
        "missing": content.missing,
        "held": content.held,
        "items": content.items,
        "signatures": signatures,
        "covers": judge.cover.covering(judge.places(phase)),
    }


def _is_complete(slots: Sequence[Slot], needed: Sequence[Truth], then: _Content) -> bool:
    """All who must sign have signed, and nothing stood in the way when the last of them did."""
    return not then.blockers and all(
        need is False or (need is True and slot.standing) for slot, need in zip(slots, needed, strict=True)
    )


def _last_signature(slots: Sequence[Slot]) -> dict[str, Any] | None:
    """Of two at the same instant, the later digest: any rule will do, as long as it is one."""
    standing = [signature for slot in slots for signature in slot.standing]
    return max(standing, key=lambda each: (each["at_ms"], each["digest"]), default=None)


def _content_at(phase: Phase, judge: Judge, at: Moment) -> _Content:
    items = [view for item in phase.items for view in _item_views(item, judge, at)]
    missing = sum(view["missing"] for view in items)
    held = sum(_is_held(hold) for view in items for hold in view["holds"])
    found = {
        "missing": missing > 0,
        "held": held > 0,
        "unknown": any(_is_unknown(view) for view in items),
        "unfit": any(view["state"] == "unfit" for view in items),
        "disputed": any(judge.cover.is_disputed(place) for place in judge.places(phase)),
        "subject": not at.register("subject")["heads"],
    }
    return _Content(at, items, missing, held, [code for code, holds in found.items() if holds])


def _is_held(hold: View) -> bool:
    return hold["level"] != "note" and hold["active"] is True and hold["cleared"] is None


def _is_unknown(view: View) -> bool:
    """Unknown in show_when, required, a stop or a caution."""
    if view["shown"] is None or view["required"] is None:
        return True
    return any(hold["level"] != "note" and hold["active"] is None for hold in view["holds"])


def _blockers_now(phase: Phase, judge: Judge, content: _Content, earlier: Sequence[View]) -> list[str]:
    """Why this phase cannot be signed now by anyone."""
    opened = {opening["release"] for opening in judge.state["opened"]}
    unsigned = any(view["key"] in phase.after and view["status"] != "signed" for view in earlier)
    return (
        content.blockers
        + ["order"] * unsigned
        + ["unreadable"] * bool(judge.state["unreadable"])
        + ["release"] * (judge.release.digest not in opened)
    )


def _needed_at(slot: SignatureSlot, content: _Content) -> Truth:
    if slot.when != "held":
        return content.at.judge(slot.when)
    active = [hold["active"] for view in content.items for hold in view["holds"] if hold["level"] != "note"]
    return True if True in active else None if None in active else False


def _signature_view(index: int, slots: Sequence[Slot], needed: Sequence[Truth], closed: Sequence[str]) -> View:
    slot, need = slots[index].slot, needed[index]
    waiting = any(needed[each] is not False and not slots[each].standing for each in range(index))
    unneeded = {None: ["unknown"], False: ["not-needed"], True: []}[need]
    blockers = sorted({*closed, *unneeded, *(["order"] if waiting else [])})
    return {
        "meaning": slot.meaning,
        "roles": slot.roles,
        "another_person": slot.another_person,
        "guest": slot.guest,
        "needed": need,
        "standing": [each["digest"] for each in slots[index].standing],
        "changed": [each["digest"] for each in slots[index].changed],
        "signable": not blockers,
        "blockers": blockers,
    }


def _unsigned_status(signatures: Sequence[View]) -> str:
    needed = [view for view in signatures if view["needed"] is not False]
    unsigned = [view for view in needed if not view["standing"]]
    if any(view["changed"] for view in unsigned):
        return "changed"
    if 0 < len(unsigned) < len(needed):
        return "part-signed"
    return "ready" if any(view["signable"] for view in signatures) else "open"


def _item_views(item: Item, judge: Judge, at: Moment) -> list[View]:
    """One view for each part that is asked, then those that were answered and are no longer asked."""
    places = at.places_of(item)
    asked = {place.part for place in places}
    left = [Place(part, False) for part in _answered_parts(item, judge) if part not in asked]
    return [_item_view(item, place, judge, at) for place in places + left]


def _answered_parts(item: Item, judge: Judge) -> list[str]:
    prefix = answer_register(item.key, "")
    registers = judge.state["registers"].items()
    return [name.removeprefix(prefix) for name, each in registers if name.startswith(prefix) and each["heads"]]


def _item_view(item: Item, place: Place, judge: Judge, at: Moment) -> View:
    part = place.part
    register = at.register(answer_register(item.key, part))
    shown = at.shown(item, part)
    required = at.required(item, part)
    state = "not-applicable" if shown is False else at.answer_state(item, part)
    is_open = state in ("unanswered", "disputed", "unfit", "outdated")
    return {
        "key": item.key,
        "part": part,
        "shown": shown,
        "required": required,
        "state": state,
        "no_longer_asked": shown is False and bool(register["heads"]),
        "value": at.value_of(item, part),
        "heads": register["heads"],
        "reopened": register["reopened"],
        "missing": item.computed is None and (shown is None or (required is True and is_open)),
        "due_ms": place.due_ms,
        "covers": judge.cover.shown_by(item),
        "holds": [_hold_view(hold, Own(item, part), judge, at) for hold in holds_of(item)],
    }


def _hold_view(hold: AnyHold, own: Own, judge: Judge, at: Moment) -> View:
    item, part = own
    overridden = judge.cover.heads(clearing_place("overridden", item.key, part, hold.key))
    acknowledged = judge.cover.heads(clearing_place("acknowledged", item.key, part, hold.key))
    places = judge.cover.places(hold_reads(item, hold, judge.catalog), (item.key, part))
    return {
        "key": hold.key,
        "level": hold.level,
        "active": at.judge_hold(hold.when, own, lambda reading: _is_built_in(hold.key, reading)),
        "cleared": "overridden" if overridden else "acknowledged" if acknowledged else None,
        "standing": sorted(overridden + acknowledged),
        "covers": judge.cover.covering(places),
        "override": hold.override,
    }


def _is_built_in(key: str, reading: Reading) -> bool:
    """ "not-so" of a confirm, or "absent.<key>"."""
    if reading.kind == "absent":
        return key == f"absent.{reading.value}"
    return reading.kind == "value" and key == "not-so" and reading.value == "not-so"
