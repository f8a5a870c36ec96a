"""The entries of one case, each once, with what stands and what does not. Twin of frontend/src/core/book.ts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .entry import SERVER_TYPES, Entry, body_problem

_FINAL: Final = ("entry.voided", "consent.withdrawn")


@dataclass(frozen=True, slots=True)
class Written:
    """An entry as it is held: its digest, and its private part where that is known here."""

    digest: str
    entry: Entry
    private: dict[str, Any] | None


class Book:
    """The readable entries, sorted by digest, and by target what voids or quarantines them.

    Raises ValueError when entries of several cases are mixed, which is a fault of the caller.
    """

    def __init__(self, written: Iterable[Written]) -> None:
        entries = _one_per_digest(written)
        self.case = _only_case(entries)
        readable = {each.digest: _is_readable(each.entry) for each in entries}
        self.readable = [each for each in entries if readable[each.digest]]
        self.quarantined = self._judge_quarantines()
        self.voided = self._judge_voids()
        self.unreadable = [
            each.digest for each in entries if not readable[each.digest] and each.digest not in self.voided
        ]

    def stands(self, digest: str) -> bool:
        """Neither voided nor quarantined."""
        return digest not in self.voided and digest not in self.quarantined

    def all(self, entry_type: str) -> list[Written]:
        """The readable entries of a type, standing or not."""
        return [each for each in self.readable if each.entry.type == entry_type]

    def standing(self, entry_type: str) -> list[Written]:
        return [each for each in self.all(entry_type) if self.stands(each.digest)]

    def _judge_quarantines(self) -> dict[str, list[str]]:
        """A release names the quarantine that it ends, so that a later quarantine of the same entry is its own."""
        released = {each.entry.body["target"] for each in self.all("entry.released")}
        servers = self._digests_of(lambda entry_type: entry_type in SERVER_TYPES)
        return _by_target(
            (each.entry.body["target"], each.entry.body["code"])
            for each in self.all("entry.quarantined")
            if each.digest not in released and each.entry.body["target"] not in servers
        )

    def _judge_voids(self) -> dict[str, list[str]]:
        """A void cannot be voided, nor a withdrawal, which is final, nor what the server wrote."""
        beyond = self._digests_of(lambda entry_type: entry_type in _FINAL or entry_type in SERVER_TYPES)
        return _by_target(
            (each.entry.body["target"], each.digest)
            for each in self.all("entry.voided")
            if each.digest not in self.quarantined and each.entry.body["target"] not in beyond
        )

    def _digests_of(self, chosen: Callable[[str], bool]) -> set[str]:
        return {each.digest for each in self.readable if chosen(each.entry.type)}


def act_of(written: Written) -> dict[str, Any]:
    """Who wrote an act and when: `at_ms` by the writer's corrected clock, `zone_min` their minutes east of UTC."""
    clock = written.entry.clock
    return {
        "digest": written.digest,
        "enrolment": written.entry.enrolment,
        "at_ms": clock.corrected_ms,
        "zone_min": clock.zone_min,
    }


def digests(entries: Iterable[Written]) -> list[str]:
    return [each.digest for each in entries]


def _one_per_digest(written: Iterable[Written]) -> list[Written]:
    """Duplicates fold into one; the one that has its private part wins."""
    found: dict[str, Written] = {}
    for each in written:
        there = found.get(each.digest)
        if each.entry.case is not None and (there is None or there.private is None):
            found[each.digest] = each
    return [found[digest] for digest in sorted(found)]


def _only_case(entries: Sequence[Written]) -> str | None:
    cases = {each.entry.case for each in entries}
    if len(cases) > 1:
        raise ValueError("entries of several cases cannot be folded together")
    return cases.pop() if cases else None


def _is_readable(entry: Entry) -> bool:
    """The name of a part becomes part of a register's key, which is ASCII."""
    part = entry.body.get("part")
    return body_problem(entry) is None and (not isinstance(part, str) or part.isascii())


def _by_target(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for target, name in pairs:
        found.setdefault(target, set()).add(name)
    return {target: sorted(found[target]) for target in sorted(found)}
