"""Make a content file the draft of its protocol."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from procedures import contentfile, drafting, loading
from procedures.contentfile import Content, Misread
from procedures.core import release as releases
from procedures.core.document import Problem
from procedures.core.errors import Refusal
from procedures.models import Protocol


class Command(BaseCommand):
    help = (
        "Fill a protocol's draft from a YAML file. Publishes nothing; repeating it changes nothing. "
        "What would keep the draft from being published is told, with its line."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="also when the draft says something else by now")

    def handle(self, *args: Any, **options: Any) -> None:
        file = options["file"]
        try:
            content = contentfile.read(file.read_bytes())
            if problems := loading.unkept(content.draft):
                raise CommandError("\n".join(_places(file, content, problems)))
            if not options["replace"]:
                _spare_edits(content.draft)
            protocol = loading.load(content.draft)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except Misread as misread:
            raise CommandError(f"{file}:{misread.line}: {misread.told}") from misread
        except Refusal as refusal:
            raise CommandError(f"{file}: {refusal.words} {refusal.where}") from refusal
        self.stdout.write(f"The draft of {protocol.key} is what {file} says.")
        if doubts := releases.draft_problems(loading.with_number(content.draft)):
            self.stderr.write("\n".join(["It cannot be published yet:", *_places(file, content, doubts)]))


def _places(file: Path, content: Content, problems: list[Problem]) -> list[str]:
    """Each problem behind the place in the file that an editor's program can jump to, in the file's order."""
    found = [(content.line_of(problem), str(problem)) for problem in problems]
    return [f"{file}:{line}: {words}" for line, words in sorted(found)]


def _spare_edits(draft: drafting.Json) -> None:
    """What people have changed in the admin stands nowhere else until it is published."""
    protocol = Protocol.objects.filter(key=draft["protocol"]).first()
    if protocol and protocol.phases.exists() and not drafting.says(protocol, drafting.content_digest(draft)):
        raise CommandError(f"The draft of {protocol.key} says something else. Overwrite it with --replace.")
