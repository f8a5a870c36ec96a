"""What the entries say about each consent. Which of it suffices is judged against the release, in readiness.

Twin of frontend/src/core/consents.ts.
"""

from collections.abc import Sequence
from typing import Any, Final

from . import canonical
from .book import Book, Written, act_of, digests

NO_CONSENT: Final[dict[str, Any]] = {
    "informed": [],
    "decided": [],
    "heard": [],
    "confirmed": [],
    "withdrawn": [],
    "voided": [],
}
_KINDS: Final = ("informed", "decided", "heard", "confirmed", "withdrawn")
_INFORMED: Final = ("release", "language", "text", "given_ms", "risks", "copy", "interpreter")
_DECIDED: Final = (
    "release",
    "language",
    "text",
    "decision",
    "relation",
    "basis",
    "method",
    "decided_ms",
    "checked",
    "interpreter",
    "drawn",
    "witnessed",
    "blobs",
    "after",
    "covers",
)
_HEARD: Final = ("release", "who", "view", "informed", "drawn", "after", "covers")
_CONFIRMED: Final = ("release", "relation", "after", "covers")
_WITHDRAWN: Final = ("release", "relation", "method", "tissue")


def consent_place(consent: str) -> str:
    """The place that decisions, confirmations and withdrawals of a consent share."""
    return f"consent/{consent}"


def consent_claims(book: Book) -> dict[str, dict[str, str]]:
    """Consent claims by digest, of entries that stand or do not."""
    return {
        each.digest: {"place": consent_place(each.entry.body["consent"]), "content": _content_of(each)}
        for kind in _KINDS[1:]
        for each in book.all(f"consent.{kind}")
    }


def fold_consents(book: Book, reopened: set[str]) -> dict[str, Any]:
    """Consent key -> its standing entries; `voided` are decisions entered in error."""
    keys = {each.entry.body["consent"] for kind in _KINDS for each in book.all(f"consent.{kind}")}
    return {key: _fold_consent(key, book, reopened) for key in sorted(keys)}


def _fold_consent(key: str, book: Book, reopened: set[str]) -> dict[str, Any]:
    def standing(kind: str) -> list[Written]:
        return [each for each in book.standing(f"consent.{kind}") if each.entry.body["consent"] == key]

    withdrawn = digests(standing("withdrawn"))
    return {
        "informed": [act_of(each) | _fields(each, _INFORMED) for each in standing("informed")],
        "decided": [
            act_of(each)
            | _fields(each, _DECIDED)
            | {
                "defeated": _is_defeated(each, withdrawn),
                "superseded": _is_followed(each, standing("decided"), "relation"),
            }
            for each in standing("decided")
        ],
        "heard": [
            act_of(each) | _fields(each, _HEARD) | {"superseded": _is_followed(each, standing("heard"), "who")}
            for each in standing("heard")
        ],
        "confirmed": [
            act_of(each)
            | _fields(each, _CONFIRMED)
            | {"defeated": _is_defeated(each, withdrawn), "reopened": each.digest in reopened}
            for each in standing("confirmed")
        ],
        "withdrawn": [act_of(each) | _fields(each, _WITHDRAWN) for each in standing("withdrawn")],
        "voided": [
            each.digest
            for each in book.all("consent.decided")
            if each.entry.body["consent"] == key and each.digest in book.voided
        ],
    }


def _is_followed(written: Written, others: Sequence[Written], of_whom: str) -> bool:
    """Superseded once a standing act of the same person, as far as that is told, names it in `after`."""
    body = written.entry.body
    return any(
        other.entry.body[of_whom] == body[of_whom] and written.digest in other.entry.body["after"] for other in others
    )


def _fields(written: Written, names: Sequence[str]) -> dict[str, Any]:
    return {name: written.entry.body[name] for name in names}


def _is_defeated(written: Written, withdrawn: Sequence[str]) -> bool:
    """A withdrawal defeats whatever does not name it, seen or not."""
    return any(digest not in written.entry.body["after"] for digest in withdrawn)


# What an act says in the place of its consent: what a signature over it was given to.
_SAYS: Final = {"decided": ("decision", "relation", "basis", "method"), "heard": ("who", "view")}


def _content_of(written: Written) -> str:
    kind = written.entry.type.removeprefix("consent.")
    return canonical.encode([kind, *(written.entry.body[field] for field in _SAYS.get(kind, ()))]).decode()
