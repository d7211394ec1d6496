"""Months get the days they cover and two more times; rules, days offices work and extensions become data."""

import datetime

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

#: Months that exist keep their dates; the new ones follow the rule of the house.
FILL = """
UPDATE submissions_reportingmonth SET
    covers_from = month,
    covers_to = (month + interval '1 month' - interval '1 day')::date,
    late_due_on = due_on + 7,
    view_only_from = (month + interval '15 months')::date
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_name_the_audit_columns"),
        ("submissions", "0008_keep_uploaded_files_until_confirmed"),
        ("targets", "0001_plan_indicators_and_targets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True, verbose_name="日期")),
                ("is_working", models.BooleanField(verbose_name="上班")),
                ("name", models.CharField(blank=True, max_length=60, verbose_name="名称")),
            ],
            options={
                "verbose_name": "节假日与调休",
                "verbose_name_plural": "节假日与调休",
            },
        ),
        migrations.CreateModel(
            name="CalendarRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "valid_from",
                    models.DateField(help_text="报告期首日，如 2007-01-01", unique=True, verbose_name="自报告期起"),
                ),
                (
                    "opening_day",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(28),
                        ],
                        verbose_name="开放日",
                    ),
                ),
                (
                    "due_day",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(28),
                        ],
                        verbose_name="截止日",
                    ),
                ),
                ("due_next_month", models.BooleanField(default=True, verbose_name="次月截止")),
                (
                    "late_working_days",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[django.core.validators.MaxValueValidator(60)],
                        verbose_name="迟报宽限（工作日）",
                    ),
                ),
                (
                    "view_only_months",
                    models.PositiveSmallIntegerField(
                        default=15,
                        validators=[
                            django.core.validators.MinValueValidator(3),
                            django.core.validators.MaxValueValidator(36),
                        ],
                        verbose_name="几个月后只供查看",
                    ),
                ),
                (
                    "first_day",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "当月1日至月末"), (21, "上月21日至当月20日")], default=1, verbose_name="统计月"
                    ),
                ),
                ("january_with_february", models.BooleanField(default=False, verbose_name="1—2月合并填报")),
            ],
            options={
                "verbose_name": "报送日历规则",
                "verbose_name_plural": "报送日历规则",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("valid_from__day", 1)), name="submissions_rule_begins_with_a_month"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_day__range", (1, 28)), ("opening_day__range", (1, 28))),
                        name="submissions_rule_days_are_in_every_month",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("due_next_month", True), ("opening_day__lt", models.F("due_day")), _connector="OR"
                        ),
                        name="submissions_rule_opens_before_due",
                        violation_error_message="当月截止时，开放日须早于截止日。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("late_working_days__lte", 60), ("view_only_months__range", (3, 36))),
                        name="submissions_rule_view_only_comes_last",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first_day__in", [1, 21])),
                        name="submissions_rule_statistical_month_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("until", models.DateField(verbose_name="延期至")),
                ("reason", models.TextField(verbose_name="原因")),
                ("granted_at", models.DateTimeField(verbose_name="批准时间")),
            ],
            options={
                "verbose_name": "延期",
                "verbose_name_plural": "延期",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="submissions_extension_says_why"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="reportingmonth",
            name="covers_from",
            field=models.DateField(default=datetime.date(2007, 1, 1), verbose_name="统计期起"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="reportingmonth",
            name="covers_to",
            field=models.DateField(default=datetime.date(2007, 1, 1), verbose_name="统计期止"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="reportingmonth",
            name="late_due_on",
            field=models.DateField(default=datetime.date(2007, 1, 1), verbose_name="迟报截止日"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="reportingmonth",
            name="view_only_from",
            field=models.DateField(default=datetime.date(2007, 1, 1), verbose_name="只供查看起始日"),
            preserve_default=False,
        ),
        migrations.RunSQL(sql=FILL, reverse_sql=migrations.RunSQL.noop),
        migrations.AddField(
            model_name="reportingmonth",
            name="reported_with",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="submissions.reportingmonth",
                to_field="month",
                verbose_name="合并填报于",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportingmonth",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__lte", models.F("late_due_on"))),
                name="submissions_month_due_before_late_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportingmonth",
            constraint=models.CheckConstraint(
                condition=models.Q(("late_due_on__lt", models.F("view_only_from"))),
                name="submissions_month_late_due_before_view_only",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportingmonth",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("covers_from__lt", models.F("covers_to")),
                    ("covers_from__lte", models.F("month")),
                    ("covers_to__gt", models.F("month")),
                ),
                name="submissions_month_covers_its_own_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportingmonth",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("reported_with__isnull", True)),
                expressions=[
                    (
                        models.Func(
                            "covers_from",
                            "covers_to",
                            models.Value("[]"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    )
                ],
                deferrable=models.Deferrable.IMMEDIATE,
                name="submissions_month_covers_no_days_of_another",
                violation_error_message="统计期与另一报告期重叠。",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportingmonth",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reported_with__isnull", True), ("reported_with__gt", models.F("month")), _connector="OR"
                ),
                name="submissions_month_reported_with_a_later_one",
            ),
        ),
        migrations.AddField(
            model_name="extension",
            name="granted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="批准人",
            ),
        ),
        migrations.AddField(
            model_name="extension",
            name="period",
            field=models.ForeignKey(
                db_column="month",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="extensions",
                to="submissions.reportingmonth",
                to_field="month",
                verbose_name="报告期",
            ),
        ),
        migrations.AddField(
            model_name="extension",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                help_text="空为所有单位",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.reportingunit",
                verbose_name="单位",
            ),
        ),
        migrations.AddIndex(
            model_name="extension",
            index=models.Index(fields=["period", "unit"], name="submissions_extension_of_month"),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gt", models.F("period"))), name="submissions_extension_ends_after_its_month"
            ),
        ),
    ]
