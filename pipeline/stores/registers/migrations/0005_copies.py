from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registers', '0004_printing'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='verification_key',
            field=models.CharField(max_length=40, null=True, unique=True),
        ),
        # Who holds a copy is told by the journal; nothing ever wrote to this table.
        migrations.DeleteModel(name='IssuedCopy'),
    ]
