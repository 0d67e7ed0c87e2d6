from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("registers", "0015_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="is_from_directory",
            field=models.BooleanField(default=False),
        ),
    ]
