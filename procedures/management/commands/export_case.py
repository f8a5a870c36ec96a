"""Write one case as a zip that proves itself; verify_export.py checks it."""

import uuid
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from procedures import access
from procedures.core.errors import PROBLEMS
from procedures.exports.run import plan, write_zip
from procedures.models import Person, Record


class Command(BaseCommand):
    help = "Write a case's entries, certificates, release, log rows, table and signed manifest into a zip."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("case", type=uuid.UUID)
        parser.add_argument("--by", required=True, help="user name of the auditor; noted in the access log")
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--identified", action="store_true", help="with identity and free text; needs --purpose")
        parser.add_argument("--purpose", help="why identity is needed")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["identified"] and not options["purpose"]:
            raise CommandError("An identified export needs --purpose.")
        person = Person.objects.filter(username=options["by"]).first()
        if person is None or not access.may_export(person):
            raise CommandError(PROBLEMS["not-allowed"].words)
        of = plan(Record.objects.filter(case=options["case"]))
        if not of.cases:
            raise CommandError(PROBLEMS["case-unknown"].words)
        access.note_exported(options["case"], person)
        write_zip(options["out"], of, identified=options["identified"], purpose=options["purpose"] or "")
        self.stdout.write(f"Written: {options['out']}")
