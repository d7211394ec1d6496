"""Note for the next reader of totals whatever changes them besides a decision.

A new or withdrawn assignment, a new month in the calendar and the move of a unit each append dirty rows, whichever
door they come through; one statement appends each unit once. The moved unit's old parent is noted too.
"""

from django.db import migrations

ASSIGNED = """
CREATE FUNCTION submissions_note_assignment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO submissions_dirtyunit (unit_id, month)
    SELECT DISTINCT changed.unit_id, make_date(plan.year, 1, 1)
      FROM changed JOIN targets_plan plan ON plan.id = changed.plan_id;
    RETURN NULL;
END $$;
CREATE TRIGGER submissions_assignment_added AFTER INSERT ON targets_assignment
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION submissions_note_assignment();
CREATE TRIGGER submissions_assignment_withdrawn AFTER DELETE ON targets_assignment
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION submissions_note_assignment();
"""

MONTH_ADDED = """
CREATE FUNCTION submissions_note_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO submissions_dirtyunit (unit_id, month)
    SELECT assigned.unit_id, min(changed.month)
      FROM changed JOIN targets_assignment assigned ON assigned.plan_id = changed.plan_id
     GROUP BY assigned.unit_id, changed.plan_id;
    RETURN NULL;
END $$;
CREATE TRIGGER submissions_month_added AFTER INSERT ON submissions_reportingmonth
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION submissions_note_month();
"""

UNIT_MOVED = """
CREATE FUNCTION submissions_note_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO submissions_dirtyunit (unit_id, month)
    SELECT moved.unit_id, make_date(plan.year, 1, 1)
      FROM (VALUES (NEW.id), (OLD.parent_id)) AS moved(unit_id), targets_plan plan
     WHERE moved.unit_id IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER submissions_unit_moved AFTER UPDATE OF parent_id ON accounts_reportingunit
    FOR EACH ROW WHEN (OLD.parent_id IS DISTINCT FROM NEW.parent_id) EXECUTE FUNCTION submissions_note_move();
"""

UNDO = """
DROP TRIGGER submissions_assignment_added ON targets_assignment;
DROP TRIGGER submissions_assignment_withdrawn ON targets_assignment;
DROP FUNCTION submissions_note_assignment();
DROP TRIGGER submissions_month_added ON submissions_reportingmonth;
DROP FUNCTION submissions_note_month();
DROP TRIGGER submissions_unit_moved ON accounts_reportingunit;
DROP FUNCTION submissions_note_move();
"""


class Migration(migrations.Migration):
    dependencies = [("submissions", "0001_reports_filings_and_decisions")]

    operations = [migrations.RunSQL(sql=ASSIGNED + MONTH_ADDED + UNIT_MOVED, reverse_sql=UNDO)]
