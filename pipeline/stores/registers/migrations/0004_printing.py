import django.db.models.deletion
from django.db import migrations, models

import pipeline.stores.registers.fields


class Migration(migrations.Migration):

    dependencies = [
        ('registers', '0003_readings'),
    ]

    operations = [
        # Nothing ever wrote a row of this table: it is changed without asking what it holds.
        migrations.RemoveField(model_name='printjob', name='document'),
        migrations.RemoveField(model_name='printjob', name='version'),
        migrations.AddField(
            model_name='printjob',
            name='server',
            field=models.CharField(default='', max_length=200),
        ),
        migrations.AddField(
            model_name='printjob',
            name='is_duplex',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='printjob',
            name='has_separators',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='printjob',
            name='paper_size',
            field=models.CharField(default='', max_length=10),
        ),
        migrations.AddField(
            model_name='printjob',
            name='worker',
            field=models.CharField(default='', max_length=100),
        ),
        migrations.AddField(
            model_name='printjob',
            name='again_of',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registers.printjob'),
        ),
        migrations.AddField(
            model_name='printjob',
            name='only_sheets',
            field=pipeline.stores.registers.fields.JsonText(default=list),
        ),
        migrations.AddField(
            model_name='printjob',
            name='sheets',
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name='printjob',
            name='bad_sheets',
            field=pipeline.stores.registers.fields.JsonText(default=list),
        ),
        migrations.CreateModel(
            name='PrintedPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.IntegerField()),
                ('version', models.IntegerField()),
                ('pages', models.IntegerField()),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='printed', to='registers.document')),
                ('job', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='registers.printjob')),
            ],
            options={
                'db_table': 'printed_papers',
                'constraints': [models.UniqueConstraint(fields=('job', 'position'), name='printed_paper_once')],
            },
        ),
    ]
