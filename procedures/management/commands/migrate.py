"""Django's `migrate`, run by the role that owns the tables, which then grants the web process its rights."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from procedures import append_only


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        asked = options["database"]
        options["database"] = append_only.owner_alias(asked)
        super().handle(*args, **options)
        if options["database"] != asked:
            append_only.grant(connections["owner"], connections[asked].settings_dict["USER"])
