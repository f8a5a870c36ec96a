"""To be run once after a backup of the database was put back, before tablets reach the server again."""

from typing import Any

from django.core.management.base import BaseCommand

from procedures import journal, records, tokens, verification
from procedures.models import Ward


class Command(BaseCommand):
    help = (
        "Check what was restored, fold all records anew, begin a new chain of the server on every ward, and revoke all"
        " API tokens."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        check = verification.run()
        for ward in Ward.objects.order_by("name"):
            journal.begin_again(ward)
        cases = records.rebuild()
        revoked = tokens.revoke_all()
        self.stdout.write(
            f"{check.entries} entries, {len(check.findings)} findings (see Journal checks); {cases} records folded."
        )
        self.stdout.write(f"{revoked} API tokens revoked: this backup does not know which were revoked after it.")
        self.stdout.write("Tablets will hand in again what came after this backup.")
