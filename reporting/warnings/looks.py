"""How the states of a warning are shown: word, shape and colour; red, red answered, yellow, green."""

from __future__ import annotations

from collections.abc import Mapping

from reporting.warnings.models import WarningState
from workplan.templatetags.portal import Look

STATE_LOOKS: Mapping[str, Look] = {
    WarningState.OPEN: Look(WarningState.OPEN.label, "✖", "breached"),
    WarningState.ACKNOWLEDGED: Look(WarningState.ACKNOWLEDGED.label, "◆", "behind"),
    WarningState.RECOVERING: Look(WarningState.RECOVERING.label, "●", "lagging"),
    WarningState.CLOSED: Look(WarningState.CLOSED.label, "✔", "completed"),
}
