"""Check the whole journal against itself, and say what does not verify."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from procedures import verification


class Command(BaseCommand):
    help = "Check positions, hashes, digests, links, signatures and certificates of every ward's log."

    def handle(self, *args: Any, **options: Any) -> None:
        check = verification.run()
        for finding in check.findings:
            self.stdout.write(", ".join(f"{name} {value}" for name, value in finding.items()))
        if check.findings:
            raise CommandError(f"{len(check.findings)} findings in {check.entries} entries.")
        self.stdout.write(f"{check.entries} entries verify.")
