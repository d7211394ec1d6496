"""Name, of what prefectures do, how many prefectures of each unit owe it."""

from django.db import migrations, models

import targets.models.plan


class Migration(migrations.Migration):
    dependencies = [
        ("targets", "0007_keep_what_the_notice_says"),
    ]

    operations = [
        migrations.AddField(
            model_name="milestone",
            name="scope_by_unit",
            field=models.JSONField(
                blank=True,
                default=dict,
                validators=[targets.models.plan.check_scope_by_unit],
                verbose_name="各单位应覆盖数",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("scope_by_unit", {}),
                    models.Q(("scope", "PREFECTURES"), models.Q(("scope_by_unit", []), _negated=True)),
                    _connector="OR",
                ),
                name="targets_milestone_scope_by_unit_is_of_prefectures",
                violation_error_message="只有各地级单位的节点才写各单位应覆盖数。",
            ),
        ),
    ]
