from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("registers", "0009_uploads"),
    ]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="receipt_id",
            field=models.CharField(default="", max_length=26),
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("secret_sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("last_used", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=models.deletion.CASCADE,
                        related_name="tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "api_tokens",
                "indexes": [
                    models.Index(fields=["person", "made_at"], name="token_person"),
                ],
            },
        ),
    ]
