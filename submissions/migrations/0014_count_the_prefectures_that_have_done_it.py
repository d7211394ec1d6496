"""Reports say of what prefectures do how many of them have done it, of how many."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0013_keep_what_a_job_says_as_templates"),
        ("targets", "0008_say_how_many_prefectures_owe_a_milestone"),
    ]

    operations = [
        migrations.AddField(
            model_name="milestonestate",
            name="covered",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="已覆盖"),
        ),
        migrations.AddField(
            model_name="milestonestate",
            name="in_scope",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="应覆盖"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="milestonestate",
            trigger=pgtrigger.compiler.Trigger(
                name="milestone_counts",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."covered" IS NOT NULL)',
                    func="\n    IF NOT EXISTS (SELECT 1 FROM targets_milestone WHERE id = NEW.milestone_id AND scope = 'PREFECTURES') THEN\n        RAISE EXCEPTION 'only what prefectures do is counted by prefecture'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'submissions_milestone_counts_what_prefectures_do';\n    END IF;\n    RETURN NEW;\n",
                    hash="47394e07c22172c6f738a41d59acb2f01f825672",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_milestone_counts_f1fa3",
                    table="submissions_milestonestate",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="milestonestate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("covered__isnull", False), ("in_scope__isnull", False)),
                    models.Q(("covered__isnull", True), ("in_scope__isnull", True)),
                    _connector="OR",
                ),
                name="submissions_milestone_covered_of_how_many",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestonestate",
            constraint=models.CheckConstraint(
                condition=models.Q(("in_scope__isnull", True), ("in_scope__gte", 1), _connector="OR"),
                name="submissions_milestone_some_are_in_scope",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestonestate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("covered__isnull", True),
                    models.Q(("covered__gte", 0), ("covered__lte", models.F("in_scope"))),
                    _connector="OR",
                ),
                name="submissions_milestone_covers_no_more_than_its_scope",
            ),
        ),
    ]
