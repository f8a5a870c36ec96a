"""A protocol's draft as rows, who published a release and why, and the groups that edit and publish."""

import django.core.validators
import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import procedures.models.fields
import procedures.models.protocol
from procedures import append_only

# Rights by group. None of them reaches records.
GROUPS = {
    "editor": ("view_protocol", "add_protocol", "change_protocol", "view_release"),
    "approver": ("view_protocol", "publish_protocol", "view_release"),
}


def make_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Rights are otherwise made after all migrations; those of the groups are needed now."""
    alias = schema_editor.connection.alias
    groups, rights, kinds = (
        apps.get_model(name)._default_manager.using(alias)
        for name in ("auth.Group", "auth.Permission", "contenttypes.ContentType")
    )
    for name, codenames in GROUPS.items():
        group, _ = groups.get_or_create(name=name)
        for codename in codenames:
            verb, model = codename.split("_")
            kind, _ = kinds.get_or_create(app_label="procedures", model=model)
            words = {"name": "Can publish a protocol" if verb == "publish" else f"Can {verb} {model}"}
            group.permissions.add(rights.get_or_create(content_type=kind, codename=codename, defaults=words)[0])


def install_triggers(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Again: SQLite made the table of releases anew for its columns, without the triggers."""
    append_only.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("procedures", "0003_exports"),
    ]

    operations = [
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "order",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Drag the row, or use the arrows. A new one comes last.",
                        verbose_name="order",
                    ),
                ),
                (
                    "key",
                    procedures.models.fields.KeyField(
                        help_text="Conditions and records name the question by it, such as bleed.inr. Keep it once in use.",
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A(?:[a-z][a-z0-9_.-]{0,63})\\Z",
                                "Begin with a small letter; then small letters, digits, dots, hyphens and underscores, 64 at most.",
                            )
                        ],
                        verbose_name="key",
                    ),
                ),
                (
                    "text",
                    procedures.models.fields.WordsField(
                        default=dict, help_text="As it stands on the tablet.", verbose_name="question"
                    ),
                ),
                (
                    "help",
                    procedures.models.fields.WordsField(
                        blank=True,
                        default=dict,
                        help_text="Shown with the source when the note beside the question is tapped.",
                        verbose_name="help",
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("confirm", "confirm: done, or not so"),
                            ("yes-no", "yes or no"),
                            ("yes-no-unknown", "yes, no or not known"),
                            ("choice", "one of several choices"),
                            ("choices", "any of several choices"),
                            ("number", "a number"),
                            ("text", "text"),
                            ("datetime", "date and time"),
                            ("scan", "scanned code"),
                            ("computed", "computed, never asked"),
                        ],
                        default="yes-no",
                        help_text="How it is answered: buttons, a number pad, a clock.",
                        max_length=20,
                        verbose_name="type",
                    ),
                ),
                (
                    "source",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Guideline, statute or person that this rests on.",
                        verbose_name="source",
                    ),
                ),
                (
                    "unconfirmed",
                    models.BooleanField(
                        default=False,
                        help_text="Our suggestion, which the hospital has not confirmed yet. Marked so on the tablet.",
                        verbose_name="to be confirmed",
                    ),
                ),
                (
                    "private",
                    models.BooleanField(
                        default=False,
                        help_text="The tablet says to ask when nobody else listens.",
                        verbose_name="private",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Of a number; shown beside it. A bare 1: none.",
                        verbose_name="unit",
                    ),
                ),
                (
                    "decimals",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Of a number: exactly so many, 0 to 6.",
                        null=True,
                        verbose_name="decimals",
                    ),
                ),
                (
                    "min",
                    models.CharField(
                        blank=True, default="", help_text="Of a number, with all its decimals.", verbose_name="least"
                    ),
                ),
                (
                    "max",
                    models.CharField(
                        blank=True, default="", help_text="Of a number, with all its decimals.", verbose_name="most"
                    ),
                ),
                (
                    "max_bytes",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Of a text, in bytes. Empty: 2000.",
                        null=True,
                        verbose_name="longest text",
                    ),
                ),
                (
                    "none",
                    models.BooleanField(
                        default=False,
                        help_text="Of a date and time: a button “none” beside it.",
                        verbose_name="may be none",
                    ),
                ),
                (
                    "required",
                    models.BooleanField(
                        default=True, help_text="The phase cannot be signed without an answer.", verbose_name="required"
                    ),
                ),
                (
                    "required_when",
                    procedures.models.fields.LineField(
                        blank=True,
                        default="",
                        help_text="Required only when this is so. Empty: always, if ticked above.",
                        verbose_name="required when",
                    ),
                ),
                (
                    "show_when",
                    procedures.models.fields.LineField(
                        blank=True,
                        default="",
                        help_text="Asked only when this is so. Empty: always.",
                        verbose_name="shown when",
                    ),
                ),
                (
                    "per_side",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Key of the question in which sides are chosen: asked once for each.",
                        max_length=64,
                        verbose_name="once a side",
                    ),
                ),
                (
                    "per_row",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Key of a table: asked for each row.",
                        max_length=64,
                        verbose_name="once a row",
                    ),
                ),
                (
                    "repeat",
                    procedures.models.fields.ShapeField(
                        blank=True,
                        help_text="Minutes after the time given in another question.",
                        null=True,
                        verbose_name="again later",
                    ),
                ),
                (
                    "not_so_level",
                    models.CharField(
                        blank=True,
                        choices=[("stop", "stop"), ("caution", "caution"), ("note", "note")],
                        default="",
                        help_text="Stop: the phase cannot be signed until it is cleared or overridden. Caution: must be acknowledged. Note: only shown.",
                        max_length=10,
                        verbose_name="level",
                    ),
                ),
                (
                    "not_so_message",
                    procedures.models.fields.WordsField(
                        blank=True,
                        default=dict,
                        help_text="What the tablet says when a confirmation is “not so”.",
                        verbose_name="message",
                    ),
                ),
                (
                    "not_so_override",
                    procedures.models.fields.RolesField(
                        blank=True,
                        default=list,
                        help_text="Of a stop: these roles, with a reason. None ticked: no one.",
                        verbose_name="who may override",
                    ),
                ),
                (
                    "computed_condition",
                    procedures.models.fields.LineField(
                        blank=True,
                        default="",
                        help_text="Of the type computed: reads yes when this is so, else no.",
                        verbose_name="computed from",
                    ),
                ),
                (
                    "computed_table",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Of the type computed: lists the rows of this table that are there.",
                        max_length=64,
                        verbose_name="or from the table",
                    ),
                ),
                (
                    "shows",
                    procedures.models.fields.KeysField(
                        blank=True,
                        default=list,
                        help_text="Keys of earlier questions whose answers are shown with it, separated by commas.",
                        verbose_name="shows",
                    ),
                ),
                (
                    "suggest",
                    procedures.models.fields.ShapeField(
                        blank=True,
                        default=list,
                        help_text="Answers that the tablet offers when a condition holds.",
                        verbose_name="suggestions",
                    ),
                ),
                (
                    "codes",
                    procedures.models.fields.ShapeField(
                        blank=True,
                        default=list,
                        help_text="For exports, such as LOINC. Leave out what is not confirmed.",
                        verbose_name="codes",
                    ),
                ),
            ],
            options={
                "verbose_name": "question",
                "verbose_name_plural": "questions",
                "ordering": ["order", "pk"],
            },
        ),
        migrations.AlterModelOptions(
            name="protocol",
            options={
                "permissions": [("publish_protocol", "Can publish a protocol")],
                "verbose_name": "protocol",
                "verbose_name_plural": "protocols",
            },
        ),
        migrations.AddField(
            model_name="protocol",
            name="languages",
            field=procedures.models.fields.KeysField(
                blank=True,
                default=procedures.models.protocol._first_languages,
                help_text="Codes, separated by commas. Every text must be there in each of them.",
                verbose_name="languages",
            ),
        ),
        migrations.AddField(
            model_name="protocol",
            name="review_by",
            field=models.DateField(
                help_text="By then someone must have read the protocol again.", null=True, verbose_name="review by"
            ),
        ),
        migrations.AddField(
            model_name="protocol",
            name="title",
            field=procedures.models.fields.WordsField(
                default=dict, help_text="What the tablet calls the checklist.", verbose_name="title"
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="published_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="published by",
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="reason",
            field=models.TextField(default="", verbose_name="reason"),
        ),
        migrations.AlterField(
            model_name="protocol",
            name="key",
            field=procedures.models.fields.KeyField(
                help_text="Names the protocol in every record. Never changes, so choose it with care.",
                max_length=64,
                primary_key=True,
                serialize=False,
                validators=[
                    django.core.validators.RegexValidator(
                        "\\A(?:[a-z][a-z0-9_.-]{0,63})\\Z",
                        "Begin with a small letter; then small letters, digits, dots, hyphens and underscores, 64 at most.",
                    )
                ],
                verbose_name="key",
            ),
        ),
        migrations.CreateModel(
            name="About",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "order",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Drag the row, or use the arrows. A new one comes last.",
                        verbose_name="order",
                    ),
                ),
                ("heading", procedures.models.fields.WordsField(default=dict, verbose_name="heading")),
                (
                    "html",
                    procedures.models.fields.HtmlField(
                        default=dict, help_text="Read on the tablet under “About this procedure”.", verbose_name="text"
                    ),
                ),
                (
                    "source",
                    models.TextField(
                        help_text="Guideline, statute or person that this rests on.", verbose_name="source"
                    ),
                ),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="about", to="procedures.protocol"
                    ),
                ),
            ],
            options={
                "verbose_name": "about the procedure",
                "verbose_name_plural": "about the procedure",
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ConsentForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "order",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Drag the row, or use the arrows. A new one comes last.",
                        verbose_name="order",
                    ),
                ),
                (
                    "key",
                    procedures.models.fields.KeyField(
                        help_text="Conditions and records name the consent by it. Keep it once in use.",
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A(?:[a-z][a-z0-9_.-]{0,63})\\Z",
                                "Begin with a small letter; then small letters, digits, dots, hyphens and underscores, 64 at most.",
                            )
                        ],
                        verbose_name="key",
                    ),
                ),
                ("title", procedures.models.fields.WordsField(default=dict, verbose_name="title")),
                (
                    "text",
                    procedures.models.fields.HtmlField(
                        default=dict,
                        help_text="What is read before consent is given. A change asks for consent anew.",
                        verbose_name="text",
                    ),
                ),
                (
                    "source",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Guideline, statute or person that this rests on.",
                        verbose_name="legal basis",
                    ),
                ),
                (
                    "needed",
                    models.BooleanField(default=True, help_text="The tablet asks for it.", verbose_name="needed"),
                ),
                (
                    "needed_when",
                    procedures.models.fields.LineField(
                        blank=True,
                        default="",
                        help_text="Needed only when this is so. Empty: always, if ticked above.",
                        verbose_name="needed when",
                    ),
                ),
                (
                    "valid_days",
                    models.PositiveBigIntegerField(
                        blank=True,
                        help_text="Then it must be confirmed again. Empty: no limit.",
                        null=True,
                        verbose_name="valid for days",
                    ),
                ),
                (
                    "depends_on",
                    procedures.models.fields.KeysField(
                        blank=True,
                        default=list,
                        help_text="Keys of questions; when an answer changes, consent must be confirmed again.",
                        verbose_name="depends on",
                    ),
                ),
                (
                    "before",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Key of a date and time: consent given after it does not count.",
                        max_length=64,
                        verbose_name="before",
                    ),
                ),
                (
                    "rules",
                    procedures.models.fields.ShapeField(
                        default=list,
                        help_text="The first rule whose condition holds counts; the last one has none.",
                        verbose_name="who must consent",
                    ),
                ),
                (
                    "relations",
                    procedures.models.fields.ShapeField(
                        default=list, help_text="Who can consent.", verbose_name="relations"
                    ),
                ),
                (
                    "methods",
                    procedures.models.fields.ShapeField(
                        default=list, help_text="How consent can be given.", verbose_name="ways"
                    ),
                ),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="consents", to="procedures.protocol"
                    ),
                ),
            ],
            options={
                "verbose_name": "consent",
                "verbose_name_plural": "consents",
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Example",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "order",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Drag the row, or use the arrows. A new one comes last.",
                        verbose_name="order",
                    ),
                ),
                ("name", models.CharField(help_text="What it shows, in a sentence.", verbose_name="name")),
                (
                    "content",
                    procedures.models.fields.ShapeField(
                        default=dict,
                        help_text="Answers, and what must come of them: holds, shown questions, phases. Times are ms since 1970.",
                        verbose_name="case",
                    ),
                ),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="examples", to="procedures.protocol"
                    ),
                ),
            ],
            options={
                "verbose_name": "example",
                "verbose_name_plural": "examples",
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "order",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Drag the row, or use the arrows. A new one comes last.",
                        verbose_name="order",
                    ),
                ),
                (
                    "key",
                    procedures.models.fields.KeyField(
                        help_text="Names the rule in records. Leave it once it is in use.",
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A(?:[a-z][a-z0-9_.-]{0,63})\\Z",
                                "Begin with a small letter; then small letters, digits, dots, hyphens and underscores, 64 at most.",
                            )
                        ],
                        verbose_name="key",
                    ),
                ),
                (
                    "when",
                    procedures.models.fields.LineField(
                        blank=True,
                        default="",
                        help_text="The rule shows while this is so, for example: bleed.inr > 3.0",
                        verbose_name="when",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("stop", "stop"), ("caution", "caution"), ("note", "note")],
                        help_text="Stop: the phase cannot be signed until it is cleared or overridden. Caution: must be acknowledged. Note: only shown.",
                        max_length=10,
                        verbose_name="level",
                    ),
                ),
                (
                    "message",
                    procedures.models.fields.WordsField(
                        default=dict,
                        help_text="What the tablet says then: what is wrong, and what to do.",
                        verbose_name="message",
                    ),
                ),
                (
                    "override",
                    procedures.models.fields.RolesField(
                        blank=True,
                        default=list,
                        help_text="Of a stop: these roles, with a reason. None ticked: no one.",
                        verbose_name="who may override",
                    ),
                ),
                (
                    "source",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="Guideline, statute or person that this rests on.",
                        verbose_name="source",
                    ),
                ),
                (
                    "unconfirmed",
                    models.BooleanField(
                        default=False,
                        help_text="Our suggestion, which the hospital has not confirmed yet. Marked so on the tablet.",
                        verbose_name="to be confirmed",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="holds", to="procedures.item"
                    ),
                ),
            ],
            options={
                "verbose_name": "rule",
                "verbose_name_plural": "rules",
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "order",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Drag the row, or use the arrows. A new one comes last.",
                        verbose_name="order",
                    ),
                ),
                (
                    "key",
                    procedures.models.fields.KeyField(
                        help_text="none means “none of these”, and stands alone.",
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A(?:[a-z][a-z0-9_.-]{0,63})\\Z",
                                "Begin with a small letter; then small letters, digits, dots, hyphens and underscores, 64 at most.",
                            )
                        ],
                        verbose_name="key",
                    ),
                ),
                (
                    "text",
                    procedures.models.fields.WordsField(default=dict, help_text="On the button.", verbose_name="text"),
                ),
                (
                    "selectable",
                    models.BooleanField(
                        default=True, help_text="Unticked: shown grey, with the reason.", verbose_name="can be chosen"
                    ),
                ),
                (
                    "why",
                    procedures.models.fields.WordsField(
                        blank=True, default=dict, help_text="Why it cannot be chosen.", verbose_name="why not"
                    ),
                ),
                (
                    "parts",
                    procedures.models.fields.KeysField(
                        blank=True,
                        default=None,
                        help_text="The sides that it means, separated by commas: for both, left, right. Empty: itself.",
                        null=True,
                        verbose_name="stands for",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="choices", to="procedures.item"
                    ),
                ),
            ],
            options={
                "verbose_name": "choice",
                "verbose_name_plural": "choices",
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Absent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "order",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Drag the row, or use the arrows. A new one comes last.",
                        verbose_name="order",
                    ),
                ),
                (
                    "key",
                    procedures.models.fields.KeyField(
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A(?:[a-z][a-z0-9_.-]{0,63})\\Z",
                                "Begin with a small letter; then small letters, digits, dots, hyphens and underscores, 64 at most.",
                            )
                        ],
                        verbose_name="key",
                    ),
                ),
                (
                    "text",
                    procedures.models.fields.WordsField(
                        default=dict,
                        help_text="Why there is no answer: stands among the answers as a button.",
                        verbose_name="reason",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("stop", "stop"), ("caution", "caution"), ("note", "note")],
                        help_text="Stop: the phase cannot be signed until it is cleared or overridden. Caution: must be acknowledged. Note: only shown.",
                        max_length=10,
                        verbose_name="level",
                    ),
                ),
                (
                    "message",
                    procedures.models.fields.WordsField(
                        default=dict,
                        help_text="What the tablet says then: what is wrong, and what to do.",
                        verbose_name="message",
                    ),
                ),
                (
                    "override",
                    procedures.models.fields.RolesField(
                        blank=True,
                        default=list,
                        help_text="Of a stop: these roles, with a reason. None ticked: no one.",
                        verbose_name="who may override",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="absent", to="procedures.item"
                    ),
                ),
            ],
            options={
                "verbose_name": "way to be without an answer",
                "verbose_name_plural": "without an answer",
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Phase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "order",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Drag the row, or use the arrows. A new one comes last.",
                        verbose_name="order",
                    ),
                ),
                (
                    "key",
                    procedures.models.fields.KeyField(
                        help_text="Names the phase in records and conditions. Leave it once it is in use.",
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A(?:[a-z][a-z0-9_.-]{0,63})\\Z",
                                "Begin with a small letter; then small letters, digits, dots, hyphens and underscores, 64 at most.",
                            )
                        ],
                        verbose_name="key",
                    ),
                ),
                (
                    "title",
                    procedures.models.fields.WordsField(
                        default=dict,
                        help_text="One word or two: it stands in the tablet's list of phases.",
                        verbose_name="title",
                    ),
                ),
                (
                    "when",
                    procedures.models.fields.WordsField(
                        default=dict,
                        help_text="When it is filled in, in words; shown under the title.",
                        verbose_name="when",
                    ),
                ),
                (
                    "filled_by",
                    procedures.models.fields.RolesField(
                        blank=True,
                        default=list,
                        help_text="Who answers. It keeps no one out.",
                        verbose_name="filled in by",
                    ),
                ),
                (
                    "day_of",
                    models.BooleanField(
                        default=False,
                        help_text="A postponed case asks for these answers again.",
                        verbose_name="on the day",
                    ),
                ),
                (
                    "begins",
                    models.BooleanField(
                        default=False,
                        help_text="Once it is signed, the case is in progress.",
                        verbose_name="begins the procedure",
                    ),
                ),
                (
                    "after",
                    procedures.models.fields.KeysField(
                        blank=True,
                        default=list,
                        help_text="Keys of earlier phases that must be signed before this one, separated by commas.",
                        verbose_name="after",
                    ),
                ),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="phases", to="procedures.protocol"
                    ),
                ),
            ],
            options={
                "verbose_name": "phase",
                "verbose_name_plural": "phases",
                "ordering": ["order", "pk"],
            },
        ),
        migrations.AddField(
            model_name="item",
            name="phase",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="items", to="procedures.phase"
            ),
        ),
        migrations.CreateModel(
            name="SignatureSlot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "order",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Drag the row, or use the arrows. A new one comes last.",
                        verbose_name="order",
                    ),
                ),
                (
                    "meaning",
                    procedures.models.fields.KeyField(
                        help_text="What signing says: performed, or checked. Shown beside the signature.",
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A(?:[a-z][a-z0-9_.-]{0,63})\\Z",
                                "Begin with a small letter; then small letters, digits, dots, hyphens and underscores, 64 at most.",
                            )
                        ],
                        verbose_name="meaning",
                    ),
                ),
                (
                    "roles",
                    procedures.models.fields.RolesField(
                        blank=True, default=list, help_text="Who may sign.", verbose_name="roles"
                    ),
                ),
                (
                    "another_person",
                    models.BooleanField(
                        default=False, help_text="Not the one who signed before.", verbose_name="another person"
                    ),
                ),
                (
                    "guest",
                    models.BooleanField(
                        default=False,
                        help_text="Someone who is not on this tablet may sign, witnessed by one who is.",
                        verbose_name="guest",
                    ),
                ),
                (
                    "when",
                    procedures.models.fields.LineField(
                        blank=True,
                        default="",
                        help_text="Needed only when this is so. Empty: always. The word held: when there is a stop or caution.",
                        verbose_name="when",
                    ),
                ),
                (
                    "phase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="signatures", to="procedures.phase"
                    ),
                ),
            ],
            options={
                "verbose_name": "signature",
                "verbose_name_plural": "signatures",
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Table",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    procedures.models.fields.KeyField(
                        help_text="Questions name the table by it.",
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A(?:[a-z][a-z0-9_.-]{0,63})\\Z",
                                "Begin with a small letter; then small letters, digits, dots, hyphens and underscores, 64 at most.",
                            )
                        ],
                        verbose_name="key",
                    ),
                ),
                (
                    "protocol",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tables", to="procedures.protocol"
                    ),
                ),
            ],
            options={
                "verbose_name": "table",
                "verbose_name_plural": "tables",
                "ordering": ["key", "pk"],
            },
        ),
        migrations.CreateModel(
            name="TableRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "order",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Drag the row, or use the arrows. A new one comes last.",
                        verbose_name="order",
                    ),
                ),
                (
                    "key",
                    procedures.models.fields.KeyField(
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A(?:[a-z][a-z0-9_.-]{0,63})\\Z",
                                "Begin with a small letter; then small letters, digits, dots, hyphens and underscores, 64 at most.",
                            )
                        ],
                        verbose_name="key",
                    ),
                ),
                (
                    "title",
                    procedures.models.fields.WordsField(
                        default=dict, help_text="As it stands on the tablet.", verbose_name="title"
                    ),
                ),
                (
                    "when",
                    procedures.models.fields.LineField(
                        blank=True,
                        default="",
                        help_text="There only when this is so. Empty: always.",
                        verbose_name="when",
                    ),
                ),
                (
                    "per_side",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="Key of the question in which sides are chosen: there once for each.",
                        max_length=64,
                        verbose_name="once a side",
                    ),
                ),
                (
                    "table",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="procedures.table"
                    ),
                ),
            ],
            options={
                "verbose_name": "row",
                "verbose_name_plural": "rows",
                "ordering": ["order", "pk"],
            },
        ),
        migrations.RunPython(make_groups, migrations.RunPython.noop),
        migrations.RunPython(install_triggers, migrations.RunPython.noop),
    ]
