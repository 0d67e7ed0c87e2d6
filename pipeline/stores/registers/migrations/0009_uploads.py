from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("registers", "0008_waiting"),
    ]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.CharField(max_length=26, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=100)),
                ("path", models.TextField()),
                ("inode", models.BigIntegerField()),
                ("size_bytes", models.BigIntegerField()),
                ("person", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "uploads",
                "indexes": [
                    models.Index(fields=["inode"], name="upload_inode"),
                    models.Index(fields=["person", "at"], name="upload_person"),
                ],
            },
        ),
    ]
