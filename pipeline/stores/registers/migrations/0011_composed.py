from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("registers", "0010_api_tokens"),
    ]

    operations = [
        migrations.CreateModel(
            name="Composed",
            fields=[
                ("id", models.CharField(max_length=26, primary_key=True, serialize=False)),
                ("account", models.CharField(max_length=150)),
                ("kind", models.CharField(max_length=100)),
                ("title", models.TextField()),
                ("typed", models.TextField()),
                ("changed_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("sent_sha512", models.CharField(default="", max_length=128)),
            ],
            options={
                "db_table": "composed",
                "indexes": [
                    models.Index(fields=["account", "changed_at"], name="composed_account")
                ],
            },
        ),
    ]
