"""Django's `migrate`, run by the role that owns the tables, which then grants the web process its rights.

Records are not moved by migrations but folded anew from their entries, where a newer version folds otherwise.
"""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from procedures import append_only, records


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        asked = options["database"]
        options["database"] = append_only.owner_alias(asked)
        super().handle(*args, **options)
        if options["database"] != asked:
            append_only.grant(connections["owner"], connections[asked].settings_dict["USER"])
        if not options["plan"] and not options["check_unapplied"] and _is_whole(asked):
            renewed = records.renew()
            if renewed and options["verbosity"]:
                self.stdout.write(f"{renewed} records folded anew.")


def _is_whole(alias: str) -> bool:
    """Whether no migration is left to do: it may have been asked for an earlier one."""
    executor = MigrationExecutor(connections[alias])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
