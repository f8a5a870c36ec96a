"""A demo ward with people, a protocol, the day's cases and tablets that wait for their code.

Repeating it adds only what is missing; on another day that is a fresh day's cases.
"""

import json
import os
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from procedures import contentfile, enrolment, keys, loading, publishing
from procedures.demo import cases
from procedures.demo.people import PEOPLE, PIN, WARD, DemoPerson
from procedures.demo.times import Times
from procedures.models import Device, Membership, Person, Release, Role, Ward

# Longer than the oldest of the cases.
_HAVE_WORKED_HERE: Final = timedelta(days=90)
CONTENT: Final = Path(__file__).resolve().parents[2] / "content" / "bone-marrow-iliac-crest-child.yaml"


class Command(BaseCommand):
    help = "Fill a demo ward and print its people and tablet codes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print it for a program")
        parser.add_argument("--address", default=f"http://127.0.0.1:{os.environ.get('BEDSIDE_PORT', '8000')}")
        parser.add_argument("--tablets", type=int, default=1, help="how many new codes to give")
        parser.add_argument("--content", type=Path, help="this protocol and no cases, which tell of the shipped one")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.BEDSIDE_DEMO:
            raise CommandError("The demo's passwords are known to all: set BEDSIDE_DEMO=1 (and BEDSIDE_DEBUG=1).")
        ward, _ = Ward.objects.get_or_create(name=WARD)
        for person in PEOPLE:
            _person(ward, person)
        _publish_first(options["content"] or CONTENT)
        untold = [] if options["content"] else cases.fill(ward, Times(timezone.now()))
        codes = [enrolment.make_code(device, by=None) for device in _waiting(ward, options["tablets"])]
        if options["json"]:
            people = [person._asdict() | {"password": person.password} for person in PEOPLE]
            self.stdout.write(json.dumps({"address": options["address"], "people": people, "tablet_codes": codes}))
        else:
            self._print(options["address"], codes, untold)

    def _print(self, address: str, codes: list[str], untold: list[str]) -> None:
        lines = ["", f"  Bedside is at {address}   (be a nurse, a clinician, an admin or an auditor in one click)", ""]
        lines += [f"  {person.role:<14} {person.username:<8} {person.password:<18} {person.name}" for person in PEOPLE]
        lines += ["", f"  PIN            {PIN}   (of the nurse and the clinician who come in by one click)"]
        good_for = f"for {address}/tablet/ of another browser; valid {enrolment.CODE_VALID_MINUTES} minutes, once"
        lines += ["", f"  tablet code    {', '.join(codes)}   ({good_for})"]
        lines += [f"  fingerprint    {keys.fingerprint(keys.current_number())}", ""]
        lines += [f"  not written    {trouble}" for trouble in untold]
        self.stdout.write("\n".join(lines))


def _person(ward: Ward, demo: DemoPerson) -> None:
    if Person.objects.filter(username=demo.username).exists():
        return
    role = demo.role
    at_bedside = role in Role
    person = Person.objects.create_user(demo.username, demo.password, printed_name=demo.name, is_staff=not at_bedside)
    person.groups.add(Group.objects.get(name=role))
    # Whoever manages a ward works there.
    if at_bedside or role == "ward manager":
        held = role if at_bedside else Role.NURSE
        Membership.objects.create(person=person, ward=ward, role=held, since=timezone.now() - _HAVE_WORKED_HERE)


def _publish_first(content: Path) -> None:
    """The protocol of a file, unless it is there: whoever has tried the admin keeps what they changed."""
    draft = contentfile.read(content.read_bytes()).draft
    if Release.objects.filter(protocol=draft["protocol"]).exists():
        return
    editor, approver = (Person.objects.get(username=name) for name in ("eva", "olav"))
    reason = "Shipped with Bedside, for trying out."
    publishing.approve(publishing.propose(loading.load(draft), by=editor, reason=reason), by=approver)


def _waiting(ward: Ward, count: int) -> list[Device]:
    """So many demo tablets that are not yet registered; those still lacking are made."""
    waiting = list(Device.objects.filter(registered_at=None, revoked_at=None, wards=ward)[:count])
    while len(waiting) < count:
        device = Device.objects.create(name=f"Tablet {Device.objects.count() + 1}")
        device.wards.add(ward)
        waiting.append(device)
    return waiting
