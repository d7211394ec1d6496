"""Figures in parts, what explanations answer, the terms of rules, and figures from elsewhere."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_name_the_audit_columns"),
        ("submissions", "0005_comments_at_the_cells_of_a_report"),
        ("targets", "0002_figures_in_parts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Excuse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=3, verbose_name="规则")),
                ("since", models.DateField(verbose_name="起始报告期")),
                ("until", models.DateField(verbose_name="终止报告期")),
                ("reason", models.TextField(verbose_name="理由")),
                ("granted_at", models.DateTimeField(verbose_name="同意时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
            ],
            options={
                "verbose_name": "规则豁免",
                "verbose_name_plural": "规则豁免",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("rule__regex", "^V[0-9]{2}$")), name="submissions_excuse_names_a_rule"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("since__day", 1), ("until__day", 1)),
                        name="submissions_excuse_runs_from_month_to_month",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))),
                        name="submissions_excuse_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="submissions_excuse_says_why"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublishedFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(verbose_name="报告期")),
                (
                    "release",
                    models.CharField(
                        choices=[("FLASH", "快报"), ("FINAL", "年报")],
                        default="FLASH",
                        max_length=5,
                        verbose_name="发布口径",
                    ),
                ),
                ("value", models.DecimalField(decimal_places=4, max_digits=19, verbose_name="数值")),
                ("published_on", models.DateField(blank=True, null=True, verbose_name="公布日期")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
            ],
            options={
                "verbose_name": "公布的全国数",
                "verbose_name_plural": "公布的全国数",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("release__in", ["FLASH", "FINAL"])),
                        name="submissions_published_release_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="submissions_published_month_is_first_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("value__isnull", True),
                            models.Q(("value__gte", 0), ("value__lt", 1000000000000000)),
                            _connector="OR",
                        ),
                        name="submissions_published_value_is_a_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="submissions_published_names_its_source"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferenceFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("EMPLOYED", "从业人数"),
                            ("URBAN_EMPLOYED", "城镇从业人数"),
                            ("GROSS_EMPLOYMENT", "城镇累计新就业人数"),
                        ],
                        max_length=16,
                        verbose_name="参照指标",
                    ),
                ),
                ("value", models.DecimalField(decimal_places=4, max_digits=19, verbose_name="数值")),
                ("source", models.CharField(max_length=200, verbose_name="来源")),
            ],
            options={
                "verbose_name": "参照数",
                "verbose_name_plural": "参照数",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name__in", ["EMPLOYED", "URBAN_EMPLOYED", "GROSS_EMPLOYMENT"])),
                        name="submissions_reference_name_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("value__isnull", True),
                            models.Q(("value__gte", 0), ("value__lt", 1000000000000000)),
                            _connector="OR",
                        ),
                        name="submissions_reference_value_is_a_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="submissions_reference_names_its_source"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleSetting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=3, verbose_name="规则")),
                ("valid_from", models.DateField(verbose_name="起始报告期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="终止报告期")),
                (
                    "severity",
                    models.CharField(
                        blank=True,
                        choices=[("E", "须更正"), ("W", "须说明"), ("I", "提示")],
                        max_length=1,
                        verbose_name="处理方式",
                    ),
                ),
                ("limits", models.JSONField(blank=True, default=dict, verbose_name="界限")),
                ("reason", models.TextField(verbose_name="依据")),
            ],
            options={
                "verbose_name": "规则设置",
                "verbose_name_plural": "规则设置",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("rule", "valid_from"),
                        name="submissions_setting_one_per_rule_and_month",
                        violation_error_message="这条规则从该报告期起已有设置，请改那一条。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rule__regex", "^V[0-9]{2}$")), name="submissions_setting_names_a_rule"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("severity__in", ["", "E", "W", "I"])),
                        name="submissions_setting_severity_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__day", 1),
                            models.Q(("valid_to__isnull", True), ("valid_to__day", 1), _connector="OR"),
                        ),
                        name="submissions_setting_runs_from_month_to_month",
                        violation_error_message="起止报告期请写当月 1 日。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="submissions_setting_ends_after_it_begins",
                        violation_error_message="终止报告期不能早于起始报告期。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="submissions_setting_says_why"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="explanation",
            name="answers",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name="explanation",
            name="written_in",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="figure",
            name="parts",
            field=models.JSONField(blank=True, default=dict, verbose_name="分项"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="figure",
            trigger=pgtrigger.compiler.Trigger(
                name="figure_parts",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.parts <> '{}'::jsonb)",
                    func="\n    IF jsonb_typeof(NEW.parts) <> 'object' OR EXISTS (\n        SELECT 1 FROM jsonb_each(NEW.parts) AS part(code, given)\n         WHERE jsonb_typeof(given) <> 'string' OR given #>> '{}' !~ '^[0-9]{1,14}([.][0-9]{1,4})?$'\n            OR NOT EXISTS (SELECT 1 FROM targets_indicatorpart declared\n                            WHERE declared.indicator_id = NEW.indicator_id AND declared.code = part.code)) THEN\n        RAISE EXCEPTION 'parts are numbers under the names the indicator declares'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'submissions_figure_parts_are_declared';\n    END IF;\n    RETURN NEW;\n",
                    hash="ed5fd5b07adb89fda6de4e233ee6bd78502fd781",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_figure_parts_8efe1",
                    table="submissions_figure",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="figure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parts", {}), models.Q(("state", "REPORTED"), ("value__isnull", False)), _connector="OR"
                ),
                name="submissions_figure_parts_come_with_a_value",
            ),
        ),
        migrations.AddField(
            model_name="excuse",
            name="granted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="同意人",
            ),
        ),
        migrations.AddField(
            model_name="excuse",
            name="indicator",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="targets.indicator",
                verbose_name="指标",
            ),
        ),
        migrations.AddField(
            model_name="excuse",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="excuses",
                to="accounts.reportingunit",
                verbose_name="单位",
            ),
        ),
        migrations.AddField(
            model_name="excuse",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="撤销人",
            ),
        ),
        migrations.AddField(
            model_name="publishedfigure",
            name="entered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="录入人",
            ),
        ),
        migrations.AddField(
            model_name="publishedfigure",
            name="indicator",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="published",
                to="targets.indicator",
                verbose_name="指标",
            ),
        ),
        migrations.AddField(
            model_name="referencefigure",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.reportingunit",
                verbose_name="单位",
            ),
        ),
        migrations.AddConstraint(
            model_name="excuse",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("unit", "indicator", "rule"),
                name="submissions_excuse_one_standing_per_unit_indicator_rule",
            ),
        ),
        migrations.AddConstraint(
            model_name="excuse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                    _connector="OR",
                ),
                name="submissions_excuse_withdrawn_by_and_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="publishedfigure",
            constraint=models.UniqueConstraint(
                fields=("indicator", "month", "release"),
                name="submissions_published_one_per_indicator_month_release",
                violation_error_message="这个指标在该报告期已有这一口径的公布数。",
            ),
        ),
        migrations.AddConstraint(
            model_name="referencefigure",
            constraint=models.UniqueConstraint(
                fields=("unit", "year", "name"),
                name="submissions_reference_one_per_unit_year_name",
                violation_error_message="这个单位本年度已有该参照数。",
            ),
        ),
    ]
