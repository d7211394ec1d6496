"""How much a test asks: all of the embedded server, of a second one what the version of a server could change."""

from __future__ import annotations

import os

#: A second database server is asked only what a first one could answer otherwise.
DATABASE_ONLY = os.environ.get("WORKPLAN_DATABASE_ONLY") == "1"

#: Modules about what the server itself refuses, locks, computes, streams or keeps. Whatever else asks the database
#: asks it in the words of these, through Django.
ABOUT_THE_SERVER = frozenset(
    {
        "test_assessment_models.py",
        "test_backup_snapshot.py",
        "test_backups.py",
        "test_before_release.py",
        "test_clocks.py",
        "test_decisions.py",
        "test_explorer.py",
        "test_figures_in_parts.py",
        "test_grid_patches.py",
        "test_history.py",
        "test_idempotency.py",
        "test_import_jobs.py",
        "test_known.py",
        "test_limits.py",
        "test_load_demo.py",
        "test_loading.py",
        "test_locks.py",
        "test_lost_updates.py",
        "test_models.py",
        "test_national.py",
        "test_pages_at_scale.py",
        "test_publishing.py",
        "test_races.py",
        "test_releases.py",
        "test_scale.py",
        "test_services.py",
        "test_tidy.py",
        "test_totals.py",
        "test_totals_commands.py",
        "test_totals_recomputed.py",
        "test_trail.py",
        "test_warning_models.py",
        "test_warnings.py",
    }
)

#: Modules of minutes. They are begun first, so that at the end no process waits long for another.
LONG = frozenset(
    {
        "test_accessibility.py",
        "test_agreement.py",
        "test_bench.py",
        "test_grid_interruptions.py",
        "test_grid_keys.py",
        "test_grid_paste.py",
        "test_grid_saving.py",
        "test_idempotency.py",
        "test_lost_updates.py",
        "test_milestone_corpus.py",
        "test_one_grammar.py",
        "test_pages_at_scale.py",
        "test_print.py",
        "test_races.py",
        "test_workbook_corpus.py",
        "test_workflow_model.py",
    }
)


def times(full: int) -> int:
    """Return how many of so many repetitions this run makes."""
    return full // 5 if DATABASE_ONLY else full
