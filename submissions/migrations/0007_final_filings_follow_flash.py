"""A final filing is of December and follows an approved one; no flash follows it."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0006_figures_in_parts"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="filing",
            trigger=pgtrigger.compiler.Trigger(
                name="filing_release",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NEW.release = 'FINAL' AND (NEW.supersedes_id IS NULL OR NOT EXISTS (\n            SELECT 1 FROM submissions_monthlyreport r\n             WHERE r.id = NEW.report_id AND extract(month FROM r.month) = 12)) THEN\n        RAISE EXCEPTION 'a final filing is of December and follows an approved one'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'submissions_filing_final_follows_december';\n    END IF;\n    IF NEW.release = 'FLASH' AND EXISTS (\n            SELECT 1 FROM submissions_filing f WHERE f.id = NEW.supersedes_id AND f.release = 'FINAL') THEN\n        RAISE EXCEPTION 'no flash follows a final filing'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'submissions_filing_no_flash_after_final';\n    END IF;\n    RETURN NEW;\n",
                    hash="42748fe02e52d09a9763241f6faa297b8b1bd793",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_filing_release_681af",
                    table="submissions_filing",
                    when="BEFORE",
                ),
            ),
        ),
    ]
