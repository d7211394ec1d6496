"""What planners keep of reporting in the admin."""

from reporting.warnings import admin as warning_rules

__all__ = ["warning_rules"]
