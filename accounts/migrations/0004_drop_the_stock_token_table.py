"""Drop the token table that knox makes although ours takes its place.

Nothing reads it, and its foreign key to people keeps them from being truncated.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_idempotent_answers"),
        ("knox", "0009_extend_authtoken_field"),
    ]

    operations = [migrations.RunSQL("DROP TABLE IF EXISTS knox_authtoken", migrations.RunSQL.noop)]
