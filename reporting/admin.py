"""What planners keep of reporting in the admin."""

from reporting.assessment import admin as scoring_schemes
from reporting.warnings import admin as warning_rules

__all__ = ["scoring_schemes", "warning_rules"]
