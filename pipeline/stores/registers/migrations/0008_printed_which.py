from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registers', '0007_uploads'),
    ]

    operations = [
        # Until now the program's own file was printed, always.
        migrations.AddField(
            model_name='printedpaper',
            name='which',
            field=models.CharField(default='ban-dung', max_length=20),
        ),
    ]
