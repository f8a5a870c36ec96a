"""Who may see and do what: the only way in which a view gets a row."""

import uuid
from collections.abc import Callable
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from . import keys, recall, records
from .clock import now_ms
from .core import seal
from .core.errors import Refusal
from .models import (
    AccessRow,
    ApiToken,
    Device,
    Enrolment,
    ExportJob,
    JournalCheck,
    Membership,
    Person,
    Protocol,
    Record,
    RecordConsent,
    Release,
    Scope,
    Ward,
)

_SEEN_EVERY_S = 60


def device_for_push(token: str) -> tuple[Device, int]:
    """The tablet that a token stands for and the token's key number, revoked or not: its entries are still wanted.

    A token is given at registration only, so one that is genuine but of a tablet unknown here was given before a
    restore: the tablet is remembered again. Raises Refusal("token-wrong").
    """
    device_id, key_number = keys.read_device_token(token)
    device = Device.objects.filter(id=device_id).exclude(registered_at=None).first() or recall.tablet(device_id)
    now = timezone.now()
    if device.last_seen_at is None or (now - device.last_seen_at).total_seconds() > _SEEN_EVERY_S:
        device.last_seen_at = now
        device.save(update_fields=["last_seen_at"])
    return device, key_number


def device_in_use(token: str) -> tuple[Device, int]:
    """As device_for_push, for everything but pushing. Raises Refusal: "token-wrong", "tablet-revoked"."""
    device, key_number = device_for_push(token)
    if device.revoked_at:
        raise Refusal("tablet-revoked")
    return device, key_number


def pull_token(device: Device, enrolment_id: str, challenge: bytes, signature: bytes) -> tuple[str, int]:
    """A pull token for a person who is at a tablet now, proved by a signed challenge; and when it ends.

    Raises Refusal: "enrolment-ended", "challenge-wrong".
    """
    enrolment = _working(Enrolment.objects.filter(device=device, id=enrolment_id))
    now = now_ms()
    key = seal.read_public_key(enrolment.public_key)
    signed = seal.verifies(key, signature, seal.purpose_bytes("challenge", challenge))
    if not signed or not keys.challenge_stands(challenge, device.id, now):
        raise Refusal("challenge-wrong")
    return keys.pull_token(enrolment.id, now)


def wards_for_pull(token: str) -> QuerySet[Ward]:
    """The wards that the person with this token may read on this tablet: the tablet's, where the person has a role.

    Raises Refusal: "token-wrong", "token-expired", "enrolment-ended", "tablet-revoked".
    """
    enrolment = _working(Enrolment.objects.filter(id=keys.read_pull_token(token, now_ms())))
    if enrolment.device is None or enrolment.device.revoked_at:
        raise Refusal("tablet-revoked")
    held = Membership.objects.current().filter(person=enrolment.person_id)
    return enrolment.device.wards.filter(id__in=held.values("ward")).order_by("id")


def _working(found: QuerySet[Enrolment]) -> Enrolment:
    """The enrolment, if it and the person behind it still count."""
    enrolment = found.select_related("device", "person").first()
    if enrolment is None or enrolment.ended_at or enrolment.person is None or not enrolment.person.is_active:
        raise Refusal("enrolment-ended")
    return enrolment


def releases_for(device: Device) -> QuerySet[Release]:
    """Releases that a tablet may fetch: all, since an open case may stand on any of them."""
    return Release.objects.order_by("protocol", "number")


def wards_for(person: Person) -> QuerySet[Ward]:
    """Wards that a person looks after: an administrator all, a ward manager those where they hold a role."""
    if not person.is_active or not person.has_perm("procedures.change_membership"):
        return Ward.objects.none()
    if person.has_perm("procedures.change_ward"):
        return Ward.objects.all()
    return Ward.objects.filter(id__in=Membership.objects.current().filter(person=person).values("ward"))


def devices_for(person: Person) -> QuerySet[Device]:
    """Tablets that a person looks after: those that belong to no other ward than theirs."""
    if not person.is_active or not person.has_perm("procedures.view_device"):
        return Device.objects.none()
    return Device.objects.exclude(wards__in=Ward.objects.exclude(id__in=wards_for(person).values("id")))


def may_give_rights(person: Person) -> bool:
    """Whether a person may say who opens the admin, and as what."""
    return person.is_active and person.has_perm("procedures.give_rights")


def people_for(person: Person) -> QuerySet[Person]:
    """People whom a person looks after.

    Whoever sets someone's password can work as them. So nobody reaches a superuser but a superuser, and a ward manager
    reaches only those who have no rights in the admin and belong to the manager's wards, or to none yet.
    """
    people = Person.objects.all()
    if not person.is_active or not person.has_perm("procedures.view_person"):
        return people.none()
    if person.is_superuser:
        return people
    people = people.filter(is_superuser=False)
    if may_give_rights(person):
        return people
    foreign = Membership.objects.current().exclude(ward__in=wards_for(person).values("id"))
    return people.filter(is_staff=False).exclude(id__in=foreign.values("person"))


def may_read_drafts(person: Person) -> bool:
    return person.is_active and (person.has_perm("procedures.view_protocol") or may_edit_drafts(person))


def may_edit_drafts(person: Person) -> bool:
    """One right for a protocol's draft with all its parts."""
    return person.is_active and person.has_perm("procedures.change_protocol")


def may_publish(person: Person) -> bool:
    return person.is_active and person.has_perm("procedures.publish_protocol")


