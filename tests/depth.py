"""How often a test repeats itself: in full against the embedded server, a fifth of it against a second one."""

from __future__ import annotations

import os

#: A second database server is asked only what a first one could answer otherwise.
DATABASE_ONLY = os.environ.get("WORKPLAN_DATABASE_ONLY") == "1"

#: Modules about what is made of the rows: workbooks, letters, measurements. They cost minutes and ask the database
#: nothing that others do not ask.
ABOUT_FILES = frozenset(
    {
        "test_agreement.py",
        "test_analyst_workbook.py",
        "test_bench.py",
        "test_circular_files.py",
        "test_milestone_corpus.py",
        "test_workbook_corpus.py",
    }
)


def times(full: int) -> int:
    """Return how many of so many repetitions this run makes."""
    return full // 5 if DATABASE_ONLY else full
