"""The calendar of a plan year."""

import doctest
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets import periods

MONTHS = st.integers(1, 12)
FREQUENCIES = st.sampled_from(periods.FREQUENCIES)
ANY_DATE = st.dates(date(1900, 1, 1), date(2200, 12, 31))
MAY_DAY_2007 = {date(2007, 5, day) for day in range(1, 8)}


def is_weekday(day):
    return day.weekday() < 5


def test_every_example_in_the_docstrings_holds():
    results = doctest.testmod(periods)

    assert results.attempted > 0
    assert results.failed == 0


@given(ANY_DATE)
def test_a_month_survives_being_written_and_read(day):
    month = periods.month_start(day.year, day.month)

    assert periods.parse_month(periods.format_month(month)) == month


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2007-13", "'2007-13' is not a month: 13 is not between 01 and 12."),
        ("2007-00", "'2007-00' is not a month: 00 is not between 01 and 12."),
        ("0000-01", "'0000-01' is not a month: there is no year 0000."),
        ("2007-6", "'2007-6' is not a month: write four digits, a hyphen, two digits."),
        ("２００７-06", "'２００７-06' is not a month: write four digits, a hyphen, two digits."),
        ("", "'' is not a month: write four digits, a hyphen, two digits."),
        ("40000-01", "'40000-01' is not a month: write four digits, a hyphen, two digits."),
        ("2007-06\n", "'2007-06\\n' is not a month: write four digits, a hyphen, two digits."),
        (" 2007-06", "' 2007-06' is not a month: write four digits, a hyphen, two digits."),
        ("2007-06-01", "'2007-06-01' is not a month: write four digits, a hyphen, two digits."),
    ],
)
def test_what_is_no_month_is_refused_with_a_reason(text, reason):
    with pytest.raises(ValueError) as refusal:
        periods.parse_month(text)

    assert str(refusal.value) == reason


def test_a_refusal_quotes_only_the_beginning_of_a_long_text():
    with pytest.raises(ValueError) as refusal:
        periods.parse_month("9" * 10_000)

    assert len(str(refusal.value)) < 120


def test_years_before_1000_keep_four_digits():
    assert periods.format_month(date(7, 1, 1)) == "0007-01"


@pytest.mark.parametrize(
    ("month", "following"),
    [(date(2007, 1, 1), date(2007, 2, 1)), (date(2007, 12, 1), date(2008, 1, 1))],
)
def test_the_next_month_crosses_the_year(month, following):
    assert periods.next_month(month) == following


@pytest.mark.parametrize(("month", "before"), [(date(2007, 12, 1), date(2007, 11, 1)), (date(2007, 1, 1), None)])
def test_the_previous_month_stays_in_the_plan_year(month, before):
    assert periods.previous_month(month) == before


@pytest.mark.parametrize(
    ("first", "last", "written"),
    [
        (date(2006, 11, 1), date(2007, 2, 1), ["2006-11", "2006-12", "2007-01", "2007-02"]),
        (date(2007, 6, 15), date(2007, 6, 15), ["2007-06"]),
        (date(2007, 6, 1), date(2007, 5, 1), []),
    ],
)
def test_a_month_range_includes_both_ends(first, last, written):
    assert [periods.format_month(month) for month in periods.month_range(first, last)] == written


@pytest.mark.parametrize(
    ("frequency", "months"),
    [(1, tuple(range(1, 13))), (3, (3, 6, 9, 12)), (6, (6, 12)), (12, (12,))],
)
def test_due_months_end_each_period(frequency, months):
    assert periods.due_months(frequency) == months


@given(MONTHS, FREQUENCIES)
def test_a_month_is_due_exactly_when_it_is_a_due_month(month, frequency):
    assert periods.is_due(month, frequency) == (month in periods.due_months(frequency))


@given(MONTHS, FREQUENCIES)
def test_the_last_due_month_is_the_newest_due_month_not_after(month, frequency):
    past = [due for due in periods.due_months(frequency) if due <= month]

    assert periods.last_due_month(month, frequency) == (past[-1] if past else None)


def test_a_month_opens_on_its_first_day():
    assert periods.opens_on(date(2007, 10, 31)) == date(2007, 10, 1)


@pytest.mark.parametrize(
    ("month", "due"),
    [
        (date(2007, 6, 1), date(2007, 7, 5)),  # a Thursday
        (date(2007, 7, 1), date(2007, 8, 6)),  # the 5th is a Sunday
        (date(2007, 4, 1), date(2007, 5, 8)),  # the Labour Day week
        (date(2007, 12, 1), date(2008, 1, 7)),  # in the next year, and a Saturday
    ],
)
def test_a_report_is_due_on_the_fifth_moved_over_days_off(month, due):
    def is_working_day(day):
        return is_weekday(day) and day not in MAY_DAY_2007

    assert periods.due_on(month, is_working_day=is_working_day) == due


def test_another_due_day_can_be_set():
    assert periods.due_on(date(2007, 6, 1), day=10, is_working_day=is_weekday) == date(2007, 7, 10)


@given(ANY_DATE, st.sets(st.integers(0, 30)))
def test_a_due_date_is_the_first_working_day_from_the_nominal_one(month, days_off):
    nominal = periods.next_month(month).replace(day=5)
    holidays = {nominal + timedelta(days=shift) for shift in days_off}

    due = periods.due_on(month, is_working_day=lambda day: day not in holidays)

    assert due not in holidays
    assert {nominal + timedelta(days=shift) for shift in range((due - nominal).days)} <= holidays


def test_a_calendar_without_working_days_is_refused():
    with pytest.raises(ValueError) as refusal:
        periods.due_on(date(2007, 6, 1), is_working_day=lambda day: False)

    assert str(refusal.value) == "The calendar has no working day within 31 days after 2007-07-05."


@pytest.mark.parametrize(
    ("today", "newest"),
    [
        (date(2007, 2, 5), None),  # on the due date itself a month is not past due
        (date(2007, 2, 6), date(2007, 1, 1)),
        (date(2007, 3, 31), date(2007, 2, 1)),
    ],
)
@pytest.mark.parametrize("shape", [dict, list])
def test_pages_open_with_the_newest_month_past_its_due_date(today, newest, shape):
    pairs = [(date(2007, 2, 1), date(2007, 3, 5)), (date(2007, 1, 1), date(2007, 2, 5))]

    assert periods.newest_past_due(today, shape(pairs)) == newest
