"""The parts an indicator's figure may be filed in, such as workers and retirees."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("targets", "0001_plan_indicators_and_targets"),
    ]

    operations = [
        migrations.CreateModel(
            name="IndicatorPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        max_length=20,
                        validators=[django.core.validators.RegexValidator("^[a-z][a-z_]{0,19}$")],
                        verbose_name="代码",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("name_en", models.CharField(blank=True, max_length=60, verbose_name="英文名称")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="次序")),
                (
                    "share_low",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True, verbose_name="占比下限"),
                ),
                (
                    "share_high",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=5, null=True, verbose_name="占比上限"),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filed_parts",
                        to="targets.indicator",
                        verbose_name="指标",
                    ),
                ),
            ],
            options={
                "verbose_name": "分项",
                "verbose_name_plural": "分项",
                "ordering": ["indicator", "position", "code"],
                "constraints": [
                    models.UniqueConstraint(fields=("indicator", "code"), name="targets_part_one_code_per_indicator"),
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[a-z][a-z_]{0,19}$")), name="targets_part_code_is_a_word"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("share_high__isnull", True), ("share_low__isnull", True)),
                            models.Q(
                                ("share_high__isnull", False),
                                ("share_low__isnull", False),
                                ("share_high__gte", models.F("share_low")),
                                ("share_high__lte", 1),
                                ("share_low__gte", 0),
                            ),
                            _connector="OR",
                        ),
                        name="targets_part_shares_are_a_range",
                        violation_error_message="占比的上下限须同时填写，都在 0 至 1 之间，且下限不大于上限。",
                    ),
                ],
            },
        ),
    ]
