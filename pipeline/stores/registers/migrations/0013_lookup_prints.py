from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("registers", "0012_overview"),
    ]

    operations = [
        # Until now nobody but clerks printed.
        migrations.AddField(
            model_name="printjob",
            name="is_lookup",
            field=models.BooleanField(default=False),
        ),
    ]
