"""The fingerprints of the server's signing keys: to be written down apart from the server."""

from typing import Any

from django.core.management.base import BaseCommand

from procedures import keys


class Command(BaseCommand):
    help = "Print the fingerprint of each signing key; the newest last."

    def handle(self, *args: Any, **options: Any) -> None:
        for number in keys.root_keys():
            self.stdout.write(f"{number} {keys.fingerprint(number)}")
