"""What a job says is kept as templates for any reader's language; a program's job is bound to its token."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("submissions", "0012_keep_publications")]

    operations = [
        migrations.RemoveConstraint("importjob", "submissions_job_done_has_result"),
        migrations.RemoveConstraint("importjob", "submissions_job_failed_says_why"),
        migrations.RemoveField("importjob", "language"),
        migrations.AddField(
            "importjob",
            "token_digest",
            models.CharField(blank=True, max_length=128, default=""),
            preserve_default=False,
        ),
        migrations.RunSQL(
            """
            ALTER TABLE submissions_importjob ALTER COLUMN problem TYPE jsonb
                USING CASE WHEN problem = '' THEN '[]'::jsonb ELSE jsonb_build_array(problem) END
            """,
            "ALTER TABLE submissions_importjob ALTER COLUMN problem TYPE text USING COALESCE(problem ->> 0, '')",
            state_operations=[
                migrations.AlterField("importjob", "problem", models.JSONField(blank=True, default=list)),
            ],
        ),
        migrations.AddConstraint(
            "importjob",
            models.CheckConstraint(
                condition=~Q(state="DONE") | Q(result__isnull=False, problem=[]),
                name="submissions_job_done_has_result",
            ),
        ),
        migrations.AddConstraint(
            "importjob",
            models.CheckConstraint(
                condition=~Q(state__in=("FAILED", "INTERRUPTED")) | ~Q(problem=[]),
                name="submissions_job_failed_says_why",
            ),
        ),
    ]
