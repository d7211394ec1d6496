"""A notice may tell of several tasks; it keeps those not done yet, and is settled with the last."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0006_tell_leads_to_sign"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="open_subjects",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80), blank=True, default=list, size=None, verbose_name="未办事项"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("settled_at__isnull", True)),
                fields=["open_subjects"],
                name="notices_notice_several_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("open_subjects", []), ("settled_at__isnull", True), _connector="OR"),
                name="notices_notice_settled_with_the_last_task",
            ),
        ),
    ]
