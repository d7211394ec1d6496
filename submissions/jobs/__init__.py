"""Imports in the background: `desk` takes, cancels and repeats jobs, `worker` runs them, `source` reads their files."""
