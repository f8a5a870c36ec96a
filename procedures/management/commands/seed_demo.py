"""A demo ward with people, a protocol and tablets that wait for their code. Repeating it adds only what is missing."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError

from procedures import contentfile, enrolment, keys, loading, publishing
from procedures.models import Device, Membership, Person, Release, Role, Ward

CONTENT: Final = Path(__file__).resolve().parents[2] / "content" / "bone-marrow-iliac-crest-child.yaml"
WARD: Final = "Children's ward 3"

# Printed on the screen at each start; refused outside demo mode by the settings.
PEOPLE: Final = [
    {"username": "nora", "password": "nora-demo-pass", "name": "Nora Nilsen, RN", "role": Role.NURSE},
    {"username": "noah", "password": "noah-demo-pass", "name": "Noah Berg, RN", "role": Role.NURSE},
    {"username": "clara", "password": "clara-demo-pass", "name": "Clara Holm, MD", "role": Role.CLINICIAN},
    {"username": "anders", "password": "anders-demo-pass", "name": "Anders Lie, MD", "role": Role.ANAESTHETIST},
    {"username": "eva", "password": "eva-demo-pass", "name": "Eva Moen", "role": "editor"},
    {"username": "olav", "password": "olav-demo-pass", "name": "Olav Strand", "role": "approver"},
    {"username": "mona", "password": "mona-demo-pass", "name": "Mona Vik, RN", "role": "ward manager"},
    {"username": "ada", "password": "ada-demo-pass", "name": "Ada Dahl", "role": "administrator"},
    {"username": "arne", "password": "arne-demo-pass", "name": "Arne Moe", "role": "auditor"},
]


class Command(BaseCommand):
    help = "Fill a demo ward and print its people and tablet codes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print it for a program")
        parser.add_argument("--address", default=f"http://127.0.0.1:{os.environ.get('BEDSIDE_PORT', '8000')}")
        parser.add_argument("--tablets", type=int, default=1, help="how many new codes to give")
        parser.add_argument("--content", type=Path, default=CONTENT, help="another protocol than the shipped one")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.BEDSIDE_DEMO:
            raise CommandError("The demo's passwords are known to all: set BEDSIDE_DEMO=1 (and BEDSIDE_DEBUG=1).")
        ward, _ = Ward.objects.get_or_create(name=WARD)
        for row in PEOPLE:
            _person(ward, row)
        _publish_first(options["content"])
        codes = [enrolment.make_code(device, by=None) for device in _waiting(ward, options["tablets"])]
        if options["json"]:
            self.stdout.write(json.dumps({"address": options["address"], "people": PEOPLE, "tablet_codes": codes}))
        else:
            self._print(options["address"], codes)

    def _print(self, address: str, codes: list[str]) -> None:
        lines = ["", f"  Bedside is at {address}   (tablet: {address}/tablet/   admin: {address}/admin/)", ""]
        lines += [f"  {row['role']:<14} {row['username']:<8} {row['password']:<18} {row['name']}" for row in PEOPLE]
        lines += ["", f"  tablet code    {', '.join(codes)}   (valid {enrolment.CODE_VALID_MINUTES} minutes, once)"]
        lines += [f"  fingerprint    {keys.fingerprint(keys.current_number())}", ""]
        self.stdout.write("\n".join(lines))


def _person(ward: Ward, row: dict[str, str]) -> None:
    if Person.objects.filter(username=row["username"]).exists():
        return
    role = row["role"]
    at_bedside = role in Role
    person = Person.objects.create_user(
        row["username"], row["password"], printed_name=row["name"], is_staff=not at_bedside
    )
    person.groups.add(Group.objects.get(name=role))
    # Whoever manages a ward works there.
    if at_bedside or role == "ward manager":
        Membership.objects.create(person=person, ward=ward, role=role if at_bedside else Role.NURSE)


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
