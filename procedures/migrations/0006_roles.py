"""The groups, each with the least that its work needs. Who sees patients: auditors, and nobody else in the admin.

Nurses, clinicians and anaesthetists work on tablets, where their roles on wards count; their groups open nothing here.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_PEOPLE = ("view_person", "add_person", "change_person", "view_membership", "add_membership", "change_membership")
_TABLETS = ("view_device", "add_device", "change_device", "view_enrolment", "view_ward")
GROUPS: dict[str, tuple[str, ...]] = {
    "nurse": (),
    "clinician": (),
    "anaesthetist": (),
    "editor": ("view_protocol", "add_protocol", "change_protocol", "view_release"),
    "approver": ("view_protocol", "publish_protocol", "view_release"),
    "auditor": ("view_record", "export_record"),
    "ward manager": (*_PEOPLE, *_TABLETS),
    "administrator": (*_PEOPLE, *_TABLETS, "add_ward", "change_ward", "give_rights_person", "view_journalcheck"),
}
# Rights that Django does not make of itself: codename and words.
_OWN = {
    "publish_protocol": ("publish_protocol", "Can publish a protocol"),
    "export_record": ("export_record", "Can export records"),
    "give_rights_person": ("give_rights", "Can give rights in the admin"),
}


def make_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Rights are otherwise made after all migrations; those of the groups are needed now."""
    alias = schema_editor.connection.alias
    groups, rights, kinds = (
        apps.get_model(name)._default_manager.using(alias)
        for name in ("auth.Group", "auth.Permission", "contenttypes.ContentType")
    )
    for name, wanted in GROUPS.items():
        group, _ = groups.get_or_create(name=name)
        given = []
        for each in wanted:
            kind, _ = kinds.get_or_create(app_label="procedures", model=each.rsplit("_", 1)[1])
            codename, words = _OWN.get(each, (each, f"Can {each.replace('_', ' ')}"))
            given.append(rights.get_or_create(content_type=kind, codename=codename, defaults={"name": words})[0])
        group.permissions.set(given)


class Migration(migrations.Migration):
    dependencies = [("procedures", "0005_releasing")]

    operations = [
        migrations.AlterModelOptions(
            name="person",
            options={
                "ordering": ["printed_name"],
                "permissions": [("give_rights", "Can give rights in the admin")],
                "verbose_name": "person",
                "verbose_name_plural": "people",
            },
        ),
        migrations.RunPython(make_groups, migrations.RunPython.noop),
    ]
