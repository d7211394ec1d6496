"""Codes of indicators that are no longer filed under, and what took their place."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("targets", "0004_name_what_is_reported_without_a_target"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerIndicator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=12, unique=True, verbose_name="原代码")),
                ("name", models.CharField(max_length=80, verbose_name="原名称")),
                ("retired_on", models.DateField(verbose_name="停用日期")),
                (
                    "successor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former",
                        to="targets.indicator",
                        verbose_name="接续指标",
                    ),
                ),
            ],
            options={
                "verbose_name": "已停用的指标",
                "verbose_name_plural": "已停用的指标",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Z][0-9A-Z]{1,11}$")),
                        name="targets_former_code_is_a_code",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="formerindicator",
            trigger=pgtrigger.compiler.Trigger(
                name="former_code_is_not_in_use",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF EXISTS (SELECT 1 FROM targets_indicator i WHERE i.code = NEW.code) THEN\n                        RAISE EXCEPTION 'this code is in use'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'targets_former_code_is_not_in_use';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="9b7f8fa30efcfc05e0bc14a85004a40c1f69841f",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_former_code_is_not_in_use_2ebfb",
                    table="targets_formerindicator",
                    when="BEFORE",
                ),
            ),
        ),
    ]
