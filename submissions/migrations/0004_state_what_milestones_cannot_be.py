"""A milestone that was renamed has its new title; what cannot be true of a milestone is refused by the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0003_freeze_submitted_filings_whole"),
        ("targets", "0001_plan_indicators_and_targets"),
    ]

    operations = [
        migrations.AddField(
            model_name="milestonestate",
            name="new_title",
            field=models.CharField(blank=True, max_length=160, verbose_name="新名称"),
        ),
        migrations.AddConstraint(
            model_name="milestonestate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "ISSUED"), _negated=True), ("actual_on__isnull", False), _connector="OR"
                ),
                name="submissions_milestone_issued_on_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestonestate",
            constraint=models.CheckConstraint(
                condition=models.Q(("actual_on__isnull", True), ("state__in", ("ISSUED", "RENAMED")), _connector="OR"),
                name="submissions_milestone_has_a_day_once_done",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestonestate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "RENAMED"), _negated=True),
                    models.Q(("new_title", ""), _negated=True),
                    _connector="OR",
                ),
                name="submissions_milestone_renamed_to_a_title",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestonestate",
            constraint=models.CheckConstraint(
                condition=models.Q(("new_title", ""), ("state__in", ("ISSUED", "RENAMED")), _connector="OR"),
                name="submissions_milestone_new_title_of_what_was_renamed",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestonestate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "CARRIED_OVER"), _negated=True),
                    models.Q(("planned_on__isnull", False), models.Q(("note", ""), _negated=True)),
                    _connector="OR",
                ),
                name="submissions_milestone_carried_over_says_why_and_until",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestonestate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "CANCELLED"), _negated=True),
                    models.Q(("note", ""), _negated=True),
                    _connector="OR",
                ),
                name="submissions_milestone_cancelled_says_why",
            ),
        ),
    ]
