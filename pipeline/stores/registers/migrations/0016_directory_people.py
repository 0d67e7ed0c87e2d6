from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("registers", "0014_routings"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="is_from_directory",
            field=models.BooleanField(default=False),
        ),
    ]
