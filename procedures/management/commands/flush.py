"""Django's `flush`, run by the role that owns the tables, with the append-only triggers lifted meanwhile."""

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from procedures import append_only


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        options["database"] = append_only.owner_alias(options["database"])
        with append_only.lifted(connections[options["database"]]):
            super().handle(**options)
