import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from procedures import append_only


def install(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Again: SQLite makes a changed table anew, without its triggers."""
    append_only.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("procedures", "0008_stable"),
    ]

    operations = [
        migrations.AddField(
            model_name="accessrow",
            name="case",
            field=models.UUIDField(null=True, verbose_name="case"),
        ),
        migrations.AlterField(
            model_name="accessrow",
            name="job",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="access_rows",
                to="procedures.exportjob",
                verbose_name="export",
            ),
        ),
        migrations.AlterField(
            model_name="accessrow",
            name="kind",
            field=models.CharField(
                choices=[
                    ("exported", "export asked for"),
                    ("downloaded", "export downloaded"),
                    ("viewed", "record looked at"),
                ],
                max_length=20,
                verbose_name="what",
            ),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
