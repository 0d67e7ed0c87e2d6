from django.db import migrations, models

from pipeline.stores.registers.fields import JsonText


class Migration(migrations.Migration):

    dependencies = [
        ("registers", "0002_holder_remark_lock"),
    ]

    operations = [
        migrations.CreateModel(
            name="TextReading",
            fields=[
                ("due_at", models.DateTimeField(null=True)),
                ("worker", models.CharField(default="", max_length=100)),
                ("attempts", models.IntegerField(default=0)),
                ("kills", models.IntegerField(default=0)),
                ("lapses", models.IntegerField(default=0)),
                ("last_failure", models.TextField(default="")),
                ("id", models.CharField(max_length=26, primary_key=True, serialize=False)),
                ("source_sha512", models.CharField(max_length=128)),
                ("pages", JsonText(default=list)),
                ("outcome", JsonText(default=dict)),
            ],
            options={
                "db_table": "readings",
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="reading_due",
                    )
                ],
            },
        ),
    ]
