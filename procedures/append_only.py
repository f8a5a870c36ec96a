"""What the database itself refuses: changing or deleting rows of the journal, of releases, of accesses.

Triggers refuse it on both databases, for every role. On PostgreSQL with DATABASE_OWNER_URL set, the role of the web
process moreover has no right to update, delete or truncate these tables, nor to drop the triggers. Legal erasure and
flushing a test database lift the triggers by name.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

TABLES: Final = ("procedures_entry", "procedures_entrycontent", "procedures_release", "procedures_accessrow")

_POSTGRES_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION bedside_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'append-only: % of % refused', TG_OP, TG_TABLE_NAME; END $$
"""


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place. Repeating it changes nothing.

    Tables that a later migration makes are left out; that migration calls this again.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES_FUNCTION)
        for name, statement in _triggers(connection).items():
            cursor.execute(_drop(name))
            cursor.execute(statement)


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Take the triggers away for a moment; for a test's flush and for legal erasure only."""
    with connection.cursor() as cursor:
        for name in _triggers(connection):
            cursor.execute(_drop(name))
    try:
        yield
    finally:
        install(connection)


def grant(owner: BaseDatabaseWrapper, role: str) -> None:
    """Give the web process's role what it needs and no more. Run by the tables' owner after each migration."""
    quoted = owner.ops.quote_name(role)
    with owner.cursor() as cursor:
        tables = [table.name for table in owner.introspection.get_table_list(cursor) if table.type in {"t", "p"}]
        for table in tables:
            rights = "SELECT, INSERT" if table in TABLES else "SELECT, INSERT, UPDATE, DELETE"
            cursor.execute(f"REVOKE ALL ON {owner.ops.quote_name(table)} FROM {quoted}")
            cursor.execute(f"GRANT {rights} ON {owner.ops.quote_name(table)} TO {quoted}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")


def owner_alias(alias: str) -> str:
    """The connection that may change tables: "owner" where DATABASE_OWNER_URL is set, else the one asked for.

    It follows the asked-for database's name, so that a test database is the same for both roles.
    """
    if alias != "default" or "owner" not in connections:
        return alias
    name = connections[alias].settings_dict["NAME"]
    if connections["owner"].settings_dict["NAME"] != name:
        connections["owner"].close()
        connections["owner"].settings_dict["NAME"] = name
    return "owner"


def _triggers(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Trigger statements by "name ON table"."""
    statements: dict[str, str] = {}
    made = set(connection.introspection.table_names())
    for table in (table for table in TABLES if table in made):
        if connection.vendor == "postgresql":
            statements[f"bedside_rows ON {table}"] = (
                f"CREATE TRIGGER bedside_rows BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION bedside_refuse()"
            )
            statements[f"bedside_truncate ON {table}"] = (
                f"CREATE TRIGGER bedside_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION bedside_refuse()"
            )
            continue
        for act in ("UPDATE", "DELETE"):
            name = f"bedside_no_{act.lower()}_{table}"
            statements[name] = (
                f"CREATE TRIGGER {name} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'append-only: {act} of {table} refused'); END"
            )
    return statements


def _drop(name: str) -> str:
    return f"DROP TRIGGER IF EXISTS {name}"
