"""Make a content file the draft of its protocol."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from procedures import drafting, loading
from procedures.core.errors import Refusal
from procedures.models import Protocol


class Command(BaseCommand):
    help = "Fill a protocol's draft from a JSON file. Publishes nothing; repeating it changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="also when the draft says something else by now")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            draft = loading.read(options["file"].read_bytes())
            if not options["replace"]:
                _spare_edits(draft)
            protocol = loading.load(draft)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except Refusal as refusal:
            places = "".join(f"\n  {place}" for place in refusal.where.split("; "))
            raise CommandError(f"{options['file']}: {refusal.words}{places}") from refusal
        self.stdout.write(f"The draft of {protocol.key} is what {options['file']} says.")


def _spare_edits(draft: drafting.Json) -> None:
    """What people have changed in the admin stands nowhere else until it is published."""
    protocol = Protocol.objects.filter(key=draft.get("protocol", "")).first()
    if protocol and protocol.phases.exists() and not drafting.says(protocol, drafting.content_digest(draft)):
        raise CommandError(f"The draft of {protocol.key} says something else. Overwrite it with --replace.")
