"""Who asked the lead of a unit to sign which version of its report, and when."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_group_units_in_regions"),
        ("submissions", "0016_guard_filings_once_a_statement"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="monthlyreport",
            name="signing_asked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="请审签时间"),
        ),
        migrations.AddField(
            model_name="monthlyreport",
            name="signing_asked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="请审签人",
            ),
        ),
        migrations.AddField(
            model_name="monthlyreport",
            name="signing_asked_for",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="请审签的版本"),
        ),
        migrations.AddConstraint(
            model_name="monthlyreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("signing_asked_at__isnull", False),
                        ("signing_asked_by__isnull", False),
                        ("signing_asked_for__isnull", False),
                    ),
                    models.Q(
                        ("signing_asked_at__isnull", True),
                        ("signing_asked_by__isnull", True),
                        ("signing_asked_for__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="submissions_report_asks_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="monthlyreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("signing_asked_for__isnull", True),
                    ("signing_asked_for__lt", models.F("version")),
                    models.Q(("signing_asked_for", models.F("version")), ("status__in", ["DRAFT", "RETURNED"])),
                    _connector="OR",
                ),
                name="submissions_report_asks_for_a_draft",
            ),
        ),
    ]
