import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from procedures import append_only


def install(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Again: SQLite makes a changed table anew, without its triggers."""
    append_only.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("procedures", "0009_looking"),
    ]

    operations = [
        migrations.CreateModel(
            name="RecordConsent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64)),
                ("status", models.CharField(max_length=20)),
                ("decision", models.CharField(blank=True, max_length=64)),
                ("last_ms", models.BigIntegerField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="accessrow",
            name="filter",
            field=models.JSONField(help_text="as records_query.Selection has it", null=True, verbose_name="chosen by"),
        ),
        migrations.AddField(
            model_name="record",
            name="closed_ms",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="record",
            name="flags",
            field=models.TextField(blank=True, verbose_name="flags"),
        ),
        migrations.AddField(
            model_name="record",
            name="folded_as",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="record",
            name="outcome",
            field=models.CharField(blank=True, max_length=64, verbose_name="outcome"),
        ),
        migrations.AddField(
            model_name="record",
            name="overridden",
            field=models.BooleanField(default=False, verbose_name="overridden"),
        ),
        migrations.AlterField(
            model_name="accessrow",
            name="kind",
            field=models.CharField(
                choices=[
                    ("exported", "export asked for"),
                    ("downloaded", "export downloaded"),
                    ("viewed", "record looked at"),
                    ("listed", "records listed"),
                ],
                max_length=20,
                verbose_name="what",
            ),
        ),
        migrations.AlterField(
            model_name="exportjob",
            name="filter",
            field=models.JSONField(help_text="as records_query.Selection has it", verbose_name="cases"),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(fields=["start_ms", "case"], name="record_by_start"),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(fields=["closed_ms", "case"], name="record_by_closing"),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(fields=["release"], name="record_by_release"),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(condition=models.Q(("overridden", True)), fields=["case"], name="record_overridden"),
        ),
        migrations.AddField(
            model_name="recordconsent",
            name="record",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="consents",
                to="procedures.record",
            ),
        ),
        migrations.AddIndex(
            model_name="recordconsent",
            index=models.Index(fields=["key", "status"], name="consent_by_status"),
        ),
        migrations.AddConstraint(
            model_name="recordconsent",
            constraint=models.UniqueConstraint(fields=("record", "key"), name="one_row_a_kind_of_consent"),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
