"""The units below that an approval did not wait for, each with the reason."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_group_units_in_regions"),
        ("submissions", "0018_publish_figures_of_units"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApprovalException",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(verbose_name="例外原因")),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exceptions",
                        to="submissions.decision",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.reportingunit"
                    ),
                ),
            ],
            options={
                "verbose_name": "例外通过",
                "verbose_name_plural": "例外通过",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("decision", "unit"), name="submissions_exception_one_per_decision_and_unit"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="submissions_exception_says_why"
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approvalexception",
            trigger=pgtrigger.compiler.Trigger(
                name="exception_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e92918078813528656533176e5c50b82f68d7384",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_exception_is_kept_59a79",
                    table="submissions_approvalexception",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approvalexception",
            trigger=pgtrigger.compiler.Trigger(
                name="exception_is_below_its_approval",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NOT EXISTS (\n        SELECT 1 FROM submissions_decision d\n          JOIN submissions_monthlyreport r ON r.id = d.report_id\n          JOIN accounts_reportingunit above ON above.id = r.unit_id\n          JOIN accounts_reportingunit u ON u.id = NEW.unit_id\n         WHERE d.id = NEW.decision_id AND d.verb = 'APPROVE'\n           AND u.id <> above.id AND starts_with(u.path, above.path)) THEN\n        RAISE EXCEPTION 'an exception belongs to an approval and names a unit below'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'submissions_exception_is_below_its_approval';\n    END IF;\n    RETURN NEW;\n",
                    hash="0de049cfe47e8d2ce1062102c66dbf6e86a636da",
                    operation="INSERT",
                    pgid="pgtrigger_exception_is_below_its_approval_e6af9",
                    table="submissions_approvalexception",
                    when="BEFORE",
                ),
            ),
        ),
    ]
