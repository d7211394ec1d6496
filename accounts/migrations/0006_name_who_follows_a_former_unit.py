"""Units that no longer file, and who files in their place."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_name_the_audit_columns"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=6, unique=True, verbose_name="原代码")),
                ("name", models.CharField(max_length=60, verbose_name="原名称")),
                ("retired_on", models.DateField(verbose_name="停用日期")),
                (
                    "successor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former",
                        to="accounts.reportingunit",
                        verbose_name="继任单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "已停用的单位",
                "verbose_name_plural": "已停用的单位",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[0-9]{6}$")), name="accounts_former_code_is_six_digits"
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="formerunit",
            trigger=pgtrigger.compiler.Trigger(
                name="former_code_is_not_in_use",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF EXISTS (SELECT 1 FROM accounts_reportingunit u WHERE u.code = NEW.code) THEN\n                        RAISE EXCEPTION 'this code is in use'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_former_code_is_not_in_use';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="659974dcad2d8bb18e7e96b25af9c100a1dd2daa",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_former_code_is_not_in_use_9b0e6",
                    table="accounts_formerunit",
                    when="BEFORE",
                ),
            ),
        ),
    ]
