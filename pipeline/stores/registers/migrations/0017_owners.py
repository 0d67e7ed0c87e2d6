"""What a person sent and keeps belongs to the account: it stood under the name that he had then."""

from django.db import migrations, models

from pipeline.person_names import account_in, owner_key


def carry_over(apps, schema_editor):
    alias = schema_editor.connection.alias
    uploads = apps.get_model("registers", "Upload").objects.using(alias)
    for row in uploads.iterator():
        row.account = account_in(row.person)
        row.save(update_fields=["account"])
    kept = apps.get_model("registers", "KeptSearch").objects.using(alias)
    # The newest of one name goes first: those that were kept under an earlier name of the person give way.
    for row in list(kept.order_by("-kept_at", "-id")):
        owner = owner_key(row.person)
        if owner == row.person:
            continue
        if kept.filter(person=owner, name_key=row.name_key).exists():
            row.delete()
        else:
            row.person = owner
            row.save(update_fields=["person"])


class Migration(migrations.Migration):

    dependencies = [
        ("registers", "0016_directory_people"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="upload", name="upload_person"),
        migrations.AddField(
            model_name="upload",
            name="account",
            field=models.CharField(default="", max_length=150),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(fields=["account", "at"], name="upload_account"),
        ),
    ]
