"""A submitted filing keeps its words, its rows can no longer move to another filing, and what is approved exists."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0002_note_what_changes_totals"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="explanation",
            name="explanation_write",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="explanation",
            name="explanation_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="figure",
            name="figure_write",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="figure",
            name="figure_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="milestonestate",
            name="milestone_write",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="milestonestate",
            name="milestone_delete",
        ),
        migrations.RemoveConstraint(
            model_name="monthlyreport",
            name="submissions_report_approved_filing_is_the_current_one",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="explanation",
            trigger=pgtrigger.compiler.Trigger(
                name="explanation_write",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF EXISTS (SELECT 1 FROM submissions_filing\n                WHERE id IN (OLD.filing_id, NEW.filing_id) AND submitted_at IS NOT NULL) THEN\n        RAISE EXCEPTION 'a filing is frozen from submission on'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'submissions_explanation_is_frozen';\n    END IF;\n    RETURN NEW;\n",
                    hash="9b4fad69f5ec55905fb1029a0ea082f09bb12c49",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_explanation_write_ec501",
                    table="submissions_explanation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="explanation",
            trigger=pgtrigger.compiler.Trigger(
                name="explanation_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF EXISTS (SELECT 1 FROM submissions_filing\n                WHERE id IN (OLD.filing_id, NEW.filing_id) AND submitted_at IS NOT NULL) THEN\n        RAISE EXCEPTION 'a filing is frozen from submission on'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'submissions_explanation_is_frozen';\n    END IF;\n    RETURN OLD;\n",
                    hash="18fe4dc812ab08dd12e509510de54eaa6c7b9468",
                    operation="DELETE",
                    pgid="pgtrigger_explanation_delete_7c403",
                    table="submissions_explanation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="figure",
            trigger=pgtrigger.compiler.Trigger(
                name="figure_write",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF EXISTS (SELECT 1 FROM submissions_filing\n                WHERE id IN (OLD.filing_id, NEW.filing_id) AND submitted_at IS NOT NULL) THEN\n        RAISE EXCEPTION 'a filing is frozen from submission on'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'submissions_figure_is_frozen';\n    END IF;\n    RETURN NEW;\n",
                    hash="5ac3ccc936c5167e0a319c96bd83e7d2b7ca3caf",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_figure_write_84f6f",
                    table="submissions_figure",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="figure",
            trigger=pgtrigger.compiler.Trigger(
                name="figure_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF EXISTS (SELECT 1 FROM submissions_filing\n                WHERE id IN (OLD.filing_id, NEW.filing_id) AND submitted_at IS NOT NULL) THEN\n        RAISE EXCEPTION 'a filing is frozen from submission on'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'submissions_figure_is_frozen';\n    END IF;\n    RETURN OLD;\n",
                    hash="25b76600cbebb3ae701739aa658313760c3fe474",
                    operation="DELETE",
                    pgid="pgtrigger_figure_delete_7c53a",
                    table="submissions_figure",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="filing",
            trigger=pgtrigger.compiler.Trigger(
                name="submitted_filing_keeps_its_words",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."submitted_at" IS NOT NULL AND (OLD."report_id" IS DISTINCT FROM (NEW."report_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."release" IS DISTINCT FROM (NEW."release") OR OLD."supersedes_id" IS DISTINCT FROM (NEW."supersedes_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."submitted_by_id" IS DISTINCT FROM (NEW."submitted_by_id") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at")))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="993d0f40831cc8ea230b458d7fa845b867fdda32",
                    operation="UPDATE",
                    pgid="pgtrigger_submitted_filing_keeps_its_words_5e648",
                    table="submissions_filing",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="milestonestate",
            trigger=pgtrigger.compiler.Trigger(
                name="milestone_write",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF EXISTS (SELECT 1 FROM submissions_filing\n                WHERE id IN (OLD.filing_id, NEW.filing_id) AND submitted_at IS NOT NULL) THEN\n        RAISE EXCEPTION 'a filing is frozen from submission on'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'submissions_milestone_is_frozen';\n    END IF;\n    RETURN NEW;\n",
                    hash="5b3ce4c564afdbd0ef63d72a05e9904faca0b042",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_milestone_write_c25b8",
                    table="submissions_milestonestate",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="milestonestate",
            trigger=pgtrigger.compiler.Trigger(
                name="milestone_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF EXISTS (SELECT 1 FROM submissions_filing\n                WHERE id IN (OLD.filing_id, NEW.filing_id) AND submitted_at IS NOT NULL) THEN\n        RAISE EXCEPTION 'a filing is frozen from submission on'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'submissions_milestone_is_frozen';\n    END IF;\n    RETURN OLD;\n",
                    hash="0bc5abcca12202f4dd653870ab1f5c3e50602b1d",
                    operation="DELETE",
                    pgid="pgtrigger_milestone_delete_17baf",
                    table="submissions_milestonestate",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="monthlyreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "APPROVED"), _negated=True),
                    models.Q(("approved_filing", models.F("filing")), ("approved_filing__isnull", False)),
                    _connector="OR",
                ),
                name="submissions_report_approved_filing_is_the_current_one",
            ),
        ),
    ]
