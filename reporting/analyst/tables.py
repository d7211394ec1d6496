"""The sheets of numbers: summary, units by indicators, months, charts. Cells hold values, never formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from reporting import exports
from reporting.aggregates import ProgressRow
from reporting.marks import Mark, marks_of
from reporting.series import Series, SeriesPoint
from submissions.published import last_year_words
from targets import periods
from targets.models import Indicator, UnitOfMeasure
from workplan.templatetags.portal import status_label, status_shape

if TYPE_CHECKING:
    from reporting.analyst.book import Page
    from reporting.analyst.contents import Contents

SHARE = "0.0%"
#: Rows of the sheet that a chart takes; six charts fill a printed page.
ROWS_PER_CHART = 14
#: Marks of the whole month and of targets; the lines above the table say the first, no target stands in it.
SAID_ABOVE = frozenset({Mark.PROVISIONAL, Mark.SYNTHETIC})
_BAR = {"bar_color": "#5B8DB8", "bar_solid": True, "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1}


def shown_as(indicator: Indicator) -> str:
    """Return the number format of the indicator's cells; what is stored is not rounded."""
    return exports.NUMBER_FORMATS[UnitOfMeasure(indicator.unit_of_measure)]


@dataclass(frozen=True)
class Place:
    """Where an indicator's months stand: the rows of what was reached and of the path to the target."""

    actual: int
    path: int


# Summary ---------------------------------------------------------------------------------------


def summary(page: Page, found: Contents, monthly: str, places: Mapping[int, Place]) -> None:
    """Write one line per indicator with its verdict, bar and year in small."""
    page.head(_summary_columns())
    top = page.at
    for row in found.own:
        _summary_line(page, row)
        months = f"='{monthly}'!$E${places[row.indicator.pk].actual + 1}:$P${places[row.indicator.pk].actual + 1}"
        page.sheet.add_sparkline(page.at - 1, 19, {"range": months.lstrip("=")})
    _data_bars(page, 7, top)
    page.at += 1
    for line in exports.legend():
        page.line(line)
    page.set_up(frozen=(top, 2), repeated=(top - 1, top - 1))


def _summary_columns() -> list[tuple[str, float, bool]]:
    number, text = True, False
    return [
        (_("指标代码"), 9, text),
        (_("指标"), 26, text),
        (_("计量单位"), 9, text),
        (_("数据所属期"), 10, text),
        (_("数值"), 15, number),
        (_("标记"), 7, text),
        (_("年度目标"), 15, number),
        (_("完成率"), 12, number),
        (_("占目标"), 9, number),
        (_("序时进度"), 15, number),
        (_("与序时之差"), 15, number),
        (_("余量"), 10, number),
        (_("状态"), 16, text),
        (_("应报单位"), 8, number),
        (_("已报单位"), 8, number),
        (_("沿用上期"), 8, number),
        (_("全年预测"), 15, number),
        (_("预测下限"), 15, number),
        (_("预测上限"), 15, number),
        (_("走势"), 18, text),
    ]


def _summary_line(page: Page, row: ProgressRow) -> None:
    shown, ahead = shown_as(row.indicator), row.forecast
    cells = [
        (row.indicator.code, ""),
        (row.indicator.label, ""),
        (row.indicator.get_unit_of_measure_display(), ""),
        (periods.format_month(row.value_month) if row.value_month else None, ""),
        (row.value, shown),
        (" ".join(marks_of(row)), ""),
        (row.target_value, shown),
        (row.progress.completion_rate, SHARE),
        (row.share_of_target, SHARE),
        (row.progress.pro_rata_target, shown),
        (row.progress.deviation, shown),
        (row.progress.headroom, shown),
        (f"{status_shape(row.status)} {status_label(row.status)}".strip(), ""),
        (row.n_due, "0"),
        (row.n_reported, "0"),
        (row.n_carried, "0"),
        (ahead.value if ahead else None, shown),
        (ahead.low if ahead else None, shown),
        (ahead.high if ahead else None, shown),
    ]
    page.row([value for value, _format in cells], shown=[number_format for _value, number_format in cells])


def _data_bars(page: Page, column: int, top: int) -> None:
    if page.at > top:
        page.sheet.conditional_format(top, column, page.at - 1, column, {"type": "data_bar", **_BAR})


# Units by indicators ---------------------------------------------------------------------------


def matrix(page: Page, found: Contents) -> None:
    """Write one line per unit and one column per indicator: what stands, then how much of the target is done."""
    rows = {(row.unit.pk, row.indicator.pk): row for row in found.below}
    indicators = found.indicators
    top = page.at
    page.head([(_("单位代码"), 9, False), (_("单位"), 14, False), *((one.short_label, 13, True) for one in indicators)])
    page.row(["", _("代码"), *(one.code for one in indicators)], "unit")
    page.row(["", _("计量单位"), *(one.get_unit_of_measure_display() for one in indicators)], "unit")
    frozen = page.at
    for unit in found.units:
        page.row([unit.code, unit.label])
        for column, indicator in enumerate(indicators, start=2):
            _matrix_cell(page, page.at - 1, column, rows.get((unit.pk, indicator.pk)))
    measured = [one for one in indicators if any(_rate(rows, unit.pk, one) is not None for unit in found.units)]
    page.at += 1
    page.line(_("完成率"), "section")
    page.row([_("单位代码"), _("单位"), *(one.short_label for one in measured)], "header")
    first = page.at
    for unit in found.units:
        rates = [_rate(rows, unit.pk, one) for one in measured]
        page.row([unit.code, unit.label, *rates], shown=["", "", *[SHARE] * len(rates)])
    for column in range(2, 2 + len(measured)):
        _data_bars(page, column, first)
    page.at += 1
    for line in (_("空格：没有下达这项填报任务。"), *exports.legend()):
        page.line(line)
    page.set_up(frozen=(frozen, 2), repeated=(top, frozen - 1))


