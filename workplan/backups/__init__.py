"""Backups of the whole portal: what the database holds, read in one snapshot, and the evidence files.

    DIR/data/TABLE.copy.gz      the rows of a table as PostgreSQL's COPY writes them, in the order of the primary key
    DIR/evidence/ab/abcd…       the content of an evidence file, under its generated name
    DIR/manifest.json           what belongs to the backup: every file with size and digest, every table with its
                                number of rows and the digest of its content, sequences, migrations, head of the
                                audit trail
    DIR/manifest.sha256         the digest of the manifest, as `sha256sum -c` reads it

With WORKPLAN_BACKUP_KEY every file but the last is sealed (`sealing.py`) and its name ends in `.sealed`. One method for
every server: no program of PostgreSQL is needed, and a newer or older one (15 or newer) reads the same rows back.
"""
