"""What the entries say about each consent. Which of it suffices is judged against the release, in readiness.

Twin of frontend/src/core/consents.ts.
"""

from collections.abc import Sequence
from typing import Any, Final

from . import canonical
from .book import Book, Written, act_of, digests

NO_CONSENT: Final[dict[str, Any]] = {"informed": [], "decided": [], "confirmed": [], "withdrawn": [], "voided": []}
_TYPES: Final = ("consent.informed", "consent.decided", "consent.confirmed", "consent.withdrawn")
_DECISION: Final = ("release", "language", "text", "decision", "relation", "method", "after", "covers")


def consent_place(consent: str) -> str:
    """The place that decisions, confirmations and withdrawals of a consent share."""
    return f"consent/{consent}"


def consent_claims(book: Book) -> dict[str, dict[str, str]]:
    """Consent claims by digest, of entries that stand or do not."""
    return {
        each.digest: {"place": consent_place(each.entry.body["consent"]), "content": _content_of(each)}
        for entry_type in _TYPES[1:]
        for each in book.all(entry_type)
    }


def fold_consents(book: Book, reopened: set[str]) -> dict[str, Any]:
    """Consent key -> its standing entries; `voided` are decisions entered in error."""
    keys = {each.entry.body["consent"] for entry_type in _TYPES for each in book.all(entry_type)}
    return {key: _fold_consent(key, book, reopened) for key in sorted(keys)}


def _fold_consent(key: str, book: Book, reopened: set[str]) -> dict[str, Any]:
    def of(entries: list[Written]) -> list[Written]:
        return [each for each in entries if each.entry.body["consent"] == key]

    withdrawn = digests(of(book.standing("consent.withdrawn")))
    decided = of(book.standing("consent.decided"))
    return {
        "informed": [
            act_of(each) | _fields(each, ("language", "text")) for each in of(book.standing("consent.informed"))
        ],
        "decided": [_decision_of(each, decided, withdrawn) for each in decided],
        "confirmed": [
            act_of(each)
            | _fields(each, ("release", "after", "covers"))
            | {"defeated": _is_defeated(each, withdrawn), "reopened": each.digest in reopened}
            for each in of(book.standing("consent.confirmed"))
        ],
        "withdrawn": [act_of(each) for each in of(book.standing("consent.withdrawn"))],
        "voided": [each.digest for each in of(book.all("consent.decided")) if each.digest in book.voided],
    }


def _decision_of(written: Written, decided: Sequence[Written], withdrawn: Sequence[str]) -> dict[str, Any]:
    """A decision; superseded once a standing decision of the same relation names it in `after`."""
    superseded = any(
        other.entry.body["relation"] == written.entry.body["relation"] and written.digest in other.entry.body["after"]
        for other in decided
    )
    return (
        act_of(written)
        | _fields(written, _DECISION)
        | {"defeated": _is_defeated(written, withdrawn), "superseded": superseded}
    )


def _fields(written: Written, names: Sequence[str]) -> dict[str, Any]:
    return {name: written.entry.body[name] for name in names}


def _is_defeated(written: Written, withdrawn: Sequence[str]) -> bool:
    """A withdrawal defeats whatever does not name it, seen or not."""
    return any(digest not in written.entry.body["after"] for digest in withdrawn)


def _content_of(written: Written) -> str:
    kind = written.entry.type.removeprefix("consent.")
    body = written.entry.body
    says = [kind, body["decision"], body["relation"]] if kind == "decided" else [kind]
    return canonical.encode(says).decode()
