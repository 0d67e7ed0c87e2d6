from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("registers", "0014_routings"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="receipt",
            index=models.Index(fields=["owner", "id"], name="receipt_owner"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                fields=["receipt", "state", "archived_version", "version"],
                name="document_progress",
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["series", "id", "issued_on"], name="entry_taken"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("status", "issued"), _negated=True),
                fields=["series", "ordinal"],
                name="entry_unissued",
            ),
        ),
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(fields=["person", "id"], name="journal_person"),
        ),
        migrations.AddIndex(
            model_name="printjob",
            index=models.Index(fields=["person", "id"], name="print_person"),
        ),
    ]
