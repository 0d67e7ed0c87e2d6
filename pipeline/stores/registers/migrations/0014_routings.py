import django.db.models.deletion
from django.db import migrations, models

import pipeline.stores.registers.fields


class Migration(migrations.Migration):

    dependencies = [
        ("registers", "0013_lookup_prints"),
    ]

    operations = [
        migrations.CreateModel(
            name="Routing",
            fields=[
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="routing",
                        serialize=False,
                        to="registers.document",
                    ),
                ),
                ("to", pipeline.stores.registers.fields.JsonText(default=list)),
                ("to_key", models.TextField(default="")),
                ("due_on", models.DateField(null=True)),
                ("person", models.CharField(max_length=150)),
                ("routed_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "routings",
                "indexes": [
                    models.Index(fields=["done_at", "due_on"], name="routing_open"),
                    models.Index(fields=["routed_at"], name="routing_at"),
                ],
            },
        ),
    ]
