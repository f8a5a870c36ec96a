"""What the database itself refuses: changing or deleting rows of the journal, of photographs, of releases and the acts
that lead to them, of accesses; and a release that nobody but its own proposer approved.

Triggers refuse it on both databases, for every role. On PostgreSQL with DATABASE_OWNER_URL set, the role of the web
process moreover has no right to update, delete or truncate these tables, nor to drop the triggers. Legal erasure and
flushing a test database lift the triggers by name.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

TABLES: Final = (
    "procedures_entry",
    "procedures_entrycontent",
    "procedures_blob",
    "procedures_release",
    "procedures_proposal",
    "procedures_decision",
    "procedures_recall",
    "procedures_accessrow",
)

# Rows that are refused when they come, by table: what must be so of NEW, and what the refusal says.
_ADMITTED: Final = {
    "procedures_decision": (
        """NEW.kind = 'replaced' OR EXISTS (
            SELECT 1 FROM procedures_proposal AS proposal
            WHERE proposal.id = NEW.proposal_id AND proposal.proposed_by_id <> NEW.decided_by_id)""",
        "another person decides than the one who proposed",
    ),
    "procedures_release": (
        """EXISTS (
            SELECT 1 FROM procedures_proposal AS proposal
            JOIN procedures_decision AS decision ON decision.proposal_id = proposal.id
            WHERE proposal.id = NEW.proposal_id AND proposal.protocol_id = NEW.protocol_id
            AND decision.kind = 'approved' AND decision.decided_by_id = NEW.published_by_id)""",
        "a release needs a proposal that another person approved",
    ),
}

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
    present = [table for table in TABLES if table in made]
    if "procedures_decision" in made:
        for table, (condition, words) in _ADMITTED.items():
            statements |= _admission(connection.vendor, table, condition, words)
    for table in present:
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


def _admission(vendor: str, table: str, condition: str, words: str) -> dict[str, str]:
    """The trigger that refuses a new row unless the condition holds of it."""
    if vendor == "postgresql":
        return {
            f"bedside_admit ON {table}": f"""
            CREATE OR REPLACE FUNCTION bedside_admit_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN IF {condition} THEN RETURN NEW; END IF; RAISE EXCEPTION 'refused: {words}'; END $$;
            CREATE TRIGGER bedside_admit BEFORE INSERT ON {table}
            FOR EACH ROW EXECUTE FUNCTION bedside_admit_{table}()"""
        }
    name = f"bedside_admit_{table}"
    return {
        name: f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN NOT ({condition}) "
        f"BEGIN SELECT RAISE(ABORT, 'refused: {words}'); END"
    }


def _drop(name: str) -> str:
    return f"DROP TRIGGER IF EXISTS {name}"
