"""The triggers that refuse any change to entries and releases."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from procedures import append_only


def install(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("procedures", "0001_tables")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
