from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registers', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='entry',
            name='holder',
            field=models.CharField(default='', max_length=200),
        ),
        migrations.AddField(
            model_name='entry',
            name='remark',
            field=models.TextField(default=''),
        ),
        migrations.AddField(
            model_name='series',
            name='locked',
            field=models.TextField(default=''),
        ),
    ]
