"""Forecasts held against what came: the record that ships is the one that is measured, and it is worth showing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from reporting import forecast_record
from reporting.benchmarks import backtests, fitting, seasons
from reporting.benchmarks.backtests import Record, Trial
from reporting.benchmarks.seasons import Year
from reporting.forecast_record import hit_rates
from reporting.pages.expected import forecast_detail, forecast_sentence, measured_bands
from targets import bands
from targets.forecasts import Forecast, Method
from targets.goals import Goal, Kind
from targets.models import Indicator

D = Decimal


@pytest.fixture(scope="module")
def tried() -> list[Trial]:
    return list(backtests.trials(seasons.years()))


def test_the_record_that_ships_is_the_one_that_is_measured(tried):
    assert forecast_record.FILE.read_text(encoding="utf-8") == backtests.as_file(backtests.by_method(tried))


def test_the_demo_year_and_three_seasonal_shapes_are_tried(tried):
    records = backtests.by_name(tried)

    assert len(seasons.SHAPES.keys() - {"even"}) >= 3
    assert {f"{shape}{known}" for shape in seasons.SHAPES for known in ("", ", curve unknown")} < records.keys()
    assert records[seasons.DEMO].n == 80


def test_a_curve_made_from_the_year_it_forecasts_says_nothing_of_the_method(tried):
    circular = backtests.by_name(tried)[f"{seasons.DEMO_CIRCULAR}{backtests.CIRCULAR}"]
    counted = backtests.by_method(tried)

    assert circular.n == 40
    assert sum(record.n for record in counted.values()) == len(tried) - circular.n


@pytest.mark.parametrize("shape", ["early rush", "harvest", "december rush"])
def test_a_known_curve_beats_the_naive_run_rate(tried, shape):
    record = backtests.by_name(tried)[shape]

    assert record.mean_error < record.mean_naive_error / 2


@pytest.mark.parametrize("shape", sorted(seasons.SHAPES))
def test_the_band_of_a_known_curve_holds_about_as_often_as_it_says(tried, shape):
    assert D("0.7") < backtests.by_name(tried)[shape].hit_rate < D("0.9")


def test_the_synthetic_years_are_the_same_every_time():
    assert list(seasons.synthetic_years()) == list(seasons.synthetic_years())


def test_a_level_grows_from_its_baseline_and_a_rate_stays():
    stock = Year("s", Goal(Kind.STOCK, None, None, baseline=D(100)), tuple((n, D(100 + n)) for n in range(1, 13)), None)
    rate = Year("r", Goal(Kind.RATIO, None, None), tuple((n, D(n) / 100) for n in (3, 6, 9, 10, 12)), None)

    found = list(backtests.trials([stock, rate]))

    assert {(trial.error, trial.naive_error) for trial in found if trial.name == "s"} == {(0, 0)}
    assert [trial.naive_error for trial in found if trial.name == "r"] == [D(1) / 6]


def test_a_year_that_came_to_nothing_is_not_tried():
    empty = Year("n", Goal(Kind.FLOW, None, None), tuple((n, D(0)) for n in range(1, 13)), None)

    assert list(backtests.trials([empty])) == []


def test_the_table_says_where_no_band_was_given():
    record = Record()
    record.add(Trial("x", Method.LAST, D("0.125"), D("0.25"), has_band=False, is_hit=False))

    assert backtests.table("of one", {"x": record}).splitlines()[1].split() == ["x", "1", "12.50", "25.00", "0", "–"]


def test_the_page_tells_the_measured_hit_rate():
    indicator = Indicator(code="X01", unit_of_measure="PERSON")
    measured = hit_rates()[Method.SEASONAL]
    share = (measured.share * 100).quantize(D(1))

    told = forecast_sentence(Forecast(D(10_000), D(9_000), D(11_000), Method.SEASONAL), indicator)

    assert told == (
        f"全年预计1万人，区间9,000人至1.1万人（按季节曲线推算；回测{measured.n_bands}次，实际落在区间内的占{share}%）"
    )


def test_every_method_with_a_band_is_measured_and_holds_about_four_times_in_five():
    assert hit_rates().keys() == set(Method) - {Method.LAST}
    assert all(D("0.75") <= measured.share <= D("0.85") for measured in hit_rates().values())


def test_the_bands_that_ship_are_fitted_to_other_years_than_those_they_are_tried_on():
    fitting_years = list(seasons.fitting_years())

    assert bands.FILE.read_text(encoding="utf-8") == fitting.as_file(fitting.fitted(fitting_years))
    assert not {year.points for year in fitting_years} & {year.points for year in seasons.years()}
    assert {year.name for year in fitting_years}.isdisjoint(year.name for year in seasons.years())


def test_a_year_that_stood_still_says_nothing_of_the_rest():
    still = Year("s", Goal(Kind.STOCK, None, None, baseline=D(5)), tuple((n, D(5)) for n in range(1, 13)))

    assert fitting.fitted([still]) == {}


@pytest.mark.parametrize("stale", [forecast_record, bands])
def test_the_command_checks_and_writes_what_ships(tmp_path, monkeypatch, capsys, stale):
    shipped = {module: module.FILE.read_text(encoding="utf-8") for module in (forecast_record, bands)}
    for module, text in shipped.items():
        monkeypatch.setattr(module, "FILE", tmp_path / module.FILE.name)
        module.FILE.write_text(text, encoding="utf-8")
    stale.FILE.write_text('{"methods": {}}', encoding="utf-8")

    with pytest.raises(CommandError, match=f"{stale.FILE.name} is stale"):
        call_command("backtest_forecasts", check=True)
    call_command("backtest_forecasts", write=True)
    call_command("backtest_forecasts", check=True)

    assert {module: module.FILE.read_text(encoding="utf-8") for module in shipped} == shipped


def test_the_bench_prints_errors_and_hit_rates(capsys):
    call_command("bench", "forecasts")

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split("  ")[0] == "forecasts by year"
    assert lines[0].split()[3:] == ["n", "error", "%", "run-rate", "%", "bands", "hit", "rate", "%"]
    assert any(line.startswith("demo year") and "(circular, not counted)" in line for line in lines)
    assert {method.value for method in hit_rates()} <= {line.split()[0] for line in lines if line}


# Where a page lists many forecasts ---------------------------------------------------------------


def test_a_cell_names_band_and_method_and_the_table_tells_how_sure_they_are():
    indicator = Indicator(code="X01", unit_of_measure="PERSON")
    banded = Forecast(D(10_000), D(9_000), D(11_000), Method.RUN_RATE)
    flat = Forecast(D(10_000), D(10_000), D(10_000), Method.LAST)
    measured = hit_rates()[Method.RUN_RATE]

    assert forecast_detail(banded, indicator) == "9,000人 至 1.1万人，按今年平均进度推算"
    assert forecast_detail(flat, indicator) == "按最新一期推算"
    assert measured_bands([banded, None, flat]) == (
        f"全年预计的区间：按今年平均进度推算，回测{measured.n_bands}次，"
        f"实际落在区间内的占{(measured.share * 100).quantize(D(1))}%。"
    )
    assert measured_bands([flat, None]) == ""
