"""Entries -> case state: a pure function, the same in TypeScript (frontend/src/core/fold.ts).

Any permutation, with any duplicates, gives the same state. Role, another person, fitness and closure are judged in
readiness. The shape of the state is described in docs/semantics.md.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from . import canonical
from .book import Book, Written, act_of, digests
from .consents import consent_claims, fold_consents
from .entry import SERVER_TYPES
from .registers import answer_register, fold_registers, register_claim, unreplaced

__all__ = ["SKEW_MS", "STATE_VERSION", "State", "Written", "answer_register", "clearing_place", "fold"]

State = dict[str, Any]

STATE_VERSION: Final = 1
SKEW_MS: Final = 120_000  # a tablet's clock that was further off than this is flagged
_HOLD: Final = ("item", "part", "hold", "covers")
_CLEARING: Final = ("acknowledged", "overridden")


def fold(written: Iterable[Written]) -> State:
    """Fold the entries of one case; entries without a case are ignored.

    The result is canonically encodable. That server types were written by the server is checked before, at the door.
    Raises ValueError when entries of several cases are mixed, which is a fault of the caller.
    """
    book = Book(written)
    reopened = {digest for each in book.standing("case.postponed") for digest in each.entry.body["reopens"]}
    registers = fold_registers(book, reopened)
    return {
        "v": STATE_VERSION,
        "case": book.case,
        "registers": registers,
        "consents": fold_consents(book, reopened),
        "claims": _claims_of(book),
        "confirmations": _confirmations_in(book),
        **_acts_of(book),
        "reopened": sorted(reopened),
        "voided": book.voided,
        "quarantined": book.quarantined,
        "unreadable": book.unreadable,
        "erased": sorted({each.entry.body["basis"] for each in book.standing("case.erased")}),
        "flags": _flags_of(book, registers.get("closing", {}).get("heads", [])),
    }


def clearing_place(how: str, item: str, part: str, hold: str) -> str:
    """The place of what clears a hold; `how` is "acknowledged" or "overridden"."""
    return f"{how}/{item}/{part}/{hold}"


def _acts_of(book: Book) -> dict[str, Any]:
    return {
        "opened": [
            {"digest": each.digest, **_fields(each, ("protocol", "release", "session", "previous"))}
            for each in book.standing("case.opened")
        ],
        "acknowledged": [act_of(each) | _fields(each, _HOLD) for each in book.standing("hold.acknowledged")],
        "overridden": [act_of(each) | _fields(each, (*_HOLD, "basis")) for each in book.standing("hold.overridden")],
        "signatures": [_signature_of(each) for each in book.standing("phase.signed")],
        "taken": [act_of(each) | _fields(each, ("covers",)) for each in unreplaced(book.all("case.taken"), book)],
        "closings": [act_of(each) | _fields(each, ("covers",)) for each in book.standing("case.closed")],
        "notes": [{"digest": each.digest, **_fields(each, ("item", "part"))} for each in book.standing("note.added")],
    }


def _signature_of(written: Written) -> dict[str, Any]:
    """A signature; `guest` is the guest's role, or None when the writer signed."""
    guest = written.entry.body["guest"]
    role = None if guest is None else guest["role"]
    return act_of(written) | _fields(written, ("phase", "meaning", "release", "covers")) | {"guest": role}


def _fields(written: Written, names: Sequence[str]) -> dict[str, Any]:
    return {name: written.entry.body[name] for name in names}


def _claims_of(book: Book) -> dict[str, Any]:
    """All that `covers` can name, by digest: its place and what it says there, whether it stands or not."""
    claims: dict[str, Any] = consent_claims(book)
    for written in book.readable:
        claim = register_claim(written)
        if claim is not None:
            claims[written.digest] = claim
    for how in _CLEARING:
        content = canonical.encode([how]).decode()
        for each in book.all(f"hold.{how}"):
            body = each.entry.body
            place = clearing_place(how, body["item"], body["part"], body["hold"])
            claims[each.digest] = {"place": place, "content": content}
    return claims


def _confirmations_in(book: Book) -> dict[str, list[str]]:
    """What was shown beside each answer that says so, by its digest."""
    said = {each.digest: each.entry.body.get("covers") for each in book.standing("answer.given")}
    return {digest: covers for digest, covers in said.items() if covers is not None}


def _flags_of(book: Book, closings: Sequence[str]) -> dict[str, list[str]]:
    """What single entries are marked with. They count all the same."""
    people = [each for each in book.readable if book.stands(each.digest) and each.entry.type not in SERVER_TYPES]
    closed = [each.entry.clock.corrected_ms for each in people if each.digest in closings]
    found = {
        "clock-skew": [each for each in people if abs(each.entry.clock.offset_ms or 0) > SKEW_MS],
        "late": [each for each in people if each.entry.type == "answer.given" and each.entry.body["late"]],
        "late-after-closing": [
            each
            for each in people
            if closed and each.entry.type != "case.closed" and each.entry.clock.corrected_ms > min(closed)
        ],
    }
    return {code: digests(entries) for code, entries in found.items() if entries}
