"""Drops and printings of a person are found by one key, from an index, under all the names that he had."""

from django.db import migrations, models

from pipeline.person_names import owner_key


def carry_over(apps, schema_editor):
    alias = schema_editor.connection.alias
    for model, column in (("Receipt", "owner"), ("PrintJob", "person")):
        rows = apps.get_model("registers", model).objects.using(alias)
        for name in list(rows.order_by(column).values_list(column, flat=True).distinct()):
            rows.filter(**{column: name}).update(**{f"{column}_key": owner_key(name)})


class Migration(migrations.Migration):

    dependencies = [
        ("registers", "0017_owners"),
    ]

    operations = [
        migrations.AddField(
            model_name="receipt",
            name="owner_key",
            field=models.CharField(default="", max_length=150),
        ),
        migrations.AddField(
            model_name="printjob",
            name="person_key",
            field=models.CharField(default="", max_length=150),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="receipt", name="receipt_owner"),
        migrations.AddIndex(
            model_name="receipt",
            index=models.Index(fields=["owner_key", "id"], name="receipt_owner"),
        ),
        migrations.RemoveIndex(model_name="printjob", name="print_person"),
        migrations.AddIndex(
            model_name="printjob",
            index=models.Index(fields=["person_key", "id"], name="print_person"),
        ),
    ]
