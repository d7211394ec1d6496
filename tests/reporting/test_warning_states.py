"""The table of a warning's states: red, red answered, yellow, green. No database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from reporting.warnings.states import LIVE, STEPS, Event, Finding, Seen, Standing, State, seen_in, step

MARCH, JUNE, SEPTEMBER = (date(2007, month, 1) for month in (3, 6, 9))


def finding(month: date, *, fires: bool, measured: str = "1", gravity: str = "1") -> Finding:
    return Finding(month, fires=fires, measured=Decimal(measured), gravity=Decimal(gravity))


def standing(state: State, *, measured: str = "1", accepted: str | None = None) -> Standing:
    return Standing(state, JUNE, Decimal(measured), None if accepted is None else Decimal(accepted))


#: state, does the month fire, is it later, does it say another number → what is noted, the new state.
TRUTH = [
    (None, True, True, True, (Event.OPENED, State.OPEN)),
    (None, False, True, True, None),
    (State.OPEN, True, True, False, (Event.STANDS, State.OPEN)),
    (State.OPEN, True, False, True, (Event.STANDS, State.OPEN)),
    (State.OPEN, True, False, False, None),
    (State.OPEN, False, False, True, (Event.RECOVERING, State.RECOVERING)),
    (State.OPEN, False, True, True, (Event.RECOVERING, State.RECOVERING)),
    (State.ACKNOWLEDGED, True, True, False, (Event.STANDS, State.ACKNOWLEDGED)),
    (State.ACKNOWLEDGED, True, False, True, (Event.STANDS, State.ACKNOWLEDGED)),
    (State.ACKNOWLEDGED, True, False, False, None),
    (State.ACKNOWLEDGED, False, False, True, (Event.RECOVERING, State.RECOVERING)),
    (State.ACKNOWLEDGED, False, True, True, (Event.RECOVERING, State.RECOVERING)),
    (State.RECOVERING, True, False, True, (Event.RELAPSED, State.OPEN)),
    (State.RECOVERING, True, True, True, (Event.RELAPSED, State.OPEN)),
    (State.RECOVERING, False, False, True, None),
    (State.RECOVERING, False, False, False, None),
    (State.RECOVERING, False, True, False, (Event.CLOSED, State.CLOSED)),
    (State.CLOSED, True, False, True, (Event.OPENED, State.OPEN)),
    (State.CLOSED, True, True, True, (Event.OPENED, State.OPEN)),
    (State.CLOSED, False, False, True, None),
    (State.CLOSED, False, True, True, None),
]


@pytest.mark.parametrize(("state", "fires", "is_later", "is_other", "expected"), TRUTH)
def test_each_state_takes_the_step_of_the_table(state, fires, is_later, is_other, expected):
    before = None if state is None else standing(state, accepted="5" if state == State.ACKNOWLEDGED else None)
    seen = finding(SEPTEMBER if is_later else JUNE, fires=fires, measured="2" if is_other else "1")

    assert step(before, seen) == expected


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("fires", [True, False])
def test_a_month_before_the_one_that_stands_is_past(state, fires):
    assert step(standing(state, accepted="1"), finding(MARCH, fires=fires)) is None


@pytest.mark.parametrize(
    ("gravity", "worse_by", "expected"),
    [
        ("1", "0", (Event.STANDS, State.ACKNOWLEDGED)),
        ("0.9", "0", (Event.STANDS, State.ACKNOWLEDGED)),
        ("1.1", "0", (Event.WORSENED, State.OPEN)),
        ("1.1", "0.2", (Event.STANDS, State.ACKNOWLEDGED)),
        ("1.2", "0.2", (Event.WORSENED, State.OPEN)),
    ],
)
def test_an_answered_warning_is_raised_again_only_when_it_is_worse_by_the_margin(gravity, worse_by, expected):
    before = standing(State.ACKNOWLEDGED, accepted="1")

    assert step(before, finding(SEPTEMBER, fires=True, gravity=gravity), worse_by=Decimal(worse_by)) == expected


def test_nothing_is_worse_than_what_nobody_answered():
    assert seen_in(finding(JUNE, fires=True, gravity="9")) == Seen.FIRES


def test_the_table_leads_from_every_live_state_to_green_by_way_of_yellow():
    for state in LIVE:
        quiet = STEPS[state, Seen.QUIET][1]
        assert quiet == (State.CLOSED if state == State.RECOVERING else State.RECOVERING)


def test_what_wavers_month_by_month_stays_one_warning():
    """No flapping: it never closes between two red months, so it never opens anew."""
    state, events = None, []
    for number in range(1, 13):
        taken = step(state, finding(date(2007, number, 1), fires=number % 2 == 1))
        events.append(taken[0])
        state = Standing(taken[1], date(2007, number, 1), Decimal(1))

    assert events[0] == Event.OPENED
    assert set(events[1:]) == {Event.RECOVERING, Event.RELAPSED}


def test_a_quotient_is_not_new_because_it_was_stored():
    exact = Finding(JUNE, fires=True, measured=Decimal(1) / 3, gravity=Decimal(2) / 3)
    stored = exact.kept()

    assert step(Standing(State.OPEN, JUNE, stored.measured), exact.kept()) is None
    assert stored.measured == Decimal("0.333333333333")
