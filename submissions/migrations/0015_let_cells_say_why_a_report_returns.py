"""A return may leave its reasons to the comments at the cells; that there are any is asked when it is committed."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models
from django.db.models import Q

_RETURN_SAYS_WHY = """
    IF NOT EXISTS (SELECT 1 FROM submissions_cellcomment WHERE decision_id = NEW.id) THEN
        RAISE EXCEPTION 'a return says why, in a comment or at a cell'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'submissions_decision_return_says_why';
    END IF;
    RETURN NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("submissions", "0014_count_the_prefectures_that_have_done_it")]

    operations = [
        migrations.RemoveConstraint("decision", "submissions_decision_says_why"),
        pgtrigger.migrations.AddTrigger(
            model_name="decision",
            trigger=pgtrigger.compiler.Trigger(
                name="return_says_why",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="""WHEN (NEW."comment" = '' AND NEW."verb" = 'RETURN')""",
                    constraint="CONSTRAINT",
                    func=_RETURN_SAYS_WHY,
                    hash="a1205314d1f818cd0887a16eba168dd8d1165d95",
                    operation="INSERT",
                    pgid="pgtrigger_return_says_why_69668",
                    table="submissions_decision",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            "decision",
            models.CheckConstraint(
                condition=~Q(verb__in=["CORRECT", "REOPEN"]) | ~Q(comment=""), name="submissions_decision_says_why"
            ),
        ),
    ]
