from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("registers", "0011_composed"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["state", "legal_state", "kind"], name="document_standing"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["issued_on", "status"], name="entry_day"),
        ),
    ]
