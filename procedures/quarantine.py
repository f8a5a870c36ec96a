"""Which of the entries that are stored do not count, and why. Nothing is hidden or dropped: an entry.quarantined by
the server says so in the log, and an entry.released takes it back.

Late arrival, a recalled release and a clock that is off are flags, not quarantine: care that happened counts.
"""

import uuid
from collections.abc import Collection, Sequence
from typing import Final

import msgspec
from django.db.models import Q

from .clock import moment
from .core.batch import Proved
from .core.entry import SERVER_TYPES, body_problem
from .core.privatepart import private_problem
from .models import Enrolment, Entry, Membership, Record, Release
from .reading import with_content

FORK: Final = "fork"
COMPROMISED: Final = "enrolment-compromised"
ROLE_NOT_HELD: Final = "role-not-held"
WARD_NOT_HELD: Final = "ward-not-held"
UNREADABLE: Final = "type-unreadable"
SERVER_ONLY: Final = "server-only"
RELEASE_UNKNOWN: Final = "release-unknown"
CASE_ELSEWHERE: Final = "case-elsewhere"

Roles = dict[tuple[str, str], list[Membership]]


def judge(fresh: Sequence[Proved]) -> dict[str, str]:
    """Why each of these new entries is quarantined, by digest; the good ones are not in it."""
    compromised = _compromised({item.entry.enrolment for item in fresh})
    roles = _roles({uuid.UUID(item.certificate.person) for item in fresh})
    releases = _releases({str(item.entry.body.get("release")) for item in fresh})
    homes = _homes(fresh)
    found: dict[str, str] = {}
    for item in fresh:
        named = item.entry.body.get("release")
        if item.entry.enrolment in compromised:
            found[item.digest] = COMPROMISED
        elif problem := _misplaced(item) or _unreadable(item) or _unheld(item, roles):
            found[item.digest] = problem
        elif item.entry.case and homes[item.entry.case] != item.entry.ward and not item.by_server:
            found[item.digest] = CASE_ELSEWHERE
        elif named is not None and named not in releases:
            found[item.digest] = RELEASE_UNKNOWN
    return found


def already(targets: Collection[Entry]) -> set[str]:
    """Which of these entries a quarantine names already, by digest."""
    cases = {row.case for row in targets}
    here = Q(case__in=cases) | Q(case=None, ward__in={row.ward_id for row in targets if row.case is None})
    words = with_content(Entry.objects.filter(here, type="entry.quarantined"))
    named = {msgspec.json.decode(bytes(content.data))["body"]["target"] for _, content in words}
    return named & {row.digest for row in targets}


def _compromised(enrolments: Collection[str]) -> set[str]:
    ended = Enrolment.objects.filter(id__in=enrolments, ended_as=Enrolment.Ending.COMPROMISED)
    return {str(enrolment) for enrolment in ended.values_list("id", flat=True)}


def _roles(people: Collection[uuid.UUID]) -> Roles:
    found: Roles = {}
    for membership in Membership.objects.filter(person__in=people):
        found.setdefault((str(membership.person_id), str(membership.ward_id)), []).append(membership)
    return found


def _releases(digests: Collection[str]) -> set[str]:
    return set(Release.objects.filter(digest__in=digests).values_list("digest", flat=True))


def _homes(fresh: Sequence[Proved]) -> dict[str, str]:
    """The ward of each case, as `records.home` has it. Whoever merely knows a case's name adds nothing to it."""
    records = Record.objects.filter(case__in={item.entry.case for item in fresh if item.entry.case})
    homes = {str(case): str(ward) for case, ward in records.values_list("case", "ward")}
    for item in sorted(fresh, key=lambda item: item.entry.type != "case.opened"):
        if item.entry.case:
            homes.setdefault(item.entry.case, item.entry.ward)
    return homes


def _misplaced(item: Proved) -> str:
    """What only the server may write, and that only in its own ward. A tablet may bring it back after a restore."""
    if (item.entry.type in SERVER_TYPES) != item.by_server:
        return SERVER_ONLY
    return WARD_NOT_HELD if item.by_server and item.certificate.device != item.entry.ward else ""


def _unreadable(item: Proved) -> str:
    return UNREADABLE if body_problem(item.entry) or private_problem(item.entry, item.part) else ""


def _unheld(item: Proved, roles: Roles) -> str:
    """Whether the writer held a role on the entry's ward when it was written, by the tablet's corrected clock."""
    if item.by_server:
        return ""
    held = roles.get((item.certificate.person, item.entry.ward))
    if not held:
        return WARD_NOT_HELD
    written = moment(item.entry.clock.corrected_ms)
    at_that_time = any(role.since <= written and (role.until is None or written < role.until) for role in held)
    return "" if at_that_time else ROLE_NOT_HELD