def protocols_for(person: Person) -> QuerySet[Protocol]:
    """Protocols whose drafts a person may read in the admin."""
    return Protocol.objects.all() if may_read_drafts(person) else Protocol.objects.none()


def may_read_releases(person: Person) -> bool:
    return person.is_active and person.has_perm("procedures.view_release")


def published_for(person: Person) -> QuerySet[Release]:
    """Releases that a person may read in the admin."""
    rows = Release.objects.select_related("published_by", "proposal__proposed_by", "recall__recalled_by")
    return rows if may_read_releases(person) else rows.none()


def records_for(person: Person) -> QuerySet[Record]:
    """Records that a person may look at in the admin: those with the right to, all; anyone else, none."""
    return records.current() if may_see_records(person) else Record.objects.none()


def may_see_records(person: Person) -> bool:
    return person.is_active and person.has_perm("procedures.view_record")


def consents_for(person: Person) -> QuerySet[RecordConsent]:
    """Consents of the records that a person may look at."""
    if not may_see_records(person):
        return RecordConsent.objects.none()
    records.catch_up()
    return RecordConsent.objects.select_related("record__ward")


def note_viewed(record: Record, person: Person, *, token: ApiToken | None = None, consent: str = "") -> None:
    """Note who is shown a record, or one `consent` of it, before it is shown; `token`: through the API, with it."""
    kind, of = AccessRow.Kind.VIEWED, {"consent": consent} if consent else None
    AccessRow.objects.create(person=person, token=token, kind=kind, case=record.case, filter=of, cases=1)


def note_printed(record: Record, person: Person, consent: str) -> None:
    """Note who takes a consent of a case out as PDF, before it is made."""
    kind, of = AccessRow.Kind.PRINTED, {"consent": consent}
    AccessRow.objects.create(person=person, kind=kind, case=record.case, filter=of, cases=1)


def note_listed(person: Person, chosen: dict[str, str], cases: int, *, token: ApiToken | None = None) -> None:
    """Note who is shown a list, before it is shown: what it was chosen by, and how many cases are on the page."""
    AccessRow.objects.create(person=person, token=token, kind=AccessRow.Kind.LISTED, filter=chosen, cases=cases)


def note_exported(case: uuid.UUID, person: Person) -> None:
    """Note who takes one case out, before it is written."""
    AccessRow.objects.create(person=person, kind=AccessRow.Kind.EXPORTED, case=case, cases=1)


def note_table(person: Person, chosen: dict[str, str], cases: int) -> None:
    """Note who takes a table of records out, before its first byte: what it was chosen by, and how many cases."""
    AccessRow.objects.create(person=person, kind=AccessRow.Kind.TABLE, filter=chosen, cases=cases)


def may_export(person: Person) -> bool:
    """Whether a person may take records out of Bedside: an auditor. Superusers have every right, this one too."""
    return person.is_active and person.has_perms(["procedures.view_record", "procedures.export_record"])


def exports_for(person: Person) -> QuerySet[ExportJob]:
    """Exports that a person may look at and download: an auditor's are all auditors'; each download is noted."""
    jobs = ExportJob.objects.select_related("asked_by")
    return jobs if may_export(person) else jobs.none()


def access_rows_for(person: Person) -> QuerySet[AccessRow]:
    rows = AccessRow.objects.select_related("person", "job", "token")
    return rows if may_export(person) else rows.none()


def may_see_health(person: Person) -> bool:
    return person.is_active and person.has_perm("procedures.view_journalcheck")


def journal_checks_for(person: Person) -> QuerySet[JournalCheck]:
    return JournalCheck.objects.all() if may_see_health(person) else JournalCheck.objects.none()


# Scopes of API tokens, and the right that a person needs for each: one that the admin asks for, too.
_RIGHTS: Final[dict[Scope, Callable[[Person], bool]]] = {
    Scope.PROTOCOLS_READ: lambda person: may_read_drafts(person) and may_read_releases(person),
    Scope.CASES_READ: may_see_records,
    Scope.CASES_IDENTITY: may_see_records,
    Scope.CONSENTS_READ: may_see_records,
    Scope.EXPORTS_READ: may_export,
    Scope.EXPORTS_WRITE: may_export,
    Scope.HEALTH_READ: may_see_health,
}


def scopes_for(person: Person) -> list[Scope]:
    """What a token of this person can be for, by what the person may do now."""
    return [scope for scope, right in _RIGHTS.items() if right(person)]


def may_hold_tokens(person: Person) -> bool:
    return bool(scopes_for(person))


def tokens_for(person: Person) -> QuerySet[ApiToken]:
    """Tokens that a person may look at and revoke: their own; who gives rights, those of the people they reach, too.

    Nobody makes one for another: whoever holds it acts as that person.
    """
    rows = ApiToken.objects.select_related("person")
    own = rows.filter(person=person)
    if not may_hold_tokens(person):
        return rows.none()
    return own | rows.filter(person__in=people_for(person)) if may_give_rights(person) else own


def refuse_beyond(token: ApiToken, scope: Scope) -> None:
    """Raises Refusal: "scope-missing" when a token is not for this, "not-allowed" when its person may not."""
    if scope not in token.scopes:
        raise Refusal("scope-missing", scope)
    if not _RIGHTS[scope](token.person):
        raise Refusal("not-allowed", scope)


def may_identify(token: ApiToken) -> bool:
    """Whether identity and free text may be given to whoever holds a token."""
    return Scope.CASES_IDENTITY in token.scopes and _RIGHTS[Scope.CASES_IDENTITY](token.person)
