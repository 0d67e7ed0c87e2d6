from django.db import migrations, models

from pipeline.stores.registers.search_rows import name_key


def carry_over(apps, schema_editor):
    """Searches were deeds of the journal once: the last deed of a name told what was kept under it."""
    alias = schema_editor.connection.alias
    deeds = apps.get_model("registers", "JournalEntry").objects.using(alias)
    kept = {}
    for deed in deeds.filter(deed="search-kept").order_by("id"):
        name, query = str(deed.data.get("name", "")), deed.data.get("query")
        kept.pop((deed.person, name_key(name)), None)
        if isinstance(query, str):
            kept[deed.person, name_key(name)] = (name, query, deed.at)
    table = apps.get_model("registers", "KeptSearch")
    table.objects.using(alias).bulk_create(
        table(person=person, name_key=key, name=name, query=query, kept_at=at)
        for (person, key), (name, query, at) in kept.items()
    )


class Migration(migrations.Migration):

    dependencies = [
        ("registers", "0005_copies"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person", models.CharField(max_length=150)),
                ("name", models.CharField(max_length=80)),
                ("name_key", models.CharField(max_length=200)),
                ("query", models.TextField()),
                ("kept_at", models.DateTimeField()),
            ],
            options={
                "db_table": "kept_searches",
                "constraints": [
                    models.UniqueConstraint(fields=("person", "name_key"), name="search_kept_once")
                ],
            },
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
