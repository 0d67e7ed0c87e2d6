from django.db import migrations, models

import pipeline.stores.registers.fields
from pipeline.record import WAITS_FOR_CLERK
from pipeline.stores.registers.fields import waiting_rank


def rank_what_waits(apps, schema_editor):
    rows = apps.get_model('registers', 'Document').objects.using(schema_editor.connection.alias)
    told = rows.annotate(told=models.functions.Cast('record', models.TextField()))
    waiting = told.filter(told__contains=f'"{WAITS_FOR_CLERK}":true')
    for key, record, facts in list(waiting.values_list('id', 'record', 'facts')):
        rows.filter(id=key).update(waiting_rank=waiting_rank(record or {}, facts or {}))


class Migration(migrations.Migration):

    dependencies = [
        ('registers', '0007_printed_which'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='waiting_rank',
            field=pipeline.stores.registers.fields.WaitingRank(null=True),
        ),
        migrations.RunPython(rank_what_waits, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(
                condition=models.Q(('waiting_rank__isnull', False)),
                fields=['kind', 'waiting_rank', 'received_at', 'id'],
                name='document_asking',
            ),
        ),
    ]
