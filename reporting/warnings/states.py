"""What becomes of a warning when a month is judged: one table. No Django.

Red is `OPEN` or `ACKNOWLEDGED`, yellow `RECOVERING`, green `CLOSED`. What was made good stays yellow until the next due
month is good too; what comes back in between is the same warning, not a second one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum

#: What is measured is kept to so many decimals, and compared as kept: a quotient is not new each time it is made.
DECIMALS = 12
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)


class State(StrEnum):
    OPEN = "OPEN"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    RECOVERING = "RECOVERING"
    CLOSED = "CLOSED"


#: States of a warning that is not over.
LIVE = (State.OPEN, State.ACKNOWLEDGED, State.RECOVERING)


class Event(StrEnum):
    """What is noted in a warning's history."""

    OPENED = "OPENED"
    #: It holds in a later month too, or with another figure.
    STANDS = "STANDS"
    WORSENED = "WORSENED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    RECOVERING = "RECOVERING"
    RELAPSED = "RELAPSED"
    CLOSED = "CLOSED"


class Seen(StrEnum):
    """What a month says, held against what is known of the warning."""

    QUIET = "QUIET"
    FIRES = "FIRES"
    #: It fires, and more than when somebody answered it.
    WORSE = "WORSE"


@dataclass(frozen=True)
class Finding:
    """One rule held against one unit and month: what was measured against which limit, and from what."""

    month: date
    fires: bool
    measured: Decimal | None = None
    limit: Decimal | None = None
    #: How bad it is; more is worse. Compared with that of the answer.
    gravity: Decimal = Decimal(0)
    inputs: Mapping[str, str] = field(default_factory=dict)
    #: The first day on which it can be said; None where the figures alone say it.
    known_on: date | None = None

    def kept(self) -> Finding:
        """Return it with its numbers as they are stored."""
        measured = None if self.measured is None else _kept(self.measured)
        return replace(self, measured=measured, gravity=_kept(self.gravity))


def _kept(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-DECIMALS), context=_WIDE)


@dataclass(frozen=True)
class Standing:
    """What is stored of the newest warning of a rule, unit and indicator."""

    state: State
    month: date
    measured: Decimal | None
    #: The gravity somebody answered; None while nobody has.
    accepted: Decimal | None = None


Step = tuple[Event, State]

#: state (None: there is no warning) and what a month says → what is noted, and the new state. What is not here changes
#: nothing; `step` lets what recovers be over only in a later month.
STEPS: Mapping[tuple[State | None, Seen], Step] = {
    (None, Seen.FIRES): (Event.OPENED, State.OPEN),
    (State.OPEN, Seen.FIRES): (Event.STANDS, State.OPEN),
    (State.OPEN, Seen.QUIET): (Event.RECOVERING, State.RECOVERING),
    (State.ACKNOWLEDGED, Seen.FIRES): (Event.STANDS, State.ACKNOWLEDGED),
    (State.ACKNOWLEDGED, Seen.WORSE): (Event.WORSENED, State.OPEN),
    (State.ACKNOWLEDGED, Seen.QUIET): (Event.RECOVERING, State.RECOVERING),
    (State.RECOVERING, Seen.FIRES): (Event.RELAPSED, State.OPEN),
    (State.RECOVERING, Seen.QUIET): (Event.CLOSED, State.CLOSED),
    (State.CLOSED, Seen.FIRES): (Event.OPENED, State.OPEN),
}


def step(standing: Standing | None, finding: Finding, *, worse_by: Decimal = Decimal(0)) -> Step | None:
    """Return what the finding makes of the warning; None where there is nothing to note.

    The same finding a second time says nothing new, and a month before the one that stands is past.
    """
    if standing is None:
        return STEPS.get((None, seen_in(finding)))
    if finding.month < standing.month or _is_told(standing, finding):
        return None
    accepted = standing.accepted if standing.state == State.ACKNOWLEDGED else None
    return STEPS.get((standing.state, seen_in(finding, accepted, worse_by)))


def _is_told(standing: Standing, finding: Finding) -> bool:
    """Say whether the warning knows already what its own month says."""
    if finding.month > standing.month:
        return False
    if finding.fires:
        return standing.state in (State.OPEN, State.ACKNOWLEDGED) and finding.measured == standing.measured
    return standing.state == State.RECOVERING


def seen_in(finding: Finding, accepted: Decimal | None = None, worse_by: Decimal = Decimal(0)) -> Seen:
    """Return what the month says against the gravity that was answered: worse only by the rule's own margin."""
    if not finding.fires:
        return Seen.QUIET
    is_worse = accepted is not None and finding.gravity > accepted and finding.gravity >= accepted + worse_by
    return Seen.WORSE if is_worse else Seen.FIRES
