"""A published figure may be of a unit, and says where it is made up."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_group_units_in_regions"),
        ("submissions", "0017_ask_leads_to_sign"),
        ("targets", "0009_choose_headline_figures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="publishedfigure",
            options={"verbose_name": "公布数", "verbose_name_plural": "公布数"},
        ),
        migrations.RemoveConstraint(
            model_name="publishedfigure",
            name="submissions_published_one_per_indicator_month_release",
        ),
        migrations.AddField(
            model_name="publishedfigure",
            name="is_synthetic",
            field=models.BooleanField(default=False, verbose_name="测算数（非官方）"),
        ),
        migrations.AddField(
            model_name="publishedfigure",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                help_text="留空为全国",
                limit_choices_to={"level__gt": 0},
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.reportingunit",
                verbose_name="单位",
            ),
        ),
        migrations.AddConstraint(
            model_name="publishedfigure",
            constraint=models.UniqueConstraint(
                fields=("unit", "month", "indicator", "release"),
                name="submissions_published_one_per_indicator_month_release",
                nulls_distinct=False,
                violation_error_message="这个单位的这个指标在该报告期已有这一口径的公布数。",
            ),
        ),
    ]