def _matrix_cell(page: Page, at: int, column: int, row: ProgressRow | None) -> None:
    """Write a number with its mark in the format, so that it stays a number; without one, the mark alone."""
    if row is None:
        return
    letters = [mark for mark in marks_of(row) if mark not in SAID_ABOVE]
    if row.value is None:
        page.put(at, column, " ".join(letters), "mark")
        return
    suffix = "".join(f'" {letter}"' for letter in letters)
    page.put(at, column, row.value, shown=shown_as(row.indicator) + suffix)


def _rate(rows: Mapping[tuple[int, int], ProgressRow], unit: int, indicator: Indicator) -> Decimal | None:
    row = rows.get((unit, indicator.pk))
    return row.progress.completion_rate if row else None


# Months ----------------------------------------------------------------------------------------


def monthly(page: Page, found: Contents) -> dict[int, Place]:
    """Write the year of each indicator, a line per measure; return where each indicator stands."""
    top = page.at
    months = [periods.format_month(point.month) for point in found.series[0].points] if found.series else []
    named = [(_("指标代码"), 9, False), (_("指标"), 26, False), (_("计量单位"), 9, False), (_("项目"), 16, False)]
    page.head([*named, *((month, 13, True) for month in months)])
    places = {}
    for series in found.series:
        places[series.indicator.pk] = Place(actual=page.at, path=page.at + 2)
        indicator, shown_figures = series.indicator, shown_as(series.indicator)
        for name, values, is_count in _measures(series):
            shown = "0" if is_count else shown_figures
            page.row(
                [indicator.code, indicator.label, indicator.get_unit_of_measure_display(), name, *values],
                shown=["", "", "", "", *[shown] * len(values)],
            )
    page.set_up(frozen=(top + 1, 4), repeated=(top, top))
    if months:
        page.sheet.autofilter(top, 0, max(top, page.at - 1), 3)
    return places


def _measures(series: Series) -> list[tuple[str, list[Decimal | int | None], bool]]:
    """Return the lines of one indicator, and whether they count units; the first and the third are drawn."""

    def of(name: str) -> list[Decimal | int | None]:
        return [getattr(point, name) for point in series.points]

    return [
        (_("累计或期末"), of("value"), False),
        (_("当期数"), of("month_value"), False),
        (_("序时进度"), of("pro_rata_target"), False),
        (_("季节进度"), of("seasonal_target"), False),
        (last_year_words(_("上年同期"), is_made_up=series.is_past_synthetic), of("previous_year"), False),
        (_("应报单位"), _counts(series.points, "n_due"), True),
        (_("已报单位"), _counts(series.points, "n_reported"), True),
        (_("沿用上期"), _counts(series.points, "n_carried"), True),
    ]


def _counts(points: Sequence[SeriesPoint], name: str) -> list[Decimal | int | None]:
    return [getattr(point, name) if point.value is not None else None for point in points]


# Charts ----------------------------------------------------------------------------------------


def charts(page: Page, found: Contents, monthly_name: str, places: Mapping[int, Place]) -> None:
    """Draw a native chart per indicator that has a figure; its lines point at the cells of the months."""
    page.line(_("%(unit)s：各指标走势") % {"unit": found.unit.label}, "title")
    drawn = [series for series in found.series if any(point.value is not None for point in series.points)]
    for number, series in enumerate(drawn):
        chart = page.owner.book.add_chart({"type": "line"})
        place = places[series.indicator.pk]
        for name, row, look in (
            (_("累计或期末"), place.actual, {"color": "#1F5F99", "width": 2.25}),
            (_("序时进度"), place.path, {"color": "#7A7A7A", "width": 1.5, "dash_type": "dash"}),
        ):
            head = len(found.provenance) + 1
            chart.add_series(
                {
                    "name": name,
                    "categories": [monthly_name, head, 4, head, 15],
                    "values": [monthly_name, row, 4, row, 15],
                    "line": look,
                    "marker": {"type": "circle", "size": 4} if row == place.actual else {"type": "none"},
                }
            )
        unit = series.indicator.get_unit_of_measure_display()
        chart.set_title(
            {"name": f"{series.indicator.code} {series.indicator.short_label} ({unit})", "name_font": {"size": 11}}
        )
        chart.set_legend({"position": "bottom"})
        chart.set_x_axis({"num_font": {"size": 8, "rotation": -45}})
        chart.set_y_axis(
            {
                "num_format": shown_as(series.indicator),
                "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}},
            }
        )
        chart.set_size({"width": 560, "height": 268})
        chart.show_blanks_as("gap")
        page.sheet.insert_chart(
            2 + number // 2 * ROWS_PER_CHART, number % 2 * 9, chart, {"description": series.indicator.label}
        )
    page.sheet.set_h_pagebreaks(range(2 + 3 * ROWS_PER_CHART, 2 + len(drawn) * ROWS_PER_CHART, 3 * ROWS_PER_CHART))
    page.set_up(frozen=(1, 0), repeated=(0, 0))
