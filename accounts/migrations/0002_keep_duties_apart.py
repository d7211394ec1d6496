"""Tie each role grant to its person's duty, so that no one combines business with administration.

The duty of a grant is generated from its role; the foreign key to (id, duty) of the person makes the two agree.
Django has no composite foreign keys, hence SQL.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_people_units_and_audit")]

    operations = [
        migrations.RunSQL(
            sql="""
                ALTER TABLE accounts_rolegrant
                  ADD CONSTRAINT accounts_grant_duty_is_the_persons
                  FOREIGN KEY (user_id, duty) REFERENCES accounts_user (id, duty)
                  DEFERRABLE INITIALLY IMMEDIATE
            """,
            reverse_sql="ALTER TABLE accounts_rolegrant DROP CONSTRAINT accounts_grant_duty_is_the_persons",
        ),
    ]
