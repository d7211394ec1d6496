"""Milestones, too, are imported in the background: a job says what its rows are about."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0019_list_whom_an_approval_did_not_wait_for"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="importjob",
            name="submissions_job_same_file_waits_once",
        ),
        migrations.AddField(
            model_name="importjob",
            name="subject",
            field=models.CharField(
                choices=[("FIGURES", "数据"), ("MILESTONES", "节点")],
                default="FIGURES",
                max_length=10,
                verbose_name="内容",
            ),
        ),
        migrations.AddConstraint(
            model_name="importjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("subject__in", ["FIGURES", "MILESTONES"])), name="submissions_job_subject_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="importjob",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("QUEUED", "RUNNING"))),
                fields=("by", "digest", "kind", "subject", "dry_run", "strategy", "mode"),
                name="submissions_job_same_file_waits_once",
            ),
        ),
    ]
