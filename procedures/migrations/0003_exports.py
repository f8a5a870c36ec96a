"""Exports by the worker, who took records out, and the group of those who may."""

import uuid
from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from procedures import append_only


def install(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    append_only.install(schema_editor.connection)


def make_auditors(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The group, with its permissions: Django itself makes permissions only after the last migration."""
    alias = schema_editor.connection.alias

    def named(model: str) -> Any:
        return apps.get_model(*model.split(".")).objects.using(alias)

    record, _ = named("contenttypes.ContentType").get_or_create(app_label="procedures", model="record")
    permissions = [
        named("auth.Permission").get_or_create(content_type=record, codename=codename, defaults={"name": name})[0]
        for codename, name in [("view_record", "Can view record"), ("export_record", "Can export records")]
    ]
    group, _ = named("auth.Group").get_or_create(name="auditor")
    group.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("procedures", "0002_append_only"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="record",
            options={
                "ordering": ["-start_ms"],
                "permissions": [("export_record", "Can export records")],
                "verbose_name": "record",
                "verbose_name_plural": "records",
            },
        ),
        migrations.CreateModel(
            name="ExportJob",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked for")),
                (
                    "filter",
                    models.JSONField(
                        help_text="ward, protocol, status, from, to; null where any will do", verbose_name="cases"
                    ),
                ),
                ("identified", models.BooleanField(default=False, verbose_name="identified")),
                ("purpose", models.CharField(blank=True, max_length=500, verbose_name="purpose")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("finished", "finished"),
                            ("failed", "failed"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0, verbose_name="cases in all")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="cases done")),
                ("attempt", models.PositiveSmallIntegerField(default=0, verbose_name="attempt")),
                ("heartbeat_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("file_name", models.CharField(blank=True, max_length=60)),
                ("size", models.BigIntegerField(null=True, verbose_name="size in bytes")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="SHA-256")),
                ("failure", models.CharField(blank=True, max_length=40, verbose_name="failure")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked for by",
                    ),
                ),
            ],
            options={
                "verbose_name": "export",
                "verbose_name_plural": "exports",
                "ordering": ["-asked_at"],
            },
        ),
        migrations.CreateModel(
            name="AccessRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                (
                    "kind",
                    models.CharField(
                        choices=[("exported", "export asked for"), ("downloaded", "export downloaded")],
                        max_length=20,
                        verbose_name="what",
                    ),
                ),
                ("cases", models.PositiveIntegerField(verbose_name="cases")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="access_rows",
                        to="procedures.exportjob",
                        verbose_name="export",
                    ),
                ),
            ],
            options={
                "verbose_name": "access log entry",
                "verbose_name_plural": "access log entries",
                "ordering": ["-at"],
            },
        ),
        migrations.AddConstraint(
            model_name="exportjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("identified", False), models.Q(("purpose", ""), _negated=True), _connector="OR"),
                name="identity_has_a_purpose",
            ),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
        migrations.RunPython(make_auditors, migrations.RunPython.noop),
    ]
