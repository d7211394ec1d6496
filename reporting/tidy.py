"""Tidy observations as files: Excel, CSV or Parquet, sent while one consistent snapshot is read."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ReportingUnit, User
from reporting import totals
from reporting.models import DataVersion
from reporting.observations import COLUMNS, observations, part_codes
from submissions.intake import PART_PREFIX
from submissions.models import ReportingMonth
from targets import measures, periods
from targets.models import Indicator, Plan
from workplan.lib import clock
from workplan.lib.bulk.answers import streamed
from workplan.lib.bulk.csv_text import csv_chunks
from workplan.lib.bulk.parquet import PARQUET_TYPE, parquet_chunks
from workplan.lib.bulk.table import BulkColumn, BulkTable, Value
from workplan.lib.bulk.xlsx import workbook_chunks
from workplan.lib.sheets import CSV_TYPE, XLSX_TYPE
from workplan.lib.snapshots import snapshot

ROWS_AT_ONCE = 2_000
#: Decimals kept in typed columns: those of filed values, and more than the ten that a ratio is stated with.
_FILED_DECIMALS, _RATIO_DECIMALS = 4, 12
_DECIMALS = {"value": _RATIO_DECIMALS, "numerator": _FILED_DECIMALS, "denominator": _FILED_DECIMALS, "version": 0}
_WIDTHS = {"value": 16, "numerator": 16, "denominator": 16, "state": 15, "approved_at": 32}


@dataclass(frozen=True)
class Selection:
    """Which observations of a plan: all, or those of a month, of the units below one, of an indicator."""

    plan: Plan
    period: ReportingMonth | None = None
    unit: ReportingUnit | None = None
    indicator: Indicator | None = None
    all_versions: bool = False
    #: In files: after the columns everybody knows, one for each part that figures are filed in.
    with_parts: bool = False

    def read_by(self, person: User, period: ReportingMonth | None = None) -> QuerySet:
        """Return what the person may read of it, or of one of its months."""
        return observations(
            person,
            self.plan,
            period=period or self.period,
            unit=self.unit,
            indicator=self.indicator,
            all_versions=self.all_versions,
        )

    def months(self) -> list[ReportingMonth]:
        """Return the months in it, in the order of the rows."""
        return [self.period] if self.period else list(ReportingMonth.objects.filter(plan=self.plan).order_by("month"))

    def words(self) -> str:
        """Return what is selected, in words."""
        chosen = [
            periods.format_month(self.period.month) if self.period else _("全部报告期"),
            self.unit.label if self.unit else _("全部单位"),
            f"{self.indicator.code} {self.indicator.label}" if self.indicator else _("全部指标"),
            _("全部审核通过的版本") if self.all_versions else _("最新审核通过的版本"),
        ]
        return " · ".join(chosen)


@dataclass(frozen=True)
class Format:
    """A kind of file: its ending, its media type, and what makes its bytes."""

    ending: str
    media_type: str
    chunks: Callable[[BulkTable], Iterator[bytes]]


#: By the word of the address; CSV for people begins with the mark by which Excel knows UTF-8, CSV for programs not.
FORMATS: Mapping[str, Format] = {
    "xlsx": Format("xlsx", XLSX_TYPE, workbook_chunks),
    "csv": Format("csv", CSV_TYPE, lambda table: csv_chunks(table, marked=True)),
    "plain_csv": Format("csv", CSV_TYPE, lambda table: csv_chunks(table, marked=False)),
    "parquet": Format("parquet", PARQUET_TYPE, parquet_chunks),
}


def download(person: User, selection: Selection, file_format: str, *, name: str) -> StreamingHttpResponse:
    """Return what the person may read of the selection as a download that begins at once."""
    wanted = FORMATS[file_format]
    return streamed(f"{name}.{wanted.ending}", wanted.media_type, file_chunks(person, selection, file_format))


def file_chunks(person: User, selection: Selection, file_format: str) -> Generator[bytes]:
    """Yield the file piece by piece; rows and what is said about them are of one moment (U-10)."""
    totals.refresh()
    with snapshot():
        about = about_lines(person, selection, now=clock.now())
        parts = part_codes() if selection.with_parts else ()
        rows = observation_rows(person, selection, parts)
        table = BulkTable("figures", figure_columns(parts), rows, about_name="about", about=about)
        yield from FORMATS[file_format].chunks(table)


# Rows ------------------------------------------------------------------------------------------


def figure_columns(parts: Sequence[str]) -> list[BulkColumn]:
    """Return the columns under the names of the API, then one for each part that figures are filed in.

    They are called parts/workers, as import reads them.
    """
    named = [BulkColumn(name, _DECIMALS.get(name), _WIDTHS.get(name, 12)) for name in COLUMNS]
    return [*named, *(BulkColumn(f"{PART_PREFIX}{code}", _FILED_DECIMALS, 16) for code in parts)]


_STORED = (
    *("code", "unit_code", "month", "value", "numerator", "denominator"),
    *("state", "outcome", "release", "version", "approved_at", "parts_text"),
)
_NO_PARTS = "{}"


def observation_rows(person: User, selection: Selection, parts: Sequence[str] = ()) -> Iterator[tuple[Value, ...]]:
    """Yield the observations as cells in the order of `figure_columns`, month by month.

    Each month is a cursor of the server: sorting one is quick, and the year is never sorted as a whole.
    """
    for period in selection.months():
        rows = selection.read_by(person, period).annotate(parts_text=Cast("parts", TextField()))
        yield from _cells(rows.values_list(*_STORED).iterator(chunk_size=ROWS_AT_ONCE), parts)


def _cells(stored: Iterator[tuple], parts: Sequence[str]) -> Iterator[tuple[Value, ...]]:
    undivided = (None,) * len(parts)
    for code, unit, month, value, numerator, denominator, state, outcome, release, version, at, given in stored:
        yield (
            code,
            unit,
            _month(month),
            value if numerator is None else _ratio(numerator, denominator),
            numerator,
            denominator,
            state.lower(),
            outcome.lower(),
            release.lower(),
            version,
            moment_text(at),
            *(undivided if given == _NO_PARTS else _parts(json.loads(given), parts)),
        )


def _parts(given: Mapping[str, str], codes: Sequence[str]) -> list[Decimal | None]:
    return [Decimal(given[code]) if code in given else None for code in codes]


def _ratio(numerator: Decimal, denominator: Decimal | None) -> Decimal | None:
    return measures.ratio(numerator, denominator)


@lru_cache(maxsize=256)
def _month(month: date) -> str:
    return periods.format_month(month)


@lru_cache(maxsize=4096)
def moment_text(moment: datetime) -> str:
    """Return a moment as the API states it, in the time of the business."""
    return timezone.localtime(moment).isoformat()


# What is said about them -----------------------------------------------------------------------


def about_lines(person: User, selection: Selection, *, now: datetime) -> list[tuple[str, str]]:
    """Return where the table comes from, as of when, which months are provisional, and what the columns' words mean."""
    plan = selection.plan
    version = DataVersion.objects.filter(plan=plan).values_list("number", flat=True).first() or 0
    months = list(ReportingMonth.objects.filter(plan=plan, opens_on__lte=now.date()).order_by("month"))
    published = [periods.format_month(one.month) for one in months if one.is_published]
    provisional = [periods.format_month(one.month) for one in months if not one.is_published]
    return [
        (_("来源"), _("年度工作要点目标管理平台")),
        (_("工作要点"), f"{plan.label} {plan.number}"),
        (_("范围"), selection.words()),
        (_("数据截至"), moment_text(now)),
        (_("数据版本"), str(version)),
        (_("导出人"), str(person)),
        (_("已发布的报告期"), " ".join(published) or _("无")),
        (_("未发布的报告期（暂定数 p）"), " ".join(provisional) or _("无")),
        (_("更正（r）"), _("每报送一次，version 加 1，退回后重报也算；versions=all 列出此前通过的各个版本。")),
        (_("缺报（x）"), _("没有报送的单位不列入表中。")),
        (_("不适用（z）"), _("state 为 not_applicable，没有数值。")),
        (_("数值"), _("以基本单位（人、元、个）列出，比率为小数，未经四舍五入；比率的分子、分母同列。")),
    ]
