"""Auditors see the journal checks, too: whoever is to prove that nothing was altered need not take it on trust."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def let_auditors_check(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The right itself is there since administrators got it."""
    alias = schema_editor.connection.alias
    groups, rights = (apps.get_model("auth", name)._default_manager.using(alias) for name in ("Group", "Permission"))
    right = rights.get(content_type__app_label="procedures", codename="view_journalcheck")
    for auditors in groups.filter(name="auditor"):
        auditors.permissions.add(right)


class Migration(migrations.Migration):
    dependencies = [("procedures", "0017_judged_now")]

    operations = [migrations.RunPython(let_auditors_check, migrations.RunPython.noop)]
