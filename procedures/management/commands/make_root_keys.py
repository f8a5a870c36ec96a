"""Make the root keys on first run. Everything derives from them; back them up apart from the database."""

import os
import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from procedures.core.derivation import SECRET_BYTES, parse_root_keys
from procedures.core.seal import to_text


class Command(BaseCommand):
    help = "Write new root keys with mode 0600, unless there are some already."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BEDSIDE_ROOT_KEYS_FILE
        if settings.BEDSIDE_ROOT_KEYS:
            numbers = ", ".join(str(number) for number in parse_root_keys(settings.BEDSIDE_ROOT_KEYS))
            self.stdout.write(f"Root keys are there: number {numbers}.")
            return
        # O_EXCL: two first starts at once must not end with two sets of keys.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"1:{to_text(secrets.token_bytes(SECRET_BYTES))}\n")
        self.stdout.write(f"Root keys made: {path}. Back them up apart from the database.")
